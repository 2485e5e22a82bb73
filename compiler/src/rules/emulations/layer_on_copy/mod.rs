//! Where the space of a device repeats, no field lies on a copy: it would be of the same register as the original, which the guest
//! reaches too.

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::matching::common_function;
use crate::model::{Anchor, Device, Field, Layer};
use crate::passes::anchors::Base;
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass {
    establishes: Fact::FieldsBesideCopies,
    needs: &[Fact::InFirstCopy, Fact::LayersInBounds, Fact::FieldsInside, Fact::AnchorsHold],
    run: Run::Whole(run),
};

fn run(check: &mut Check<'_>) {
    let model = check.model;
    if model.devices.iter().all(|device| device.repeats_every().is_none()) {
        return;
    }
    for layer in &model.layers {
        let fields = layer.emulations.iter().flat_map(|emulation| &emulation.fields);
        let mut fields: Vec<&Field> =
            fields.filter(|field| field.anchor != Anchor::Owner && check.holds(field.node)).collect();
        if fields.is_empty() {
            continue;
        }
        for device in check.devices_near(&layer.clauses) {
            let Some((every, repeats)) = device.repeats_every().zip(device.aliased_every) else { continue };
            let Some(witness) = common_function(&layer.clauses, &device.clauses) else { continue };
            // Each field is told once, with the first device on whose copies it lies.
            fields.retain(|field| {
                let Some(at) = on_copy(check, layer, device, field) else { return true };
                let message = format!(
                    "byte {at:#05x} is a copy of {:#05x} on `{}`, whose space repeats every {every:#x} bytes; both match {witness}",
                    at % every,
                    device.name
                );
                let found = Diagnostic::new(&catalogue::LAYER_ON_COPY, field.place, message)
                    .also(repeats.place, "it repeats by this")
                    .help("own the original: its copies read as it does");
                check.fail(field.node, found);
                false
            });
        }
    }
}

/// The first byte of a field that is a copy of another.
fn on_copy(check: &Check<'_>, layer: &Layer, device: &Device, field: &Field) -> Option<u64> {
    let base = match Base::of(layer, device, field.anchor) {
        Base::Entry(entry) if !check.holds(entry.region.node) => return None,
        base => base.start()?,
    };
    let mut owned = field.bits().filter(|(_, bits)| *bits != 0).map(|(at, _)| base + at);
    owned.find(|at| *at >= device.first_copy())
}
