//! A function has one PCI Express capability, and `native` names one PASID capability.

use quirk_runtime::capability::{PASID, PCIE, Space};

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::{Device, Entry, PlacingKind};
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass { establishes: Fact::CapabilitiesOnce, needs: &[], run: Run::EachDevice(run) };

fn run(check: &mut Check<'_>, device: &Device) {
    twice(check, device, (Space::Conventional, PCIE), "a function has one, and the kernel takes the first");
    let mut places = device.pasid.iter().flat_map(|pasid| &pasid.places);
    if places.any(|place| matches!(place.kind, PlacingKind::Native)) {
        twice(check, device, (Space::Extended, PASID), "`native` is the slot of the first");
    }
}

fn twice(check: &mut Check<'_>, device: &Device, kind: (Space, u16), why: &str) {
    // Those that may be absent may stand for each other.
    let is_it =
        |entry: &&Entry| !entry.optional && entry.capability().is_some_and(|found| (found.space, found.id) == kind);
    let mut found = device.entries.iter().filter(is_it);
    if let (Some(first), Some(second)) = (found.next(), found.next()) {
        let message = format!("{} again: {why}", second.describe());
        let found = Diagnostic::new(&catalogue::CAPABILITY_TWICE, second.region.place, message);
        check.report(found.also(first.region.place, "the first is here"));
    }
}
