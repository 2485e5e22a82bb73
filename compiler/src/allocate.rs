//! Gives what a device wishes to show its place in what is free: PASID first, the DVSEC that describes the rest last.
//!
//! Lowest offset first, dwords, and never directly behind a capability of the same id. The result depends on this device
//! alone, so adding another moves nothing.

use quirk_runtime::capability::{DVSEC, PASID, PASID_LENGTH, Space};
use quirk_runtime::tables::{Form, PlaceKind};

use crate::model::{Device, Format, Placing, PlacingKind};
use crate::passes::native_slot;

/// Bytes of a DVSEC's header.
const HEADER: u64 = 12;

/// What found its place.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Places for PASID, in the order of the description.
    pub(crate) places: Vec<(PlaceKind, u64)>,
    /// Free-space DVSECs.
    pub(crate) dvsecs: Vec<Emitted>,
    /// Places that found no room.
    pub(crate) pasid_has_no_room: Vec<Placing>,
    /// A DVSEC was wished for and found no room.
    pub(crate) dvsec_has_no_room: bool,
}

/// A free-space DVSEC at its place.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Emitted {
    /// Index of its format in the model.
    pub(crate) format: usize,
    pub(crate) offset: u64,
    pub(crate) length: u64,
    /// What it lists as free.
    pub(crate) entries: Vec<Gap>,
}

/// Free bytes `start..end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gap {
    pub(crate) start: u64,
    pub(crate) end: u64,
}

impl Gap {
    /// The whole dwords of it.
    fn dwords(self) -> Self {
        Self { start: self.start.next_multiple_of(4), end: self.end & !3 }
    }

    /// The part of it in extended space.
    fn extended(self) -> Self {
        Self { start: self.start.max(u64::from(Space::Extended.start())), end: self.end }
    }

    fn length(self) -> u64 {
        self.end.saturating_sub(self.start)
    }
}

/// Where a DVSEC with a fixed start ends: where it says, or with the free range that it lies in.
pub(crate) fn fixed_end(device: &Device, offset: u64, stated: Option<u64>) -> u64 {
    let around = device.free.iter().map(|free| free.region).find(|region| region.holds(offset, offset + 1));
    stated.map_or(around.map_or(offset, |region| region.end & !3), |length| offset + length)
}

/// Finds the places of a device whose parts were found sound.
pub(crate) fn allocate(device: &Device, formats: &[Format]) -> Plan {
    let mut plan = Plan::default();
    let mut gaps = gaps(device);
    let fixed = device.dvsec.as_ref().and_then(|dvsec| {
        let (offset, stated) = dvsec.at?;
        Some((dvsec.format, Gap { start: offset, end: fixed_end(device, offset, stated) }))
    });
    if let Some((_, fixed)) = fixed {
        take(&mut gaps, fixed);
    }
    for placing in device.pasid.iter().flat_map(|pasid| &pasid.places) {
        let place = match placing.kind {
            PlacingKind::At(offset) => Some((PlaceKind::At, offset)),
            PlacingKind::Native => native_slot(device).map(|offset| (PlaceKind::Native, offset)),
            PlacingKind::Free => {
                let taken = abutting(device, PASID);
                lowest(&gaps, u64::from(PASID_LENGTH), &taken).map(|offset| (PlaceKind::Free, offset))
            }
        };
        match place {
            Some(place) => plan.places.push(place),
            None => plan.pasid_has_no_room.push(*placing),
        }
    }
    for (kind, offset) in &plan.places {
        if *kind != PlaceKind::Native {
            take(&mut gaps, Gap { start: *offset, end: offset + u64::from(PASID_LENGTH) });
        }
    }
    if let Some(dvsec) = &device.dvsec {
        let form = formats.get(dvsec.format).map_or(Form::PerGap, |format| format.form);
        plan.dvsecs = match (fixed, form) {
            (Some((format, at)), Form::PerGap) => {
                vec![Emitted { format, offset: at.start, length: at.length(), entries: vec![] }]
            }
            (Some((format, at)), Form::Table) => {
                let most = usize::try_from((at.length() - HEADER.min(at.length())) / 4).unwrap_or(0);
                let entries = listed(&gaps).into_iter().take(most).collect();
                vec![Emitted { format, offset: at.start, length: at.length(), entries }]
            }
            (None, Form::PerGap) => per_gap(device, dvsec.format, &gaps),
            (None, Form::Table) => table(device, dvsec.format, &gaps).into_iter().collect(),
        };
        plan.dvsec_has_no_room = plan.dvsecs.is_empty();
    }
    plan
}

/// What is declared free and lies on nothing else, ascending.
fn gaps(device: &Device) -> Vec<Gap> {
    let mut gaps: Vec<Gap> =
        device.free.iter().map(|free| Gap { start: free.region.start, end: free.region.end }).collect();
    gaps.sort_by_key(|gap| (gap.start, gap.end));
    // Overlaps are errors, unless the description allows them.
    for entry in &device.entries {
        take(&mut gaps, Gap { start: entry.region.start, end: entry.region.end });
    }
    gaps
}

/// Takes bytes away.
fn take(gaps: &mut Vec<Gap>, taken: Gap) {
    *gaps = gaps
        .iter()
        .flat_map(|gap| {
            let below = Gap { start: gap.start, end: gap.end.min(taken.start) };
            let above = Gap { start: gap.start.max(taken.end), end: gap.end };
            if taken.start < gap.end && gap.start < taken.end { vec![below, above] } else { vec![*gap] }
        })
        .filter(|gap| gap.length() > 0)
        .collect();
}

/// The extended capabilities of one id, of which none may be abutted.
fn abutting(device: &Device, id: u16) -> Vec<Gap> {
    let same = |entry: &&crate::model::Entry| {
        entry.capability().is_some_and(|found| (found.space, found.id) == (Space::Extended, id))
    };
    device.entries.iter().filter(same).map(|entry| Gap { start: entry.region.start, end: entry.region.end }).collect()
}

/// The lowest place for some bytes in extended space.
fn lowest(gaps: &[Gap], length: u64, taken: &[Gap]) -> Option<u64> {
    gaps.iter().find_map(|gap| {
        let gap = apart(gap.extended().dwords(), taken);
        (gap.length() >= length).then_some(gap.start)
    })
}

/// Without the dword that abuts one of the same id, at either end.
fn apart(mut gap: Gap, taken: &[Gap]) -> Gap {
    if taken.iter().any(|other| other.end == gap.start) {
        gap.start += 4;
    }
    if taken.iter().any(|other| other.start == gap.end) {
        gap.end -= 4;
    }
    gap
}

/// A DVSEC over every gap that can hold one.
fn per_gap(device: &Device, format: usize, gaps: &[Gap]) -> Vec<Emitted> {
    let mut taken = abutting(device, DVSEC);
    let mut emitted = Vec::new();
    for gap in gaps {
        let gap = apart(gap.extended().dwords(), &taken);
        if gap.length() >= HEADER {
            taken.push(gap);
            emitted.push(Emitted { format, offset: gap.start, length: gap.length(), entries: vec![] });
        }
    }
    emitted
}

/// One DVSEC that lists what is left beside it.
fn table(device: &Device, format: usize, gaps: &[Gap]) -> Option<Emitted> {
    let taken = abutting(device, DVSEC);
    // The table is one of the gaps' users itself: try sizes until the list fits.
    (0..=gaps.len() + 1).find_map(|room| {
        let length = HEADER + 4 * u64::try_from(room).ok()?;
        let offset = lowest(gaps, length, &taken)?;
        let mut rest = gaps.to_vec();
        take(&mut rest, Gap { start: offset, end: offset + length });
        let entries = listed(&rest);
        let length = HEADER + 4 * u64::try_from(entries.len()).ok()?;
        (entries.len() <= room).then_some(Emitted { format, offset, length, entries })
    })
}

/// The gaps as a table lists them: whole dwords.
fn listed(gaps: &[Gap]) -> Vec<Gap> {
    gaps.iter().map(|gap| gap.dwords()).filter(|gap| gap.length() > 0).collect()
}
