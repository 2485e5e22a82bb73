//! `pasid` and `dvsec`: what a device wishes to show, and where.

use quirk_runtime::tables::{Form, Permission};

use super::node::NodeId;
use crate::source::Place;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
