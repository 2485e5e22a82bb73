//! What the files mean: devices and layers with their clauses, regions and wishes, every part with the place where it was written.
//!
//! A part that could not be understood is absent, was reported, and is remembered in [`Broken`], so that nothing is
//! concluded from its absence.

mod allow;
mod claims;
mod clauses;
mod device;
mod emulate;
mod enable;
mod field;
mod format;
mod kind;
mod layer;
mod layer_statements;
mod layout;
mod lower;
mod pasid;
mod profile;
mod program;
mod reach;
pub(crate) mod script;
mod test_block;
mod test_policy;

use std::fmt;
use std::sync::OnceLock;

use quirk_runtime::capability::{Name, Space};
use quirk_runtime::tables::{Evidence, Form, FunctionKind, Guard, IdSet, Permission};

pub(crate) use allow::Allowance;
pub(crate) use layer::{Anchor, Emulated, Emulation, Field, FieldValue, Layer, Program};
pub(crate) use lower::lower;
pub(crate) use profile::{FrozenEntry, Profile};
pub(crate) use script::Test;

use crate::allocate::Plan;
use crate::source::{Located, Place};

/// A part of the model that a pass can find wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeId(pub(crate) u32);

/// All that was described.
#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) devices: Vec<Device>,
    pub(crate) formats: Vec<Format>,
    pub(crate) layers: Vec<Layer>,
    pub(crate) profiles: Vec<Profile>,
    pub(crate) tests: Vec<Test>,
    pub(crate) allowances: Vec<Allowance>,
    /// An item could not be read: a test, perhaps.
    pub(crate) lost_items: bool,
}

/// Which statements of a device may be missing because they could not be understood.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Broken {
    /// Of any kind: the text could not be parsed.
    pub(crate) text: bool,
    pub(crate) matches: bool,
    /// The layout, its own or what it takes over.
    pub(crate) layout: bool,
    pub(crate) free: bool,
    pub(crate) pasid: bool,
    pub(crate) dvsec: bool,
}

impl Broken {
    pub(crate) fn layout(self) -> bool {
        self.text || self.layout
    }

    pub(crate) fn free(self) -> bool {
        self.text || self.free
    }
}

/// One kind of function.
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) name: String,
    /// Its keyword and name.
    pub(crate) head: Place,
    /// All of it.
    pub(crate) item: Place,
    /// Its file was asked for, not just used by another.
    pub(crate) asked_for: bool,
    pub(crate) title: Option<Located<String>>,
    pub(crate) clauses: Vec<Clause>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) free: Vec<Free>,
    pub(crate) pasid: Option<Pasid>,
    /// `pasid none;`; then there is no `pasid`.
    pub(crate) forbids_pasid: Option<Place>,
    pub(crate) dvsec: Option<Dvsec>,
    pub(crate) aliased_every: Option<Located<u64>>,
    pub(crate) port_type: Option<Located<u8>>,
    pub(crate) distrust_dvsec: Option<Place>,
    /// Evidence for the whole of it.
    pub(crate) claims: Vec<Claim>,
    pub(crate) broken: Broken,
    /// Where what it shows goes, once [`crate::allocate::planned`] was asked.
    pub(crate) plan: OnceLock<Plan>,
}

/// One `match`, or one combination of its lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Clause {
    pub(crate) node: NodeId,
    pub(crate) place: Place,
    pub(crate) rank: u8,
    pub(crate) vendor: IdSet,
    pub(crate) device: IdSet,
    pub(crate) subsystem_vendor: IdSet,
    pub(crate) subsystem_device: IdSet,
    pub(crate) revision: IdSet,
    pub(crate) class_mask: u32,
    pub(crate) class_value: u32,
    pub(crate) function: FunctionKind,
    pub(crate) guards: Vec<Guard>,
}

/// Bytes `start..end`, not yet known to lie in a space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Region {
    pub(crate) node: NodeId,
    pub(crate) place: Place,
    pub(crate) start: u64,
    pub(crate) end: u64,
}

impl Region {
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    pub(crate) fn holds(&self, start: u64, end: u64) -> bool {
        self.start <= start && end <= self.end
    }
}

/// One entry of a layout.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) region: Region,
    pub(crate) kind: EntryKind,
    pub(crate) optional: bool,
    /// `like` took it over from another device.
    pub(crate) inherited: bool,
    pub(crate) claims: Vec<Claim>,
}

/// What an entry is.
#[derive(Clone, Debug)]
pub(crate) enum EntryKind {
    Capability(Capability),
    Register { label: String },
    Reserved,
}

/// A capability.
#[derive(Clone, Debug)]
pub(crate) struct Capability {
    pub(crate) space: Space,
    pub(crate) id: u16,
    /// What distinguishes it from others of the same id: vendor (0 for a VSEC) and id.
    pub(crate) sub: Option<(u16, u16)>,
    /// Its length where it was written.
    pub(crate) stated: Option<Located<u64>>,
}

impl Capability {
    /// `ext ats`
    pub(crate) fn name(&self) -> Name {
        Name(self.space, self.id)
    }
}

impl Entry {
    /// What it is, in a message.
    pub(crate) fn describe(&self) -> impl fmt::Display {
        Described(&self.kind)
    }

    pub(crate) fn capability(&self) -> Option<&Capability> {
        match &self.kind {
            EntryKind::Capability(capability) => Some(capability),
            EntryKind::Register { .. } | EntryKind::Reserved => None,
        }
    }
}

/// See [`Entry::describe`].
struct Described<'a>(&'a EntryKind);

impl fmt::Display for Described<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            EntryKind::Capability(capability) => write!(f, "`{}`", capability.name()),
            EntryKind::Register { label } if label.is_empty() => f.write_str("a register"),
            EntryKind::Register { label } => write!(f, "the register `{label}`"),
            EntryKind::Reserved => f.write_str("reserved bytes"),
        }
    }
}

/// One `free`.
#[derive(Clone, Debug)]
pub(crate) struct Free {
    pub(crate) region: Region,
    pub(crate) claims: Vec<Claim>,
}

/// Who vouches for something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) evidence: Evidence,
    pub(crate) text: String,
    pub(crate) seen: u32,
}

/// What a device wishes for PASID.
#[derive(Clone, Debug)]
pub(crate) struct Pasid {
    pub(crate) place: Place,
    pub(crate) places: Vec<Placing>,
    pub(crate) max_width: u8,
    pub(crate) execute: Permission,
    pub(crate) privileged: Permission,
}

/// One place for PASID.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placing {
    pub(crate) node: NodeId,
    pub(crate) place: Place,
    pub(crate) kind: PlacingKind,
}

/// How it was written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PlacingKind {
    Free,
    Native,
    At(u64),
}

/// A free-space DVSEC that a device shows.
#[derive(Clone, Debug)]
pub(crate) struct Dvsec {
    pub(crate) node: NodeId,
    pub(crate) place: Place,
    /// Index of its format in the model.
    pub(crate) format: usize,
    /// Start and, where it was written, length; otherwise anywhere in what is free.
    pub(crate) at: Option<(u64, Option<u64>)>,
}

/// A `dvsec_format`.
#[derive(Debug)]
pub(crate) struct Format {
    pub(crate) name: String,
    pub(crate) vendor: u16,
    pub(crate) id: u16,
    pub(crate) revision: u8,
    pub(crate) form: Form,
}
