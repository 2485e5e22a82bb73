//! `match`: which functions something applies to.

use quirk_runtime::tables::{FunctionKind, Guard, IdSet};

use super::node::NodeId;
use crate::source::Place;

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
