//! A port above the function.

use quirk_runtime::{Identity, Image};

use crate::doctor::above::Bridge;
use crate::doctor::check::Register;

pub(super) const ROOT_PORT: u32 = 4;
pub(super) const UPSTREAM: u32 = 5;
pub(super) const DOWNSTREAM: u32 = 6;

pub(super) struct Port<'a> {
    pub(super) bridge: &'a Bridge,
    pub(super) image: &'a Image,
    pub(super) pcie: u16,
    pub(super) kind: Register,
    pub(super) identity: Identity,
}
