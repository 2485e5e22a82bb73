//! Access control services of the function itself on the host, where it may be one of several (`pci_acs_enabled`,
//! `drivers/pci/pci.c`). A host that did enable PASID is not contradicted.

use super::guest_acs::redirects;
use crate::doctor::about::{About, Example};
use crate::doctor::check::{Check, Component, Register, Side, Want};
use crate::doctor::patient::{Patient, pcie};
use crate::linux::{Equivalent, equivalent};

pub(super) const ABOUT: About = About {
    code: "function-acs",
    side: Side::Host,
    concerns: &[Want::Pasid],
    reads: "Header Type (0x0e), bit 7; ACS Capability (+ 0x04) and Control (+ 0x06), bits 2 and 4",
    must: "what one of several functions has of P2P Request Redirect and Upstream Forwarding is switched on",
    linux: "`pci_acs_enabled` (`drivers/pci/pci.c`), after the table of `pci_dev_acs_enabled` (`drivers/pci/quirks.c`); \
            `pci_scan_slot` takes function 1 and up for one of several whatever bit 7 says",
    failing: Some(Example::host(&[(0x00c, 0x0080_0000)], &[])),
    passing: Some(Example::host(&[(0x00c, 0x0080_0000), (0x214, 0x0007_1406)], &[])),
};

pub(super) fn check(patient: &Patient<'_>) -> Vec<Check> {
    let Some(raw) = patient.raw.as_ref().filter(|raw| raw.bytes().len() > 64) else { return Vec::new() };
    let header = Register::bit(raw, "Header Type", 0x0e, 7);
    if !patient.is_one_of_several(raw) {
        return vec![ABOUT.ok("a device of one function").register(header)];
    }
    if patient.host_did_enable() {
        let control = patient.own_control().unwrap_or(header);
        return vec![ABOUT.ok("one of several functions, in which the host has enabled PASID").register(control)];
    }
    let kind = pcie(raw).map_or(0, |pcie| raw.dword(pcie + 2) >> 4 & 0xf);
    vec![match (equivalent(&patient.subject.identity, kind), redirects(raw, false)) {
        (Some(Equivalent::Isolated(rule)), _) => {
            ABOUT.ok(format!("Linux takes its functions to be kept apart (`{rule}`)")).register(header)
        }
        (Some(Equivalent::NotIsolated(rule)), _) => ABOUT
            .problem(format!("one of several functions, and Linux never takes them to be kept apart (`{rule}`)"))
            .register(header)
            .cure(Component::Device, "none: the host enables no PASID here"),
        (None, Some((true, control))) => ABOUT.ok("its functions are kept apart").register(control),
        (None, Some((false, control))) => {
            ABOUT.problem("one of several functions, and ACS is not switched on").register(control).cure(
                Component::HostKernel,
                "the kernel switches it on where it uses an IOMMU: boot with one (`intel_iommu=on`)",
            )
        }
        (None, None) if !patient.is_known() => {
            ABOUT.unknown("one of several functions; whether it has ACS was not recorded").register(header)
        }
        (None, None) => ABOUT
            .problem("one of several functions, and it has no ACS")
            .register(header)
            .cure(Component::Device, "none: Linux's own list of devices does not vouch for this one either"),
    }]
}
