//! An emulated capability overlaps nothing of its own layer, and nothing of a device that one function can match with it,
//! but free bytes.

use super::{Check, Fact, Pass};
use crate::allocate::{Plan, fixed_end};
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::matching::{Extent, Tree, common_function};
use crate::model::{Anchor, Device, Emulated, Emulation, EntryKind, Field, Layer};
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
    let placed: Vec<Vec<Placed<'_>>> = model.layers.iter().map(|layer| placed(check, layer)).collect();
    for (layer, placed) in model.layers.iter().zip(&placed).filter(|(_, placed)| !placed.is_empty()) {
        in_layer(check, layer, placed);
    }
    if placed.iter().all(Vec::is_empty) {
        return;
    }
    for device in model.devices.iter().filter(|device| !device.broken.layout()) {
        let plan = check.plans.of(device, model);
        for (at, layer) in check.layers_near(device).filter(|(at, _)| !placed[*at].is_empty()) {
            let Some(witness) = common_function(&layer.clauses, &device.clauses) else { continue };
            for &(emulation, emulated) in &placed[at] {
                let obstacles: Vec<Option<Obstacle>> =
                    emulated.places.iter().map(|place| obstacle(check, device, plan, emulated, place.value)).collect();
                // One of several places that is vacant will do.
                let Some((what, there)) = obstacles.into_iter().collect::<Option<Vec<_>>>().and_then(last) else {
                    continue;
                };
                let (name, at) = (emulated.name(), shown(emulated));
                let message = format!("`{name}` at {at} overlaps {what} of `{}`; both match {witness}", device.name);
                let found = Diagnostic::new(&catalogue::EMULATION_OVERLAPS, emulation.place, message);
                check.fail(emulation.node, found.also(there, "which is here"));
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
fn in_layer(check: &mut Check<'_>, layer: &Layer, placed: &[Placed<'_>]) {
    let fields: Vec<&Field> = layer.emulations.iter().flat_map(|emulation| &emulation.fields).collect();
    let of_space = fields.iter().enumerate().filter(|(_, field)| field.anchor == Anchor::Space);
    let field_bytes = Tree::new(of_space.map(|(at, field)| (0, bytes(field.offset, field.length), at)));
    let first_place = |emulated: &Emulated| Some(bytes(emulated.places.first()?.value, emulated.length));
    let first_places = placed.iter().enumerate();
    let first_places = Tree::new(first_places.filter_map(|(at, (_, emulated))| Some((0, first_place(emulated)?, at))));
    for (at, &(emulation, emulated)) in placed.iter().enumerate() {
        let Some(first) = first_place(emulated) else { continue };
        let everywhere = |from: u64, to: u64| {
            emulated.places.iter().all(|place| from < place.value + emulated.length && place.value < to)
        };
        let mut before = first_places.meeting(0, first).take_while(|other| *other < at).map(|other| placed[other]);
        let other = before
            .find(|(_, other)| other.places.iter().all(|place| everywhere(place.value, place.value + other.length)))
            .map(|(other, _)| other.place);
        let field = || {
            let mut met = field_bytes.meeting(0, first).map(|at| fields[at]);
            met.find(|field| everywhere(field.offset, field.offset + field.length)).map(|field| field.place)
        };
        let Some(there) = other.or_else(field) else { continue };
        let message = format!("`{}` at {} overlaps what this layer emulates there", emulated.name(), shown(emulated));
        let found = Diagnostic::new(&catalogue::EMULATION_OVERLAPS, emulation.place, message);
        check.fail(emulation.node, found.also(there, "which is here"));
    }
}

/// From the first of some bytes to the last.
fn bytes(start: u64, length: u64) -> Extent {
    (start, (start + length).saturating_sub(1).max(start))
}
