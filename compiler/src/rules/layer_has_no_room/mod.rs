//! What layers show `@ free` finds room on every device that one function can match with them.

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::matching::common_function;
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass {
    establishes: Fact::LayersHaveRoom,
    needs: &[
        Fact::InBounds,
        Fact::Aligned,
        Fact::LengthsFit,
        Fact::OffsetsDistinct,
        Fact::RegionsDisjoint,
        Fact::InFirstCopy,
        Fact::PasidLiesInFree,
        Fact::DvsecLiesInFree,
        Fact::LayersInBounds,
        Fact::LayerLengthsFit,
    ],
    run: Run::Whole(run),
};

fn run(check: &mut Check<'_>) {
    let model = check.model;
    if !model.layers.iter().flat_map(|layer| &layer.emulations).any(|found| found.capability.is_some()) {
        return;
    }
    for device in &model.devices {
        if !check.device_holds(device) {
            continue;
        }
        let plan = check.plans.of(device, model);
        // Without room for PASID, a lack of room for what follows is a consequence.
        if !plan.pasid_has_no_room.is_empty() {
            continue;
        }
        for &(layer, emulation) in &plan.layers_have_no_room {
            let layer = &model.layers[layer];
            let emulation = &layer.emulations[emulation];
            let Some(emulated) = emulation.capability.as_ref().filter(|_| check.holds(emulation.node)) else {
                continue;
            };
            let Some(witness) = common_function(&layer.clauses, &device.clauses) else { continue };
            let message = format!(
                "nothing that `{}` declares free has room for the {:#x} bytes of `{}`; both match {witness}",
                device.name,
                emulated.length,
                emulated.name()
            );
            let found = Diagnostic::new(&catalogue::LAYER_HAS_NO_ROOM, emulation.place, message);
            check.fail(emulation.node, found.also(device.head, "the device is described here"));
        }
    }
}
