//! Gives what a device wishes to show its place in what is free: PASID first, then what the layers that can match it place
//! `@ free`, in the order of their names and as though all were enabled; the DVSEC that describes the rest last.
//!
//! Lowest offset first, dwords, and never directly after a capability of the same id. The result depends on this device
//! and on the layers, so adding another device moves nothing, and no layer moves PASID.

use std::num::NonZeroUsize;
use std::sync::OnceLock;

use quirk_runtime::capability::{DVSEC, PASID, PASID_LENGTH, Space};
use quirk_runtime::tables::{Form, PlaceKind};

use crate::matching::{Neighbours, common_function};
use crate::model::{Device, Layer, Model, Placing, PlacingKind};
use quirk_dsl::Ordered as _;

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
    /// Places of what layers show `@ free`.
    pub(crate) allocations: Vec<Allocated>,
    /// Layer and emulation of what found no room, as indices in the model.
    pub(crate) layers_have_no_room: Vec<(usize, usize)>,
}

/// What a layer shows `@ free` at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Allocated {
    /// Index of the layer in the model.
    pub(crate) layer: usize,
    /// Index of the emulation in the layer.
    pub(crate) emulation: usize,
    pub(crate) offset: u64,
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

/// The extended capabilities that a guest may see, of which none of the same id may be abutted.
struct Shown {
    extended: Vec<(u16, Gap)>,
}

impl Shown {
    fn of(device: &Device) -> Self {
        let extended = device.entries.iter().filter_map(|entry| {
            let capability = entry.capability().filter(|found| found.space == Space::Extended)?;
            Some((capability.id, Gap { start: entry.region.start, end: entry.region.end }))
        });
        Self { extended: extended.collect() }
    }

    fn of_id(&self, id: u16) -> Vec<Gap> {
        self.extended.iter().filter(|(other, _)| *other == id).map(|(_, gap)| *gap).collect()
    }
}

/// The plans of a model's devices, each made at first need.
#[derive(Debug)]
pub(crate) struct Plans {
    of_devices: Vec<OnceLock<Box<Plan>>>,
    /// Which devices and layers can match a function together.
    pub(crate) neighbours: Neighbours,
}

impl Plans {
    /// Those of a model; threads share what is looked for in all of it.
    pub(crate) fn new(model: &Model, threads: NonZeroUsize) -> Self {
        let of_devices = model.devices.iter().map(|_| OnceLock::new()).collect();
        Self { of_devices, neighbours: Neighbours::new(threads) }
    }

    /// The places of a device, if they were asked for before: its parts are sound then.
    pub(crate) fn made(&self, device: &Device) -> Option<&Plan> {
        self.of_devices.get(device.index)?.get().map(Box::as_ref)
    }

    /// The places of a device whose parts were found sound.
    pub(crate) fn of(&self, device: &Device, model: &Model) -> &Plan {
        self.of_devices[device.index].get_or_init(|| Box::new(allocate(device, model, &self.neighbours)))
    }
}

fn allocate(device: &Device, model: &Model, neighbours: &Neighbours) -> Plan {
    let mut plan = Plan::default();
    let mut gaps = gaps(device);
    let mut shown = Shown::of(device);
    let fixed = device.dvsec.as_ref().and_then(|dvsec| {
        let (offset, stated) = dvsec.at?;
        Some((dvsec.format, Gap { start: offset, end: fixed_end(device, offset, stated) }))
    });
    if let Some((_, fixed)) = fixed {
        take(&mut gaps, fixed);
        shown.extended.push((DVSEC, fixed));
    }
    for placing in device.pasid.iter().flat_map(|pasid| &pasid.places) {
        let place = match placing.kind {
            PlacingKind::At(offset) => Some((PlaceKind::At, offset)),
            PlacingKind::Native => device.native_slot().map(|offset| (PlaceKind::Native, offset)),
            PlacingKind::Free => {
                lowest(&gaps, u64::from(PASID_LENGTH), &shown.of_id(PASID)).map(|offset| (PlaceKind::Free, offset))
            }
        };
        match place {
            Some(place) => plan.places.push(place),
            None => plan.pasid_has_no_room.push(*placing),
        }
    }
    for (kind, offset) in &plan.places {
        if *kind != PlaceKind::Native {
            let pasid = Gap { start: *offset, end: offset + u64::from(PASID_LENGTH) };
            take(&mut gaps, pasid);
            shown.extended.push((PASID, pasid));
        }
    }
    layers(&mut plan, device, neighbours.layers(model, device), &mut gaps, &mut shown);
    if let Some(dvsec) = &device.dvsec {
        let form = model.formats.get(dvsec.format).map_or(Form::PerGap, |format| format.form);
        plan.dvsecs = match (fixed, form) {
            (Some((format, at)), Form::PerGap) => {
                vec![Emitted { format, offset: at.start, length: at.length(), entries: vec![] }]
            }
            (Some((format, at)), Form::Table) => {
                let most = usize::try_from((at.length() - HEADER.min(at.length())) / 4).unwrap_or(0);
                let entries = listed(&gaps).into_iter().take(most).collect();
                vec![Emitted { format, offset: at.start, length: at.length(), entries }]
            }
            (None, Form::PerGap) => per_gap(&shown, dvsec.format, &gaps),
            (None, Form::Table) => table(&shown, dvsec.format, &gaps).into_iter().collect(),
        };
        plan.dvsec_has_no_room = plan.dvsecs.is_empty();
    }
    plan
}

/// Places what layers show `@ free`, beside what they show at places of their own.
fn layers<'m>(
    plan: &mut Plan,
    device: &Device,
    near: impl Iterator<Item = (usize, &'m Layer)>,
    gaps: &mut Vec<Gap>,
    shown: &mut Shown,
) {
    let mut matching: Vec<(usize, &Layer)> = near
        .filter(|(_, layer)| layer.emulations.iter().any(|emulation| emulation.capability.is_some()))
        .filter(|(_, layer)| common_function(&layer.clauses, &device.clauses).is_some())
        .collect();
    matching.order_by_key(|(_, layer)| &layer.name);
    let capabilities = matching.iter().flat_map(|&(at, layer)| {
        let emulations = layer.emulations.iter().enumerate();
        emulations.filter_map(move |(emulation, found)| Some((at, emulation, found.capability.as_ref()?)))
    });
    for (.., capability) in capabilities.clone() {
        for place in &capability.places {
            let extent = Gap { start: place.value, end: place.value + capability.length };
            take(gaps, extent);
            if capability.space == Space::Extended {
                shown.extended.push((capability.id, extent));
            }
        }
    }
    for (layer, emulation, capability) in capabilities.filter(|(.., capability)| capability.in_free()) {
        let Some(offset) = lowest(gaps, capability.length, &shown.of_id(capability.id)) else {
            plan.layers_have_no_room.push((layer, emulation));
            continue;
        };
        let extent = Gap { start: offset, end: offset + capability.length };
        take(gaps, extent);
        shown.extended.push((capability.id, extent));
        plan.allocations.push(Allocated { layer, emulation, offset });
    }
}

/// What is declared free and lies on nothing else, ascending.
fn gaps(device: &Device) -> Vec<Gap> {
    let mut gaps: Vec<Gap> =
        device.free.iter().map(|free| Gap { start: free.region.start, end: free.region.end }).collect();
    gaps.order_by_key(|gap| (gap.start, gap.end));
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
fn per_gap(shown: &Shown, format: usize, gaps: &[Gap]) -> Vec<Emitted> {
    let mut taken = shown.of_id(DVSEC);
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
fn table(shown: &Shown, format: usize, gaps: &[Gap]) -> Option<Emitted> {
    let taken = shown.of_id(DVSEC);
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
