//! No field lies in bytes that a device declares free: those are for what is placed.

use quirk_runtime::capability::Space;

use super::{Check, Fact, Pass};
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::matching::common_function;
use crate::model::{Anchor, Capability, Device, Field};

pub(super) const PASS: Pass = Pass {
    establishes: Fact::FieldsBesideFree,
    needs: &[
        Fact::InBounds,
        Fact::Aligned,
        Fact::RegionsDisjoint,
        Fact::LayersInBounds,
        Fact::FieldsInside,
        Fact::FieldsDisjoint,
    ],
    run,
};

fn run(check: &mut Check<'_>) {
    let model = check.model;
    for layer in &model.layers {
        let fields = layer.emulations.iter().flat_map(|emulation| &emulation.fields);
        let placed = fields.filter(|field| field.anchor != Anchor::Owner && check.holds(field.node));
        let mut fields: Vec<&Field> = placed.collect();
        if fields.is_empty() {
            continue;
        }
        for device in check.devices_near(&layer.clauses).filter(|device| !device.free.is_empty()) {
            let Some(witness) = common_function(&layer.clauses, &device.clauses) else { continue };
            // Each field is told once, with the first device whose free bytes it reaches into.
            fields.retain(|field| {
                let Some((start, end)) = bytes(field, device) else { return true };
                let free = device.free.iter().find(|free| free.region.start < end && start < free.region.end);
                let Some(free) = free.filter(|free| check.holds(free.region.node)) else { return true };
                let message = format!(
                    "the field at {start:#x}..{end:#x} reaches into bytes that `{}` declares free; both match {witness}",
                    device.name
                );
                let found = Diagnostic::new(&catalogue::FIELD_IN_FREE, field.place, message)
                    .also(free.region.place, "they are free here")
                    .help("show a capability there: `emulate ext .. @ free`");
                check.fail(field.node, found);
                false
            });
        }
    }
}

/// Where a field lies on a device, if that is known.
pub(super) fn bytes(field: &Field, device: &Device) -> Option<(u64, u64)> {
    let base = match field.anchor {
        Anchor::Space => 0,
        Anchor::Owner => return None,
        Anchor::Capability(space, id, sub) => first(device, space, id, sub)?,
    };
    Some((base + field.offset, base + field.offset + field.length))
}

/// Where the first capability of an id lies, as the layout has it.
fn first(device: &Device, space: Space, id: u16, sub: Option<(u16, u16)>) -> Option<u64> {
    let is_it = |found: &Capability| (found.space, found.id) == (space, id) && (sub.is_none() || found.sub == sub);
    let same = device.entries.iter().filter(|entry| entry.capability().is_some_and(is_it));
    same.map(|entry| entry.region.start).min()
}
