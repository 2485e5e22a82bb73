//! What the files mean: devices and layers with their clauses, regions and wishes, every part with the place where it was written.
//!
//! A part that could not be understood is absent, was reported, and is remembered in [`Broken`], so that nothing is
//! concluded from its absence.

mod allow;
mod claim;
mod clause;
mod device;
mod entry;
pub(crate) mod layer;
mod name_kind;
mod node;
mod pasid;
pub(crate) mod profile;
pub(crate) mod script;

pub(crate) use allow::Allowance;
pub(crate) use claim::Claim;
pub(crate) use clause::Clause;
pub(crate) use device::{Broken, Device, Free, can_repeat_every};
pub(crate) use entry::{Capability, Entry, EntryKind};
pub(crate) use layer::{Anchor, Emulated, Emulation, Field, FieldValue, Hide, Layer, Program};
pub(crate) use name_kind::NameKind;
pub(crate) use node::{NodeId, NodeIds, Region};
pub(crate) use pasid::{Dvsec, Format, Pasid, Placing, PlacingKind};
pub(crate) use profile::{FrozenEntry, Profile};
pub(crate) use script::Test;

use crate::source::Place;

/// All that was described.
#[derive(Debug, Default)]
pub(crate) struct Model {
    #[expect(clippy::vec_box, reason = "devices are large, and move from part to part")]
    pub(crate) devices: Vec<Box<Device>>,
    pub(crate) formats: Vec<Format>,
    pub(crate) layers: Vec<Layer>,
    pub(crate) profiles: Vec<Profile>,
    pub(crate) tests: Vec<Test>,
    pub(crate) allowances: Vec<Allowance>,
    /// An item could not be read: a test, perhaps.
    pub(crate) lost_items: bool,
    /// Something that could not be read or is not known may have named a source.
    pub(crate) may_have_named_sources: bool,
    /// Where evidence names a source that is not known.
    pub(crate) lost_sources: Vec<Place>,
}
