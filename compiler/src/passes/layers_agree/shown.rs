//! What a layer has on a function: bytes that it owns, capabilities that it shows, and those that it hides, with offsets of
//! configuration space.

use quirk_runtime::capability::{Name, Space};

use super::super::Check;
use super::super::claims::{Byte, Claim};
use super::super::emulations_apart::obstacle;
use super::super::placed_apart::abutting;
use crate::allocate::{Allocated, Plan, Plans};
use crate::model::{Capability, Device, Emulation, Model};
use crate::source::Place;

/// A function that a device describes, or one of which nothing is known.
#[derive(Clone, Copy)]
pub(super) struct Function<'m> {
    pub(super) device: Option<(usize, &'m Device, &'m Plan)>,
}

impl<'m> Function<'m> {
    pub(super) const UNKNOWN: Self = Self { device: None };

    pub(super) fn of(model: &'m Model, plans: &'m Plans, index: usize) -> Self {
        let device = &model.devices[index];
        Self { device: Some((index, device, plans.of(device, model))) }
    }
}

/// A place that a device leaves, as long as capabilities that are there are hidden: their offsets.
pub(super) struct Vacancy {
    pub(super) start: u64,
    pub(super) beside: Vec<u64>,
}

/// A capability that a layer shows, with the places that the device leaves it.
pub(super) struct Showing {
    pub(super) name: Name,
    pub(super) length: u64,
    pub(super) places: Vec<Vacancy>,
    pub(super) place: Place,
}

/// One that it hides.
pub(super) struct Hiding {
    pub(super) name: Name,
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) place: Place,
}

/// What a layer has.
pub(super) struct Having {
    pub(super) fields: Vec<Claim>,
    pub(super) shows: Vec<Showing>,
    pub(super) hides: Vec<Hiding>,
}

impl Having {
    pub(super) fn of(check: &Check<'_>, function: Function<'_>, layer: usize, claims: &[Claim]) -> Self {
        let found = &check.model.layers[layer];
        let emulations = found.emulations.iter().enumerate().filter(|(_, emulation)| check.holds(emulation.node));
        let shows = emulations.filter_map(|(index, emulation)| showing(check, function, (layer, index), emulation));
        let fields = claims.iter().filter_map(|claim| on(claim, function)).collect();
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
    Some(Showing { name, length, places, place: emulation.place })
}

/// The claim as one of configuration space, where it is known what it counts from.
pub(super) fn on(claim: &Claim, function: Function<'_>) -> Option<Claim> {
    match claim.byte {
        Byte::Space(_) => Some(*claim),
        Byte::Emulated(..) => None,
        Byte::Capability(space, id, sub, at) => {
            let (_, device, _) = function.device?;
            Some(claim.at(Byte::Space(only(device, space, id, sub)? + at)))
        }
    }
}

/// Where a capability is, if the device has one alone that may be meant: of several the guest's list decides.
fn only(device: &Device, space: Space, id: u16, sub: Option<(u16, u16)>) -> Option<u64> {
    let is_it = |found: &Capability| (found.space, found.id) == (space, id) && (sub.is_none() || found.sub == sub);
    let mut same = device.entries.iter().filter(|entry| entry.capability().is_some_and(is_it));
    same.next().filter(|_| same.next().is_none()).map(|entry| entry.region.start)
}
