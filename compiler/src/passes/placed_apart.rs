//! What is placed at an offset does not abut an extended capability of the same id: Linux would take the two for one. In
//! conventional space a vendor capability follows another on real devices, and the kernel shows both.

use quirk_runtime::capability::{DVSEC, Name, Space};

use super::{Check, Fact, Pass};
use crate::allocate::fixed_end;
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::matching::common_function;
use crate::model::{Device, Entry};
use crate::source::Place;

pub(super) const PASS: Pass = Pass {
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
    run,
};

fn run(check: &mut Check<'_>) {
    let model = check.model;
    for device in &model.devices {
        if let Some(dvsec) = &device.dvsec
            && let Some((offset, stated)) = dvsec.at
            && check.holds(dvsec.node)
            && let Some(entry) =
                abutted(check, device, Name(Space::Extended, DVSEC), offset, fixed_end(device, offset, stated))
        {
            let found = diagnostic(Name(Space::Extended, DVSEC), offset, dvsec.place, entry);
            check.fail(dvsec.node, found);
        }
        for layer in &model.layers {
            for emulation in &layer.emulations {
                let Some(emulated) = emulation.capability.as_ref().filter(|_| check.holds(emulation.node)) else {
                    continue;
                };
                for place in &emulated.places {
                    let (start, end) = (place.value, place.value + emulated.length);
                    let Some(entry) = abutted(check, device, emulated.name(), start, end) else { continue };
                    if common_function(&layer.clauses, &device.clauses).is_some() {
                        let found = diagnostic(emulated.name(), start, place.place, entry);
                        check.fail(emulation.node, found);
                    }
                }
            }
        }
    }
}

/// The capability of an id that begins or ends where the bytes end or begin.
fn abutted<'m>(check: &Check<'m>, device: &'m Device, name: Name, start: u64, end: u64) -> Option<&'m Entry> {
    device.entries.iter().find(|entry| {
        let is_it = |space, id| space == Space::Extended && (space, id) == (name.0, name.1);
        let same = entry.capability().is_some_and(|found| is_it(found.space, found.id));
        same && check.holds(entry.region.node) && (entry.region.end == start || entry.region.start == end)
    })
}

fn diagnostic(name: Name, offset: u64, place: Place, entry: &Entry) -> Diagnostic {
    let message = format!("`{name}` at {offset:#x} abuts another, at {:#x}", entry.region.start);
    Diagnostic::new(&catalogue::PLACED_ABUTS, place, message).also(entry.region.place, "which stands here")
}
