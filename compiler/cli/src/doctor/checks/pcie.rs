//! Linux reads Device Capabilities 2 as 0 below version 2 of the PCI Express capability (`pcie_capability_reg_implemented`,
//! `drivers/pci/access.c`).

use crate::doctor::about::{About, Example};
use crate::doctor::check::{Check, Component, Register, Side, Want};
use crate::doctor::patient::{Guest, Patient};
use crate::linux;

pub(super) const ABOUT: About = About {
    code: "pcie-version",
    side: Side::Guest,
    concerns: &[Want::Pasid],
    reads: "PCI Express Capabilities (+ 0x02), bits 3:0",
    must: "version 2 of the PCI Express capability",
    linux: "`pcie_capability_reg_implemented` (`drivers/pci/access.c`): below version 2 it takes Device Capabilities 2 for 0",
    failing: Some(Example::guest(&[(0x050, 0x0001_0010)])),
    passing: Some(Example::HEALTHY),
};

pub(super) fn check(patient: &Patient<'_>, guest: &Guest, _: &[Check]) -> Vec<Check> {
    let Some(pcie) = guest.pcie() else { return Vec::new() };
    let version = Register::read(&guest.image, "PCI Express Capabilities", pcie + 2, 0, 3);
    let message = format!("version {} of the PCI Express capability", version.value);
    let check = if version.value >= 2 || linux::no_tlp_prefix(&patient.subject.identity).is_some() {
        ABOUT.ok(message)
    } else {
        ABOUT
            .problem(format!("{message}: Linux takes Device Capabilities 2 for 0"))
            .cure(Component::Device, "none that is right: the registers of version 2 are not there")
    };
    vec![check.register(version)]
}
