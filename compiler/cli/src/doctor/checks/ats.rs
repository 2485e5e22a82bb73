//! Whether the guest finds ATS, and may use it: Linux takes ATS from some devices by their ids (`pci_ats_init`,
//! `drivers/pci/ats.c`; `quirk_no_ats`, `drivers/pci/quirks.c`).

use quirk_runtime::capability::ATS;

use crate::doctor::about::{About, Example};
use crate::doctor::check::{Check, Component, Register, Side, Want};
use crate::doctor::patient::{Guest, Patient};
use crate::linux;

pub(super) const ABOUT: About = About {
    code: "ats",
    side: Side::Guest,
    concerns: &[Want::Ats, Want::Pri],
    reads: "the ATS capability; Vendor and Device ID, Revision ID, Subsystem ID",
    must: "an ATS capability, a device from which Linux does not take it, and a host without `ATS_NOT_SUPPORTED`",
    linux: "`pci_ats_init` (`drivers/pci/ats.c`); `quirk_amd_harvest_no_ats` and `quirk_intel_e2000_no_ats` \
            (`drivers/pci/quirks.c`) disable it by id",
    failing: Some(Example::guest(&[(0x000, 0x731f_1002)])),
    passing: Some(Example::guest(&[(0x000, 0x7320_1002)])),
};

pub(super) fn check(patient: &Patient<'_>, guest: &Guest, _: &[Check]) -> Vec<Check> {
    if let Some(rule) = linux::no_ats(&patient.subject.identity) {
        let message = format!("Linux disables ATS of this device, wherever it runs (`{}`)", rule.name);
        return vec![
            ABOUT
                .problem(message)
                .register(Register::ids(&guest.image))
                .cure(Component::Device, "none: its ATS does not work without what its own driver sets up, or at all"),
        ];
    }
    if !patient.is_known() {
        return vec![ABOUT.unknown("what is in extended space was not recorded, or is not known from the header")];
    }
    if patient.host.flatten().is_some_and(|host| host.ats_not_supported) {
        let message = "the host's IOMMU has no ATS for the device, so ATS and PRI are hidden (`ATS_NOT_SUPPORTED`)";
        return vec![ABOUT.problem(message).register(guest.end_of_list()).cure(
            Component::Firmware,
            "the firmware must list the device's root port as one with ATS (ATSR, IVRS, IORT)",
        )];
    }
    let Some(at) = guest.extended(ATS) else {
        return vec![
            ABOUT
                .problem("the device has no ATS")
                .register(guest.end_of_list())
                .cure(Component::Device, "none: the guest must do without"),
        ];
    };
    vec![ABOUT.ok("the device has ATS").register(Register::read(&guest.image, "ATS header", at, 0, 15))]
}
