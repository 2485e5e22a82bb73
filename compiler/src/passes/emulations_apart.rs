//! An emulated capability overlaps nothing of its own layer, and nothing of a device that one function can match with it,
//! but free bytes.

use super::{Check, Fact, Pass};
use crate::allocate::{Plan, fixed_end};
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::matching::common_function;
use crate::model::{Anchor, Device, Emulated, Emulation, EntryKind, Layer};
use crate::source::Place;

pub(super) const PASS: Pass = Pass {
    establishes: Fact::EmulationsApart,
    needs: &[
        Fact::InBounds,
        Fact::Aligned,
        Fact::LengthsFit,
        Fact::LayersInBounds,
        Fact::LayerLengthsFit,
        Fact::FieldsInside,
        Fact::PasidLiesInFree,
        Fact::DvsecLiesInFree,
    ],
    run,
};

/// An emulated capability at a place of its own.
type Placed<'m> = (&'m Emulation, &'m Emulated);

/// What lies in the way, where it was written.
pub(super) type Obstacle = (String, Place);

fn run(check: &mut Check<'_>) {
    let model = check.model;
    let placed: Vec<(&Layer, Vec<Placed<'_>>)> = model
        .layers
        .iter()
        .map(|layer| (layer, placed(check, layer)))
        .filter(|(_, placed)| !placed.is_empty())
        .collect();
    for (layer, placed) in &placed {
        for &(emulation, emulated) in placed {
            if let Some(found) = in_layer(layer, emulation, emulated, placed) {
                check.fail(emulation.node, found);
            }
        }
    }
    for device in model.devices.iter().filter(|device| !device.broken.layout() && !placed.is_empty()) {
        let plan = check.plans.of(device, model);
        for (layer, placed) in &placed {
            let Some(witness) = common_function(&layer.clauses, &device.clauses) else { continue };
            for &(emulation, emulated) in placed {
                let obstacles: Vec<Option<Obstacle>> =
                    emulated.places.iter().map(|place| obstacle(check, device, plan, emulated, place.value)).collect();
                // One of several places that is vacant will do.
                let Some((what, there)) = obstacles.into_iter().collect::<Option<Vec<_>>>().and_then(last) else {
                    continue;
                };
                let (name, at) = (emulated.name(), shown(emulated));
                let message = format!("`{name}` at {at} overlaps {what} of `{}`; both match {witness}", device.name);
                let found = Diagnostic::new(&catalogue::EMULATION_OVERLAPS, emulation.place, message);
                check.fail(emulation.node, found.also(there, "which stands here"));
            }
        }
    }
}

fn last(mut obstacles: Vec<Obstacle>) -> Option<Obstacle> {
    obstacles.pop()
}

/// What a layer shows at places of its own.
fn placed<'m>(check: &Check<'_>, layer: &'m Layer) -> Vec<Placed<'m>> {
    let sound = layer.emulations.iter().filter(|emulation| check.holds(emulation.node));
    sound
        .filter_map(|emulation| Some((emulation, emulation.capability.as_ref()?)))
        .filter(|(_, emulated)| !emulated.in_free())
        .collect()
}

fn shown(emulated: &Emulated) -> String {
    let places =
        emulated.places.iter().map(|place| format!("{:#x}..{:#x}", place.value, place.value + emulated.length));
    places.collect::<Vec<_>>().join(" and ")
}

/// What of a device lies in the bytes of an emulated capability at a place.
pub(super) fn obstacle(
    check: &Check<'_>,
    device: &Device,
    plan: &Plan,
    emulated: &Emulated,
    start: u64,
) -> Option<Obstacle> {
    let end = start + emulated.length;
    let passed = |kind: &EntryKind| emulated.over_register && matches!(kind, EntryKind::Register { .. });
    let overlaps = |from: u64, to: u64| from < end && start < to;
    let entry = device.entries.iter().find(|entry| {
        check.holds(entry.region.node) && overlaps(entry.region.start, entry.region.end) && !passed(&entry.kind)
    });
    if let Some(entry) = entry {
        return Some((entry.describe().to_string(), entry.region.place));
    }
    if let Some(pasid) = &device.pasid
        && let Some((_, offset)) = plan.places.iter().find(|(_, offset)| overlaps(*offset, offset + 8))
    {
        return Some((format!("PASID at {offset:#x}"), pasid.place));
    }
    let dvsec = device.dvsec.as_ref()?;
    let (offset, stated) = dvsec.at.filter(|_| check.holds(dvsec.node))?;
    overlaps(offset, fixed_end(device, offset, stated)).then(|| ("the DVSEC".to_owned(), dvsec.place))
}

/// What else the layer emulates in the same bytes, wherever the capability goes.
fn in_layer(layer: &Layer, emulation: &Emulation, emulated: &Emulated, placed: &[Placed<'_>]) -> Option<Diagnostic> {
    let everywhere = |from: u64, to: u64| {
        emulated.places.iter().all(|place| from < place.value + emulated.length && place.value < to)
    };
    let other = placed
        .iter()
        .take_while(|(other, _)| other.node != emulation.node)
        .find(|(_, other)| other.places.iter().all(|place| everywhere(place.value, place.value + other.length)))
        .map(|(other, _)| other.place);
    let field = || {
        let fields = layer.emulations.iter().flat_map(|emulation| &emulation.fields);
        let mut of_space = fields.filter(|field| field.anchor == Anchor::Space);
        of_space.find(|field| everywhere(field.offset, field.offset + field.length)).map(|field| field.place)
    };
    let there = other.or_else(field)?;
    let message = format!("`{}` at {} overlaps what this layer emulates there", emulated.name(), shown(emulated));
    Some(Diagnostic::new(&catalogue::EMULATION_OVERLAPS, emulation.place, message).also(there, "which stands here"))
}
