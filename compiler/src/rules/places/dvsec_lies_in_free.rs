//! A free-space DVSEC with an offset lies in free bytes, beside PASID.

use quirk_runtime::capability::{PASID_LENGTH, Space};

use crate::allocate;
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::{Device, Dvsec, PlacingKind};
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass {
    establishes: Fact::DvsecLiesInFree,
    needs: &[Fact::InBounds, Fact::RegionsDisjoint, Fact::PasidLiesInFree],
    run: Run::EachDevice(run),
};

fn run(check: &mut Check<'_>, device: &Device) {
    let Some(dvsec) = &device.dvsec else { return };
    let Some((offset, stated)) = dvsec.at else { return };
    if let Some(found) = look(device, dvsec, offset, stated) {
        check.fail(dvsec.node, found);
    }
}

fn look(device: &Device, dvsec: &Dvsec, offset: u64, stated: Option<u64>) -> Option<Diagnostic> {
    let wrong = |rule, message: String| Some(Diagnostic::new(rule, dvsec.place, message));
    if !offset.is_multiple_of(4) || stated.is_some_and(|length| !length.is_multiple_of(4)) {
        return wrong(
            &catalogue::MISALIGNED,
            format!("the DVSEC at {offset:#x} does not begin and end at a multiple of 4"),
        );
    }
    if stated.is_some_and(|length| length < 12) {
        return wrong(&catalogue::DVSEC_TOO_SHORT, "a DVSEC has at least 12 bytes".to_owned());
    }
    if device.broken.free() {
        return None;
    }
    let end = allocate::fixed_end(device, offset, stated);
    let free = device.free.iter().any(|free| free.region.holds(offset, end));
    if !free || offset < u64::from(Space::Extended.start()) || end < offset + 12 {
        return wrong(&catalogue::DVSEC_NOT_FREE, format!("no 12 bytes and more at {offset:#x} are declared free"));
    }
    let pasid = device.pasid.iter().flat_map(|pasid| &pasid.places).find(|placing| match placing.kind {
        PlacingKind::At(at) => at < end && offset < at + u64::from(PASID_LENGTH),
        PlacingKind::Free | PlacingKind::Native => false,
    })?;
    let message = format!("the DVSEC at {offset:#x}..{end:#x} lies on the place for PASID");
    wrong(&catalogue::DVSEC_NOT_FREE, message).map(|found| found.also(pasid.place, "which is here"))
}
