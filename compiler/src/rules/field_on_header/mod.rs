//! No field lies on the header of a capability that a device lists: at attach those bytes are the list's, and the layer is
//! refused.

use std::collections::HashSet;

use quirk_runtime::capability::{Kind, Shown, Space};

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::matching::common_function;
use crate::model::{Anchor, Device, Entry, Field, FieldValue, Layer};
use crate::passes::anchors::Base;
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass {
    establishes: Fact::FieldsBesideHeaders,
    needs: &[
        Fact::InBounds,
        Fact::Aligned,
        Fact::OffsetsDistinct,
        Fact::LayersInBounds,
        Fact::FieldsInside,
        Fact::AnchorsHold,
        Fact::FieldsDisjoint,
        Fact::FieldsBesideCopies,
        Fact::FieldsBesideFree,
    ],
    run: Run::Whole(run),
};

/// What layers hide: the space, the id, the ids of a DVSEC or VSEC if they are said, and where, unless it is hidden everywhere.
type Hidden = HashSet<(Space, u16, Option<(u16, u16)>, Option<u64>)>;

fn run(check: &mut Check<'_>) {
    let model = check.model;
    let hides = model.layers.iter().flat_map(|layer| &layer.hides);
    let hidden: Hidden = hides.map(|hide| (hide.space, hide.id, hide.sub, hide.at)).collect();
    for layer in &model.layers {
        let fields = layer.emulations.iter().flat_map(|emulation| &emulation.fields);
        // The device's own value leaves out what is the list's.
        let others = fields.filter(|field| field.anchor != Anchor::Owner && !matches!(field.value, FieldValue::Device));
        let mut others: Vec<&Field> = others.filter(|field| check.holds(field.node)).collect();
        if others.is_empty() {
            continue;
        }
        for device in check.devices_near(&layer.clauses) {
            let Some(witness) = common_function(&layer.clauses, &device.clauses) else { continue };
            // Each field is told once, with the first device whose list it lies on.
            others.retain(|field| {
                let Some((entry, at)) = header(check, &hidden, (layer, device), field) else { return true };
                let message = format!(
                    "byte {at:#05x} is the header of {} of `{}`, which leads through the list; both match {witness}",
                    entry.describe(),
                    device.name
                );
                let found = Diagnostic::new(&catalogue::FIELD_ON_HEADER, field.place, message);
                check.fail(field.node, found.also(entry.region.place, "the capability is here"));
                false
            });
        }
    }
}

/// The capability on whose header a field owns bits, and the first such byte.
fn header<'m>(
    check: &Check<'_>,
    hidden: &Hidden,
    (layer, device): (&'m Layer, &'m Device),
    field: &Field,
) -> Option<(&'m Entry, u64)> {
    let base = Base::of(layer, device, field.anchor).start()?;
    let (first, end) = (base + field.offset, base + field.offset + field.length);
    let listed = |entry: &&Entry| check.holds(entry.region.node) && is_listed(hidden, entry);
    let on = |entry: &'m Entry| {
        let start = entry.region.start;
        let length = if entry.capability()?.space == Space::Extended { 4 } else { 2 };
        let mut owned = field.bits().filter(|(_, bits)| *bits != 0).map(|(at, _)| base + at);
        Some((entry, owned.find(|at| (start..start + length).contains(at))?))
    };
    let reached = |entry: &&Entry| entry.region.start < end && first < entry.region.end;
    device.entries.iter().filter(reached).filter(listed).find_map(on)
}

/// Whether a guest of some kernel reaches a capability, wherever the layout is right: no layer hides it.
fn is_listed(hidden: &Hidden, entry: &Entry) -> bool {
    let Some(capability) = entry.capability().filter(|_| !entry.optional) else { return false };
    let (space, id) = (capability.space, capability.id);
    let subs = [None, capability.sub];
    let mut ways = subs.iter().flat_map(|sub| [None, Some(entry.region.start)].map(|at| (space, id, *sub, at)));
    Kind::by_id(space, id).is_some_and(|kind| !matches!(kind.shown, Shown::Never))
        && !ways.any(|way| hidden.contains(&way))
}
