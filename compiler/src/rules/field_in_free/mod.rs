//! No field lies in bytes that a device declares free: those are for what is placed.

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::matching::common_function;
use crate::model::{Anchor, Field};
use crate::passes::anchors::bytes;
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass {
    establishes: Fact::FieldsBesideFree,
    needs: &[
        Fact::InBounds,
        Fact::Aligned,
        Fact::RegionsDisjoint,
        Fact::LayersInBounds,
        Fact::FieldsInside,
        Fact::AnchorsHold,
        Fact::FieldsDisjoint,
    ],
    run: Run::Whole(run),
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
                let Some((start, end)) = bytes(layer, device, field) else { return true };
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
