//! What a layer has on a function: bytes that it owns, capabilities that it shows, and those that it hides, with offsets of
//! configuration space.

use quirk_runtime::capability::Name;

use crate::allocate::{Allocated, Plan, Plans};
use crate::model::{Anchor, Device, Emulation, Layer, Model, NodeId};
use crate::passes::Check;
use crate::passes::anchors::Base;
use crate::passes::claims::{self, Byte, Claim, LIST_HEAD};
use crate::rules::emulations::obstacles::obstacle;
use crate::rules::emulations::placed_abuts::abutting;
use crate::source::Place;

/// A function that a device describes, or one of which nothing is known.
#[derive(Clone, Copy)]
pub(crate) struct Function<'m> {
    pub(crate) device: Option<(usize, &'m Device, &'m Plan)>,
}

impl<'m> Function<'m> {
    pub(crate) const UNKNOWN: Self = Self { device: None };

    pub(crate) fn of(model: &'m Model, plans: &'m Plans, index: usize) -> Self {
        let device = &model.devices[index];
        Self { device: Some((index, device, plans.of(device, model))) }
    }
}

/// A place that a device leaves, as long as capabilities that are there are hidden: their offsets.
pub(crate) struct Vacancy {
    pub(crate) start: u64,
    pub(crate) beside: Vec<u64>,
}

/// A capability that a layer shows, with the places that the device leaves it.
pub(crate) struct Showing {
    pub(crate) node: NodeId,
    pub(crate) name: Name,
    pub(crate) length: u64,
    pub(crate) places: Vec<Vacancy>,
    /// What it has inside that does not just read 0.
    pub(crate) inside: Vec<Claim>,
    pub(crate) place: Place,
}

/// One that it hides.
pub(crate) struct Hiding {
    pub(crate) name: Name,
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) place: Place,
}

/// What a layer has.
pub(crate) struct Having {
    pub(crate) fields: Vec<Claim>,
    pub(crate) shows: Vec<Showing>,
    pub(crate) hides: Vec<Hiding>,
}

impl Having {
    pub(crate) fn of(check: &Check<'_>, function: Function<'_>, layer: usize, claims: &[Claim]) -> Self {
        let found = &check.model.layers[layer];
        let emulations = found.emulations.iter().enumerate().filter(|(_, emulation)| check.holds(emulation.node));
        let shows = emulations.filter_map(|(index, emulation)| showing(check, function, (layer, index), emulation));
        let fields = claims.iter().filter_map(|claim| on(claim, found, function)).collect();
        let of_device = function.device.into_iter().flat_map(|(_, device, _)| &device.entries);
        let hidden = of_device.filter_map(|entry| {
            let hide = found.hides.iter().find(|hide| hide.is_of(entry))?;
            let (name, place) = (Name(hide.space, hide.id), hide.place);
            Some(Hiding { name, start: entry.region.start, end: entry.region.end.next_multiple_of(4), place })
        });
        Self { fields, shows: shows.collect(), hides: hidden.collect() }
    }
}

fn showing(
    check: &Check<'_>,
    function: Function<'_>,
    (layer, index): (usize, usize),
    emulation: &Emulation,
) -> Option<Showing> {
    let emulated = emulation.capability.as_ref()?;
    let (name, length) = (emulated.name(), emulated.length);
    let vacancy = |start| Vacancy { start, beside: vec![] };
    let places = emulated.places.iter().map(|place| vacancy(place.value));
    let places: Vec<Vacancy> = match function.device {
        None => places.collect(),
        Some((_, device, plan)) if !emulated.in_free() => {
            let is_vacant = |place: &Vacancy| obstacle(check, device, plan, emulated, place.start).is_none();
            let beside = |Vacancy { start, .. }| {
                let abutting = abutting(check, device, name, start, start + length);
                Vacancy { start, beside: abutting.map(|entry| entry.region.start).collect() }
            };
            places.filter(is_vacant).map(beside).collect()
        }
        Some((_, _, plan)) => {
            let is_its = |each: &&Allocated| (each.layer, each.emulation) == (layer, index);
            plan.allocations.iter().filter(is_its).map(|each| vacancy(each.offset)).collect()
        }
    };
    let inside = claims::inside(index, emulation);
    Some(Showing { node: emulation.node, name, length, places, inside, place: emulation.place })
}

/// The claim of a layer as one of configuration space, where it is known what it counts from.
pub(crate) fn on(claim: &Claim, layer: &Layer, function: Function<'_>) -> Option<Claim> {
    match claim.byte {
        Byte::Space(_) => Some(*claim),
        Byte::Emulated(..) => None,
        Byte::Capability(space, id, sub, _) => {
            let (_, device, _) = function.device?;
            let base = Base::of(layer, device, Anchor::Capability(space, id, sub)).start()?;
            Some(claim.counted_from(base))
        }
    }
}

/// What a layer owns of the device's bytes.
pub(crate) fn sound(check: &Check<'_>, layer: &Layer) -> Vec<Claim> {
    let mut claims = claims::of(layer);
    claims.retain(|claim| !matches!(claim.byte, Byte::Emulated(..)) && claim.node.is_none_or(|node| check.holds(node)));
    claims.into_iter().flat_map(|claim| claim.beside_list(&LIST_HEAD)).collect()
}
