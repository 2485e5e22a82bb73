//! The capability that a field counts from is shown, and on a device that one function can match with the layer it is one alone
//! and long enough for the field.

use quirk_runtime::capability::Name;

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::matching::{Witness, common_function};
use crate::model::{Anchor, Device, Entry, Field, Layer};
use crate::passes::anchors::{Base, next_capability};
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass {
    establishes: Fact::AnchorsHold,
    needs: &[Fact::InBounds, Fact::Aligned, Fact::LengthsFit, Fact::FieldsInside],
    run: Run::Whole(run),
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
            // Each field is told once, with the first device that it does not go with.
            anchored.retain(|field| {
                let Some(found) = wrong(check, (layer, device), field, &witness) else { return true };
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

/// What is wrong with a field on a device.
fn wrong(
    check: &Check<'_>,
    (layer, device): (&Layer, &Device),
    field: &Field,
    witness: &Witness,
) -> Option<Diagnostic> {
    let Anchor::Capability(space, id, _) = field.anchor else { return None };
    let name = Name(space, id);
    match Base::of(layer, device, field.anchor) {
        Base::Entry(entry) => too_short(check, device, entry, field, witness),
        Base::Hidden(hide) => {
            let message = format!(
                "this layer hides every `{name}` of `{}`, so the field is nowhere; both match {witness}",
                device.name
            );
            let found = Diagnostic::new(&catalogue::FIELD_OF_HIDDEN, field.place, message);
            Some(found.also(hide.place, "it is hidden here"))
        }
        Base::Several(one, other) if check.holds(one.region.node) && check.holds(other.region.node) => {
            let message = format!(
                "`{}` has several `{name}`, and no layout says which comes first in the list; both match {witness}",
                device.name
            );
            let found = Diagnostic::new(&catalogue::ANCHOR_AMBIGUOUS, field.place, message)
                .also(one.region.place, "one of them is here")
                .also(other.region.place, "another is here");
            Some(found.help("give the field an offset of its own"))
        }
        Base::Several(..) | Base::Space | Base::Unknown => None,
    }
}

/// Looks at lengths that were stated, and at what the next capability ends: others the device itself says.
fn too_short(
    check: &Check<'_>,
    device: &Device,
    entry: &Entry,
    field: &Field,
    witness: &Witness,
) -> Option<Diagnostic> {
    let capability = entry.capability().filter(|_| check.holds(entry.region.node))?;
    let (start, last) = (entry.region.start, field.offset + field.length);
    if start + last <= entry.region.end {
        return None;
    }
    let end = match capability.stated {
        Some(_) => entry.region.end,
        // One that may be absent ends nothing for sure.
        None => next_capability(device, capability.space, start, |next| !next.optional)?.max(entry.region.end),
    };
    let length = end - start;
    if last <= length {
        return None;
    }
    let message = format!(
        "the field ends at {last:#x}, and `{}` of `{}` has {length:#x} bytes{}; both match {witness}",
        capability.name(),
        device.name,
        if capability.stated.is_some() { "" } else { " at most" }
    );
    let found = Diagnostic::new(&catalogue::FIELD_OUT_OF_CAPABILITY, field.place, message);
    Some(found.also(entry.region.place, "which is here"))
}
