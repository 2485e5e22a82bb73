//! PASID finds room in what is free.

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::Device;
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass {
    establishes: Fact::PasidHasRoom,
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
    if !check.room_holds(device) {
        return;
    }
    for placing in &check.plans.of(device, check.model).pasid_has_no_room {
        // `native` without a slot is told already.
        if !check.holds(placing.node) {
            continue;
        }
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
}
