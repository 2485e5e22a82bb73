//! `device`: one kind of function.

use quirk_runtime::capability::{PASID, Space};

use super::claim::Claim;
use super::clause::Clause;
use super::entry::Entry;
use super::node::Region;
use super::pasid::{Dvsec, Pasid};
use crate::source::{Located, Place};

/// One kind of function.
#[derive(Debug)]
pub(crate) struct Device {
    /// Where the model has it.
    pub(crate) index: usize,
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
    /// It takes over parts from another device, or another from it.
    pub(crate) is_kin: bool,
    /// A test is given it.
    pub(crate) is_tested: bool,
}

impl Device {
    /// The distance at which its space repeats, if hardware can do so.
    pub(crate) fn repeats_every(&self) -> Option<u64> {
        self.aliased_every.map(|every| every.value).filter(|&every| can_repeat_every(every))
    }

    /// The end of what it has: what lies there or beyond is a copy, or nothing.
    pub(crate) fn first_copy(&self) -> u64 {
        self.repeats_every().unwrap_or_else(|| Space::Extended.end().into())
    }

    /// Where the function's own PASID capability lies.
    pub(crate) fn native_slot(&self) -> Option<u64> {
        self.entries
            .iter()
            .find(|entry| entry.capability().is_some_and(|found| (found.space, found.id) == (Space::Extended, PASID)))
            .map(|entry| entry.region.start)
    }
}

/// Whether space can repeat at this distance.
pub(crate) fn can_repeat_every(distance: u64) -> bool {
    distance.is_power_of_two() && (0x100..=0x800).contains(&distance)
}

/// One `free`.
#[derive(Clone, Debug)]
pub(crate) struct Free {
    pub(crate) region: Region,
    pub(crate) claims: Vec<Claim>,
}

/// Which statements of a device may be missing because they could not be understood.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Broken {
    /// Of any kind: the text could not be parsed.
    pub(crate) text: bool,
    /// Of its own, so that evidence for the whole of it may be.
    pub(crate) claims: bool,
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
