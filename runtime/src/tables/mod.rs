//! The compiled form of descriptions: sections of records without pointers, the same in `.rodata` and in a file.
//!
//! The compiler writes these records, the runtime reads them in place. Every reader is total: wrong bytes hold no device.

mod clause;
mod clauses;
mod database;
mod device;
mod evidence;
pub mod hash;
mod holds;
mod join;
mod key;
mod layer;
mod list;
mod load;
pub mod program;
mod proof;
mod record;
mod records;
mod section;
mod sections;
mod wire;

pub(crate) use clause::EncodedClause;
pub use clause::{Clause, ClauseIds, Conditions, FunctionKind, Guard, IdKind, IdSet};
pub use database::{CHECKSUM, Database, HEADER, MAGIC, VERSION, checksum};
pub use device::{
    Device, EmittedDvsec, EntryKind, Form, Format, FreeRange, LayoutEntry, Permission, Place, PlaceKind, Profile,
    ProfileEntry, Range,
};
pub use evidence::{Claim, Evidence};
pub use join::put_section;
pub use layer::{
    Allocation, Allow, Alternative, Anchor, Byte, Emulation, EmulationKind, Field, Hide, Layer, Mirror, Over, Param,
    ParamKind, Unassigned, ValueKind, WriteClass,
};
pub use list::{List, Optional, Record, Records, Text};
pub use load::LoadError;
pub use proof::LONGEST_SHARED;
pub use section::Section;
pub use wire::Wire;
