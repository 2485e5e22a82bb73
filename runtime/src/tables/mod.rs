//! The compiled form of descriptions: sections of records without pointers, the same in `.rodata` and in a file.
//!
//! The compiler writes these records, the runtime reads them in place. Every reader is total: wrong bytes hold no device.

mod clause;
mod database;
mod device;
pub mod hash;
mod join;
mod layer;
mod list;
mod load;
pub mod program;
mod proof;
mod wire;

pub use clause::{Clause, FunctionKind, Guard, IdKind, IdSet};
pub(crate) use database::EncodedClause;
pub use database::{CHECKSUM, Database, HEADER, MAGIC, Section, VERSION, checksum};
pub use device::{
    Claim, Device, EmittedDvsec, EntryKind, Evidence, Form, Format, FreeRange, LayoutEntry, Permission, Place,
    PlaceKind, Profile, ProfileEntry, Range,
};
pub use join::put_section;
pub use layer::{
    Allocation, Allow, Alternative, Anchor, Byte, Emulation, EmulationKind, Field, Hide, Layer, Mirror, Over, Param,
    ParamKind, Unassigned, ValueKind, WriteClass,
};
pub use list::{List, Record, Records, Text};
pub use load::LoadError;
pub use proof::{LONGEST_SHARED, Proof};
pub use wire::Wire;
