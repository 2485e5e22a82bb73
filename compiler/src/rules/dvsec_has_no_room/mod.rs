//! The free-space DVSEC finds room in what is free, once PASID has.

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::Device;
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass {
    establishes: Fact::DvsecHasRoom,
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
    run: Run::EachDevice(run),
};

fn run(check: &mut Check<'_>, device: &Device) {
    let Some(dvsec) = device.dvsec.as_ref().filter(|_| check.device_holds(device)) else { return };
    let plan = check.plans.of(device, check.model);
    if !plan.dvsec_has_no_room || !plan.pasid_has_no_room.is_empty() {
        return;
    }
    let message = format!("nothing that `{}` declares free has room for the DVSEC", device.name);
    let found = if device.item.holds(dvsec.place) {
        Diagnostic::new(&catalogue::DVSEC_HAS_NO_ROOM, dvsec.place, message)
    } else {
        Diagnostic::new(&catalogue::DVSEC_HAS_NO_ROOM, device.head, message)
            .also(dvsec.place, "`dvsec` is taken over from here")
    };
    check.fail(dvsec.node, found);
}
