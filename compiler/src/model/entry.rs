//! `layout`: what the silicon has, byte for byte.

use std::fmt;

use quirk_runtime::capability::{Name, Space};

use super::claim::Claim;
use super::node::Region;
use crate::source::Located;

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
