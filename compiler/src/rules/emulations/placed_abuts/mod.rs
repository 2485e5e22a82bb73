//! What is placed at an offset does not abut an extended capability of the same id: Linux would take the two for one. In
//! conventional space a vendor capability follows another on real devices, and the kernel shows both.

use quirk_runtime::capability::{DVSEC, Name, Space};

use crate::allocate::fixed_end;
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::matching::common_function;
use crate::model::{Device, Emulated, Emulation, Entry, Layer, NodeId};
use crate::passes::{Check, Fact, Pass, Run};
use crate::rules::emulations::obstacles::obstacle;
use crate::source::Place;

pub(crate) const PASS: Pass = Pass {
    establishes: Fact::PlacedApart,
    needs: &[
        Fact::InBounds,
        Fact::Aligned,
        Fact::LengthsFit,
        Fact::LayersInBounds,
        Fact::LayerLengthsFit,
        Fact::DvsecLiesInFree,
        Fact::EmulationsApart,
    ],
    run: Run::Whole(run),
};

fn run(check: &mut Check<'_>) {
    let model = check.model;
    let shows = |layer: &Layer| layer.emulations.iter().any(|emulation| emulation.capability.is_some());
    let shows: Vec<bool> = model.layers.iter().map(shows).collect();
    let found = check.shared(&model.devices, |_, device| {
        let found: Vec<_> = of_device(check, device, &shows);
        (!found.is_empty()).then_some(found)
    });
    for (node, found) in found.into_iter().flatten() {
        check.fail(node, found);
    }
}

/// What is wrong on a device, with the part that lacks it.
fn of_device(check: &Check<'_>, device: &Device, shows: &[bool]) -> Vec<(NodeId, Diagnostic)> {
    let mut wrong = Vec::new();
    if let Some(dvsec) = &device.dvsec
        && let Some((offset, stated)) = dvsec.at
        && check.holds(dvsec.node)
        && let Some(entry) =
            abutted(check, device, None, Name(Space::Extended, DVSEC), offset, fixed_end(device, offset, stated))
    {
        wrong.push((dvsec.node, diagnostic(Name(Space::Extended, DVSEC), offset, dvsec.place, entry)));
    }
    for (_, layer) in check.layers_near(device).filter(|(at, _)| shows[*at]) {
        if common_function(&layer.clauses, &device.clauses).is_none() {
            continue;
        }
        let shown = layer.emulations.iter().filter(|emulation| emulation.capability.is_some());
        wrong.extend(shown.filter_map(|shown| Some((shown.node, emulated(check, device, layer, shown)?))));
    }
    wrong
}

/// An emulated capability that abuts another at one of its places, if no place will do.
fn emulated(check: &Check<'_>, device: &Device, layer: &Layer, emulation: &Emulation) -> Option<Diagnostic> {
    let emulated = emulation.capability.as_ref().filter(|_| check.holds(emulation.node))?;
    let name = emulated.name();
    let mut first = None;
    for place in &emulated.places {
        let (start, end) = (place.value, place.value + emulated.length);
        match abutted(check, device, Some(layer), name, start, end) {
            Some(entry) => first = first.or(Some((place, entry))),
            None if is_vacant(check, device, emulated, start) => return None,
            None => {}
        }
    }
    let (place, entry) = first?;
    Some(diagnostic(name, place.value, place.place, entry))
}

fn is_vacant(check: &Check<'_>, device: &Device, emulated: &Emulated, start: u64) -> bool {
    !device.broken.layout() && obstacle(check, device, check.plans.of(device, check.model), emulated, start).is_none()
}

/// The first capability of an id that begins or ends where the bytes end or begin, and that the layer does not hide.
fn abutted<'m>(
    check: &Check<'_>,
    device: &'m Device,
    layer: Option<&Layer>,
    name: Name,
    start: u64,
    end: u64,
) -> Option<&'m Entry> {
    let is_hidden = |entry: &Entry| layer.is_some_and(|layer| layer.hides.iter().any(|hide| hide.is_of(entry)));
    abutting(check, device, name, start, end).find(|entry| !is_hidden(entry))
}

/// The capabilities of an id that begin or end where the bytes end or begin.
pub(crate) fn abutting<'m>(
    check: &Check<'_>,
    device: &'m Device,
    name: Name,
    start: u64,
    end: u64,
) -> impl Iterator<Item = &'m Entry> {
    device.entries.iter().filter(move |entry| {
        let is_it = |space, id| space == Space::Extended && (space, id) == (name.0, name.1);
        let same = entry.capability().is_some_and(|found| is_it(found.space, found.id));
        let abuts = entry.region.end == start || entry.region.start == end;
        same && abuts && check.holds(entry.region.node)
    })
}

fn diagnostic(name: Name, offset: u64, place: Place, entry: &Entry) -> Diagnostic {
    let message = format!("`{name}` at {offset:#x} abuts another, at {:#x}", entry.region.start);
    Diagnostic::new(&catalogue::PLACED_ABUTS, place, message).also(entry.region.place, "which is here")
}
