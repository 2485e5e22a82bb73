//! `profile`: a virtual layout that is frozen for migration.

use quirk_runtime::capability::Space;

use super::node::NodeId;
use crate::source::{Located, Place};

/// A profile.
#[derive(Debug)]
pub(crate) struct Profile {
    pub(crate) node: NodeId,
    pub(crate) name: String,
    /// Its keyword and name.
    pub(crate) head: Place,
    /// Index of its device in the model.
    pub(crate) device: usize,
    pub(crate) pasid: Frozen,
    pub(crate) entries: Vec<FrozenEntry>,
    /// The release that froze it.
    pub(crate) released: Option<Located<String>>,
}

/// Where PASID is, and what it grants.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frozen {
    pub(crate) place: Place,
    pub(crate) offset: u64,
    pub(crate) width: Located<u8>,
    pub(crate) execute: Option<Place>,
    pub(crate) privileged: Option<Place>,
}

/// Another capability.
#[derive(Debug)]
pub(crate) struct FrozenEntry {
    pub(crate) place: Place,
    pub(crate) space: Space,
    pub(crate) id: u16,
    pub(crate) sub: Option<(u16, u16)>,
    pub(crate) offset: u64,
}
