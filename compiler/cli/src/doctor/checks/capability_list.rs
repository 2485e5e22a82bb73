//! A list that loops, leads below its space or to nothing. Linux bounds its walk (`pci_find_next_ext_capability`,
//! `drivers/pci/pci.c`) and may find what is there all the same; QEMU does not start with some of them.

use quirk_runtime::Finding;
use quirk_runtime::capability::Space;
use quirk_runtime::chain::{Step, Walk};

use crate::doctor::about::{About, Example};
use crate::doctor::check::{Check, Component, Register, Side, Want};
use crate::doctor::patient::{Guest, Patient};

pub(super) const ABOUT: About = About {
    code: "capability-list",
    side: Side::Guest,
    concerns: Want::ALL,
    reads: "Next of every capability",
    must: "both lists of capabilities come to an end in their space",
    linux: "`pci_find_next_ext_capability` (`drivers/pci/pci.c`) bounds its walk; QEMU does not start with some such lists",
    failing: Some(Example::guest(&[(0x220, 0x2101_0013)])),
    passing: Some(Example::HEALTHY),
};

pub(super) fn check(patient: &Patient<'_>, _: &Guest, _: &[Check]) -> Vec<Check> {
    if patient.shown.bytes().len() == 64 {
        return Vec::new();
    }
    let conventional = faults(patient, Space::Conventional);
    let extended = if patient.is_known() { faults(patient, Space::Extended) } else { Vec::new() };
    let found = conventional.into_iter().chain(extended).next();
    vec![found.unwrap_or_else(|| ABOUT.ok("the lists of capabilities are well formed"))]
}

fn faults(patient: &Patient<'_>, space: Space) -> Vec<Check> {
    let Ok(walk) = Walk::of(&patient.shown, space) else { return Vec::new() };
    walk.filter_map(|step| match step {
        Ok(Step::Finding(finding)) => fault(patient, &finding),
        _ => None,
    })
    .collect()
}

fn fault(patient: &Patient<'_>, finding: &Finding) -> Option<Check> {
    // Reserved bits are masked by everybody.
    let (Finding::ChainLoop { space, at, .. }
    | Finding::ChainBelowRange { space, at, .. }
    | Finding::ChainDead { space, at, .. }) = *finding
    else {
        return None;
    };
    let register = match space {
        Space::Extended => Register::read(&patient.shown, "Next", at, 20, 31),
        Space::Conventional if at == 0x34 || at == 0x14 => {
            Register::read(&patient.shown, "Capabilities Pointer", at, 0, 7)
        }
        Space::Conventional => Register::read(&patient.shown, "Next", at, 8, 15),
    };
    let cure = "hide what the pointer is of with a layer, or take another offset: placing PASID mends the list";
    Some(ABOUT.problem(finding.to_string()).register(register).cure(Component::Description, cure))
}
