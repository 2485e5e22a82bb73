//! The capability that a field counts from is shown, and on a device that one function can match with the layer it is long
//! enough for the field.

use quirk_runtime::capability::Name;

use super::{Check, Fact, Pass};
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::matching::common_function;
use crate::model::{Anchor, Capability, Device, Field, Layer};

pub(super) const PASS: Pass = Pass {
    establishes: Fact::AnchorsHold,
    needs: &[Fact::InBounds, Fact::Aligned, Fact::LengthsFit, Fact::FieldsInside],
    run,
};

fn run(check: &mut Check<'_>) {
    let model = check.model;
    for layer in &model.layers {
        let fields = layer.emulations.iter().flat_map(|emulation| &emulation.fields);
        let mut anchored: Vec<&Field> =
            fields.filter(|field| matches!(field.anchor, Anchor::Capability(..)) && check.holds(field.node)).collect();
        if anchored.is_empty() {
            continue;
        }
        for field in &anchored {
            if let Some(found) = hidden(layer, field) {
                check.fail(field.node, found);
            }
        }
        for device in check.devices_near(&layer.clauses) {
            let Some(witness) = common_function(&layer.clauses, &device.clauses) else { continue };
            // Each field is told once, with the first device that it is too long for.
            anchored.retain(|field| {
                let Some(found) = too_short(check, device, field, &witness.to_string()) else { return true };
                check.fail(field.node, found);
                false
            });
        }
    }
}

fn hidden(layer: &Layer, field: &Field) -> Option<Diagnostic> {
    let Anchor::Capability(space, id, sub) = field.anchor else { return None };
    let of_all = layer.hides.iter().filter(|hide| hide.at.is_none() && (hide.sub.is_none() || hide.sub == sub));
    let hide = of_all.into_iter().find(|hide| (hide.space, hide.id) == (space, id))?;
    let message = format!("this layer hides every `{}`, so the field is nowhere", Name(space, id));
    let found = Diagnostic::new(&catalogue::FIELD_OF_HIDDEN, field.place, message);
    Some(found.also(hide.place, "it is hidden here"))
}

/// Looks at lengths that were stated: others the device itself says.
fn too_short(check: &Check<'_>, device: &Device, field: &Field, witness: &str) -> Option<Diagnostic> {
    let Anchor::Capability(space, id, sub) = field.anchor else { return None };
    let is_anchor = |found: &Capability| (found.space, found.id) == (space, id) && (sub.is_none() || found.sub == sub);
    let same = device.entries.iter().filter(|entry| entry.capability().is_some_and(is_anchor));
    let first = same.min_by_key(|entry| entry.region.start).filter(|entry| check.holds(entry.region.node))?;
    first.capability()?.stated?;
    let (end, length) = (field.offset + field.length, first.region.end - first.region.start);
    if end <= length {
        return None;
    }
    let name = Name(space, id);
    let message = format!(
        "the field ends at {end:#x}, and `{name}` of `{}` has {length:#x} bytes; both match {witness}",
        device.name
    );
    let found = Diagnostic::new(&catalogue::FIELD_OUT_OF_CAPABILITY, field.place, message);
    Some(found.also(first.region.place, "which is here"))
}
