//! Whether the guest finds PRI (`pci_pri_init`, `drivers/pci/ats.c`).

use quirk_runtime::Function;
use quirk_runtime::capability::PRI;

use crate::doctor::about::{About, Example};
use crate::doctor::check::{Check, Component, Register, Side, Want};
use crate::doctor::patient::{Guest, Patient};

pub(super) const ABOUT: About = About {
    code: "pri",
    side: Side::Guest,
    concerns: &[Want::Pri],
    reads: "the PRI capability",
    must: "a PRI capability",
    linux: "`pci_pri_init` (`drivers/pci/ats.c`)",
    failing: Some(Example::guest(&[(0x210, 0x0001_001b)])),
    passing: Some(Example::HEALTHY),
};

pub(super) fn check(patient: &Patient<'_>, guest: &Guest, _: &[Check]) -> Vec<Check> {
    if !patient.is_known() {
        return vec![ABOUT.unknown("what is in extended space was not recorded, or is not known from the header")];
    }
    let Some(at) = guest.extended(PRI) else {
        // A virtual function shares PRI of its physical function, which no guest sees.
        let message = match patient.subject.identity.function {
            Function::Virtual => "a virtual function has no PRI capability of its own",
            _ => "the device has no PRI",
        };
        let cure = "none: the guest must keep what the device uses in memory";
        return vec![ABOUT.problem(message).register(guest.end_of_list()).cure(Component::Device, cure)];
    };
    vec![ABOUT.ok("the device has PRI").register(Register::read(&guest.image, "PRI header", at, 0, 15))]
}
