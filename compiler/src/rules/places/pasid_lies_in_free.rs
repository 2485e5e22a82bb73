//! A place for PASID with an offset is 8 free bytes, or the native slot; `native` has such a slot.

use quirk_runtime::capability::{PASID_LENGTH, Space};

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::{Device, PlacingKind};
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass {
    establishes: Fact::PasidLiesInFree,
    needs: &[Fact::InBounds, Fact::RegionsDisjoint, Fact::InFirstCopy],
    run: Run::EachDevice(run),
};

fn run(check: &mut Check<'_>, device: &Device) {
    let Some(pasid) = &device.pasid else { return };
    for placing in &pasid.places {
        let found = match placing.kind {
            PlacingKind::Free => continue,
            PlacingKind::Native if device.native_slot().is_some() || device.broken.layout() => continue,
            PlacingKind::Native => {
                let message = format!("`{}` has no `ext pasid` in its layout", device.name);
                Diagnostic::new(&catalogue::NO_NATIVE_SLOT, placing.place, message)
            }
            PlacingKind::At(offset) => {
                let end = offset + u64::from(PASID_LENGTH);
                if !offset.is_multiple_of(4) {
                    let message = format!("PASID at {offset:#x}, which is not 4-byte aligned");
                    Diagnostic::new(&catalogue::MISALIGNED, placing.place, message)
                } else if offset < u64::from(Space::Extended.start()) || end > u64::from(Space::Extended.end()) {
                    let message = format!("PASID at {offset:#x} is out of 0x100..0x1000");
                    Diagnostic::new(&catalogue::OUT_OF_BOUNDS, placing.place, message)
                } else if device.native_slot() == Some(offset)
                    || device.free.iter().any(|free| free.region.holds(offset, end))
                    || device.broken.free()
                {
                    continue;
                } else {
                    let message = format!("the bytes {offset:#x}..{end:#x} are not declared free");
                    Diagnostic::new(&catalogue::PASID_NOT_FREE, placing.place, message)
                }
            }
        };
        check.fail(placing.node, found);
    }
}
