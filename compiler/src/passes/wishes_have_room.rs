//! What a device wishes to have placed finds room in what is free.

use super::{Check, Fact, Pass};
use crate::catalogue;
use crate::diagnostic::Diagnostic;

pub(super) const PASS: Pass = Pass {
    establishes: Fact::WishesHaveRoom,
    needs: &[
        Fact::InBounds,
        Fact::Aligned,
        Fact::LengthsFit,
        Fact::OffsetsDistinct,
        Fact::RegionsDisjoint,
        Fact::InFirstCopy,
        Fact::PasidLiesInFree,
        Fact::DvsecLiesInFree,
    ],
    run,
};

fn run(check: &mut Check<'_>) {
    let model = check.model;
    for device in check.devices {
        if !check.device_holds(device) {
            continue;
        }
        let plan = check.plans.of(device, model);
        for placing in &plan.pasid_has_no_room {
            let message = format!("`{}` declares no 8 bytes free that PASID can take", device.name);
            let inherited = device.pasid.as_ref().is_some_and(|pasid| !device.item.holds(pasid.place));
            let found = if inherited {
                Diagnostic::new(&catalogue::PASID_HAS_NO_ROOM, device.head, message)
                    .also(placing.place, "`pasid` is taken over from here")
                    .help("`free` is never taken over: declare it again, with its evidence")
            } else {
                Diagnostic::new(&catalogue::PASID_HAS_NO_ROOM, placing.place, message)
            };
            check.fail(placing.node, found);
        }
        if plan.dvsec_has_no_room
            && plan.pasid_has_no_room.is_empty()
            && let Some(dvsec) = &device.dvsec
        {
            let message = format!("nothing that `{}` declares free has room for the DVSEC", device.name);
            let found = if device.item.holds(dvsec.place) {
                Diagnostic::new(&catalogue::DVSEC_HAS_NO_ROOM, dvsec.place, message)
            } else {
                Diagnostic::new(&catalogue::DVSEC_HAS_NO_ROOM, device.head, message)
                    .also(dvsec.place, "`dvsec` is taken over from here")
            };
            check.fail(dvsec.node, found);
        }
    }
}
