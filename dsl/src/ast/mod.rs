//! The typed syntax tree: what a file says, with the place of each part. No meaning: names are not looked up, numbers are
//! not evaluated, and a keyword that only the compiler knows (a capability kind, a rule) is just a name here.

mod device;
mod expr;
mod item;
mod layer;
mod matching;
mod name;
mod statement;
mod testing;

pub use device::{
    At, Claim, ClaimKind, Device, DeviceStatementKind, DvsecPlace, Evidence, Kind, KindId, LayoutKind,
    PasidStatementKind, Placing, Without,
};
pub use expr::{BinaryOp, Expr, ExprKind, IdSet, Int, Path, Radix, Range, RangeEnd, UnaryOp};
pub use item::{Const, DvsecFormat, File, Item, ItemKind, Profile, ProfileStatementKind, Source, Use};
pub use layer::{
    Allowed, Bits, Emulate, EmulateCapability, EmulatePlace, Field, FieldAnchor, FieldType, FieldValue, Hide, Layer,
    LayerStatementKind, Lock, Mirror, ParamType, Unassigned,
};
pub use matching::{ConditionKind, Match};
pub use name::{Allow, Name, Str};
pub use statement::{Property, Statement};
pub use testing::{Assignment, Enable, Expect, Given, GivenPci, PasidFacts, PolicySetting, Test, TestStatementKind};
