//! What is known of the devices of a compilation, with the places where it was written: what an editor shows beside the text.
//! It is there for descriptions with errors too, as far as they were understood.

use quirk_runtime::capability::{Name, PASID, PASID_LENGTH, Space};

use crate::compilation::Compilation;
use crate::model::{self, EntryKind, PlacingKind};
use crate::source::Place;

/// One device.
#[derive(Clone, Debug)]
pub struct Device<'c> {
    /// Its name in the language.
    pub name: &'c str,
    /// All of it.
    pub item: Place,
    /// What it declares, in the order of the text.
    pub extents: Vec<Extent<'c>>,
    /// What the compiler gave a place.
    pub chosen: Vec<Chosen<'c>>,
}

/// Bytes that a device declares to be something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extent<'c> {
    /// The statement; of several ranges the one range.
    pub place: Place,
    /// What lies there.
    pub what: What<'c>,
    /// The first byte.
    pub start: u64,
    /// The byte past the last.
    pub end: u64,
    /// The end was written; otherwise it is that of the least length of the kind.
    pub is_stated: bool,
    /// It was written in another device, of which this one is `like`.
    pub is_inherited: bool,
}

/// What some bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What<'c> {
    /// A capability: its space and id.
    Capability(Space, u16),
    /// Registers, with their label.
    Register(&'c str),
    /// Bytes that are not free, for a reason that is not known.
    Reserved,
    /// Bytes that the device does not use.
    Free,
}

/// What was given a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen<'c> {
    /// What was written.
    pub place: Place,
    /// What is shown there.
    pub what: Virtual<'c>,
    /// The first byte.
    pub offset: u64,
    /// How many bytes it has.
    pub length: u64,
}

/// Something virtual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Virtual<'c> {
    /// PASID, in what is free.
    Pasid,
    /// PASID, in the slot of the function's own.
    NativePasid,
    /// PASID, at an offset that was written.
    FixedPasid,
    /// A free-space DVSEC.
    Dvsec,
    /// A capability that a layer of this name places in what is free.
    Layer(&'c str, Space, u16),
}

impl Device<'_> {
    /// The bytes that are declared free and have no other use, ascending.
    #[must_use]
    pub fn unused(&self) -> Vec<(u64, u64)> {
        let mut gaps: Vec<(u64, u64)> =
            self.extents.iter().filter(|each| each.what == What::Free).map(|free| (free.start, free.end)).collect();
        let declared = self.extents.iter().filter(|each| each.what != What::Free).map(|each| (each.start, each.end));
        let chosen = self.chosen.iter().map(|each| (each.offset, each.offset.saturating_add(each.length)));
        for (start, end) in declared.chain(chosen) {
            gaps = gaps.into_iter().flat_map(|gap| [(gap.0, gap.1.min(start)), (gap.0.max(end), gap.1)]).collect();
            gaps.retain(|gap| gap.0 < gap.1);
        }
        gaps.sort_unstable();
        gaps.dedup();
        gaps
    }
}

impl Compilation {
    /// What is known of each device, in the order in which the compiler met them.
    pub fn devices(&self) -> impl Iterator<Item = Device<'_>> {
        self.model().devices.iter().map(|device| self.device(device))
    }

    fn device<'c>(&'c self, device: &'c model::Device) -> Device<'c> {
        let free = device.free.iter().map(|free| Extent {
            place: free.region.place,
            what: What::Free,
            start: free.region.start,
            end: free.region.end,
            is_stated: true,
            is_inherited: false,
        });
        let extents = device.entries.iter().map(extent).chain(free).collect();
        Device { name: &device.name, item: device.item, extents, chosen: self.chosen(device) }
    }

    fn chosen<'c>(&'c self, device: &'c model::Device) -> Vec<Chosen<'c>> {
        let Some(plan) = self.plans.made(device) else { return Vec::new() };
        let mut chosen = Vec::new();
        let no_room = |node| plan.pasid_has_no_room.iter().any(|placing| placing.node == node);
        let placings = device.pasid.iter().flat_map(|pasid| &pasid.places).filter(|placing| !no_room(placing.node));
        for (placing, (_, offset)) in placings.zip(&plan.places) {
            let what = match placing.kind {
                PlacingKind::Free => Virtual::Pasid,
                PlacingKind::Native => Virtual::NativePasid,
                PlacingKind::At(_) => Virtual::FixedPasid,
            };
            let length = u64::from(PASID_LENGTH);
            chosen.push(Chosen { place: placing.place, what, offset: *offset, length });
        }
        for emitted in &plan.dvsecs {
            let place = device.dvsec.as_ref().map_or(device.head, |dvsec| dvsec.place);
            chosen.push(Chosen { place, what: Virtual::Dvsec, offset: emitted.offset, length: emitted.length });
        }
        let layers = &self.model().layers;
        chosen.extend(plan.allocations.iter().filter_map(|allocated| {
            let layer = layers.get(allocated.layer)?;
            let emulation = layer.emulations.get(allocated.emulation)?;
            let capability = emulation.capability.as_ref()?;
            Some(Chosen {
                place: emulation.place,
                what: Virtual::Layer(&layer.name, capability.space, capability.id),
                offset: allocated.offset,
                length: capability.length,
            })
        }));
        chosen
    }
}

fn extent(entry: &model::Entry) -> Extent<'_> {
    let (what, is_stated) = match &entry.kind {
        EntryKind::Capability(capability) => {
            (What::Capability(capability.space, capability.id), capability.stated.is_some())
        }
        EntryKind::Register { label } => (What::Register(label), true),
        EntryKind::Reserved => (What::Reserved, true),
    };
    let region = &entry.region;
    Extent { place: region.place, what, start: region.start, end: region.end, is_stated, is_inherited: entry.inherited }
}

impl std::fmt::Display for What<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Capability(space, id) => Name(*space, *id).fmt(f),
            Self::Register("") => f.write_str("register"),
            Self::Register(label) => write!(f, "register \"{label}\""),
            Self::Reserved => f.write_str("reserved"),
            Self::Free => f.write_str("free"),
        }
    }
}

impl std::fmt::Display for Virtual<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Pasid | Self::NativePasid | Self::FixedPasid => {
                write!(f, "{}, virtual", Name(Space::Extended, PASID))
            }
            Self::Dvsec => f.write_str("free-space DVSEC, virtual"),
            Self::Layer(layer, space, id) => write!(f, "{}, of layer `{layer}`", Name(*space, *id)),
        }
    }
}
