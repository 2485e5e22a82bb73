//! No field lies on a PASID capability: what it grants is for the host, the policy and the entry to say. At attach such a layer is
//! refused.

use quirk_runtime::capability::{PASID, PASID_LENGTH, Space};

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::matching::common_function;
use crate::model::{Anchor, Device, Entry, Field, Layer};
use crate::passes::anchors::bytes;
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass {
    establishes: Fact::FieldsBesidePasid,
    needs: &[
        Fact::InBounds,
        Fact::Aligned,
        Fact::LayersInBounds,
        Fact::FieldsInside,
        Fact::FieldsDisjoint,
        Fact::AnchorsHold,
        Fact::FieldsBesideHeaders,
    ],
    run: Run::Whole(run),
};

const HELP: &str = "what it grants is said with `max_width`, `execute` and `privileged` in `pasid` of a device";

fn run(check: &mut Check<'_>) {
    let model = check.model;
    for layer in &model.layers {
        let fields: Vec<&Field> = layer.emulations.iter().flat_map(|emulation| &emulation.fields).collect();
        for field in fields.iter().filter(|field| counts_from_pasid(field)) {
            if check.holds(field.node) {
                let message = "a layer owns no bit of `ext pasid`";
                let found = Diagnostic::new(&catalogue::FIELD_ON_PASID, field.place, message);
                check.fail(field.node, found.help(HELP));
            }
        }
        let mut others: Vec<&Field> = fields.into_iter().filter(|field| !counts_from_pasid(field)).collect();
        others.retain(|field| check.holds(field.node));
        for device in check.devices_near(&layer.clauses) {
            let Some(entry) = pasid(check, layer, device) else { continue };
            let Some(witness) = common_function(&layer.clauses, &device.clauses) else { continue };
            // Each field is told once, with the first device on whose capability it lies.
            others.retain(|field| {
                if !lies_on(layer, device, field, entry.region.start) {
                    return true;
                }
                let message = format!(
                    "the field lies on `ext pasid` of `{}` at {:#x}; both match {witness}",
                    device.name, entry.region.start
                );
                let found = Diagnostic::new(&catalogue::FIELD_ON_PASID, field.place, message);
                check.fail(field.node, found.also(entry.region.place, "it is here").help(HELP));
                false
            });
        }
    }
}

fn counts_from_pasid(field: &Field) -> bool {
    let is_owned = |(at, bits): (u64, u8)| bits != 0 && at < PASID_LENGTH.into();
    matches!(field.anchor, Anchor::Capability(Space::Extended, PASID, _)) && field.bits().any(is_owned)
}

/// The PASID capability of a device, if the layer does not hide it.
fn pasid<'m>(check: &Check<'_>, layer: &Layer, device: &'m Device) -> Option<&'m Entry> {
    device.entries.iter().find(|entry| {
        let is_it = entry.capability().is_some_and(|found| (found.space, found.id) == (Space::Extended, PASID));
        is_it && check.holds(entry.region.node) && !layer.hides.iter().any(|hide| hide.is_of(entry))
    })
}

fn lies_on(layer: &Layer, device: &Device, field: &Field, pasid: u64) -> bool {
    let Some((start, _)) = bytes(layer, device, field) else { return false };
    let mut owned = field.bits().filter(|(_, bits)| *bits != 0).map(|(at, _)| start + at - field.offset);
    owned.any(|at| (pasid..pasid + u64::from(PASID_LENGTH)).contains(&at))
}
