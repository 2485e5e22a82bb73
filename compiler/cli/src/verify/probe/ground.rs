//! Where the probe may write: whole dwords of which every byte is declared free and nothing else has a byte.

use std::ops::Range;

use quirk_map::list;
use quirk_runtime::Image;
use quirk_runtime::capability::Space;

use crate::failure::Failure;
use crate::verify::entry::{Entry, bytes};
use crate::verify::probed::{Bytes, Passed};

/// The bytes of a header, which nothing can declare free.
const HEADER: usize = 0x40;

/// Where the probe may write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ground {
    /// Offsets of dwords, ascending.
    pub(super) dwords: Vec<u16>,
    pub(super) passed: Vec<Passed>,
}

impl Ground {
    /// The ground of an entry on a function, of which these are the bytes: as the device has them, and as VFIO shows them.
    pub(super) fn of(entry: &Entry, views: &[&Image]) -> Result<Self, Failure> {
        let size = views.iter().map(|view| view.bytes().len()).min().unwrap_or(0);
        let mut why_not: Vec<Option<&'static str>> = vec![Some("part of its dword is not declared free"); size];
        for free in &entry.free {
            fill(&mut why_not, free.start..free.end, None);
        }
        for part in &entry.layout {
            fill(&mut why_not, bytes(part), Some("the entry declares something else there too"));
        }
        for view in views {
            for space in [Space::Conventional, Space::Extended] {
                for (capability, length) in list(*view, space).map_err(Failure::new)? {
                    let owned = capability.offset..capability.offset.saturating_add(length);
                    fill(&mut why_not, owned, Some("a capability of the function has bytes of it"));
                }
            }
        }
        if let Some(copies) = why_not.get_mut(entry.aliased_every..).filter(|_| entry.aliased_every != 0) {
            copies.fill(Some("it repeats lower bytes of the space"));
        }
        why_not[..HEADER.min(size)].fill(Some("it is in the header"));
        Ok(Self::new(entry, &why_not))
    }

    fn new(entry: &Entry, why_not: &[Option<&'static str>]) -> Self {
        let mut ground = Self::default();
        for (at, dword) in (0_u16..).step_by(4).zip(why_not.chunks_exact(4)) {
            let is_declared = entry.free.iter().any(|free| free.start < at.saturating_add(4) && at < free.end);
            match dword.iter().flatten().next() {
                None => ground.dwords.push(at),
                Some(why) if is_declared => ground.pass(at, why),
                Some(_) => {}
            }
        }
        ground
    }

    fn pass(&mut self, at: u16, why: &'static str) {
        match self.passed.last_mut().filter(|last| last.bytes.end == at && last.why == why) {
            Some(last) => last.bytes.end = at.saturating_add(4),
            None => self.passed.push(Passed { bytes: Bytes::dword(at), why }),
        }
    }
}

fn fill(all: &mut [Option<&'static str>], range: Range<u16>, with: Option<&'static str>) {
    let end = usize::from(range.end).min(all.len());
    if let Some(part) = all.get_mut(usize::from(range.start)..end) {
        part.fill(with);
    }
}

/// Dwords as ranges.
pub(super) fn ranges(dwords: impl IntoIterator<Item = u16>) -> Vec<Bytes> {
    let mut ranges: Vec<Bytes> = Vec::new();
    for at in dwords {
        match ranges.last_mut().filter(|last| last.end == at) {
            Some(last) => last.end = at.saturating_add(4),
            None => ranges.push(Bytes::dword(at)),
        }
    }
    ranges
}
