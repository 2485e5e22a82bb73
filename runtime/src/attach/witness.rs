//! By what a device is known again.

use crate::ConfigAccess;
use crate::capability::{PCIE, Space};
use crate::decision::Placement;
use crate::source::Source;
use crate::survey::{ConfigSurvey, FoundDvsec};
use crate::tables::Form;

/// A few bytes on which the layout hangs, as they were when the overlay was built; nothing is read to know them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Witness {
    pub(super) offset: u16,
    pub(super) bytes: [u8; 8],
    /// So many bytes are read.
    pub(super) length: usize,
    /// So many bytes, from the first on, must be the same.
    pub(super) fixed: usize,
    /// The capability that they are of.
    pub(super) capability: u16,
    /// The Device Capabilities register, which never reads as ones.
    pub(super) alive: u16,
}

impl Witness {
    /// Chooses it: see [`VirtualConfig::revalidate`].
    pub(super) fn of<D: ConfigAccess + ?Sized>(survey: &ConfigSurvey<'_, D>, placement: Placement) -> Option<Self> {
        let pcie = survey.map.listed(Space::Conventional, [PCIE]).find(|start| start.offset <= 0xf8)?.offset;
        let alive = pcie + 4;
        // The gap that PASID lies in, or the first table: which one lists it is not known without reading it again.
        let covers = |dvsec: &&FoundDvsec| (dvsec.range.start..dvsec.range.end).contains(&placement.offset);
        let found = |form| {
            let holds = move |dvsec: &&FoundDvsec| dvsec.fault.is_none() && dvsec.format.form == form;
            survey.free_space.iter().filter(holds)
        };
        if placement.source == Source::Dvsec
            && let Some(dvsec) = found(Form::PerGap).find(covers).or_else(|| found(Form::Table).next())
        {
            let capability = dvsec.offset();
            return Some(Self { offset: capability + 4, bytes: dvsec.bytes, length: 8, fixed: 8, capability, alive });
        }
        match survey.last.filter(|last| last.offset <= Space::Extended.end() - 8) {
            Some(last) => {
                let mut bytes = [0; 8];
                bytes[..4].copy_from_slice(&last.header.to_le_bytes());
                Some(Self { offset: last.offset, bytes, length: 8, fixed: 4, capability: last.offset, alive })
            }
            None => Some(Self { offset: alive, bytes: [0; 8], length: 4, fixed: 0, capability: pcie, alive }),
        }
    }
}
