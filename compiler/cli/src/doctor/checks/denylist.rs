//! Devices that vfio-pci refuses, because their errata can be exploited (`vfio_pci_dev_in_denylist`,
//! `drivers/vfio/pci/vfio_pci.c`).

use crate::doctor::about::About;
use crate::doctor::check::{Check, Component, Register, Side, Want};
use crate::doctor::patient::Patient;

pub(super) const ABOUT: About = About {
    code: "vfio-denylist",
    side: Side::Host,
    concerns: Want::ALL,
    reads: "Vendor and Device ID",
    must: "a device that vfio-pci does not refuse; there only if it does",
    linux: "`vfio_pci_dev_in_denylist` (`drivers/vfio/pci/vfio_pci.c`)",
    failing: None,
    passing: None,
};

pub(super) fn check(patient: &Patient<'_>) -> Vec<Check> {
    if !quirk_vfio::is_denylisted(&patient.subject.identity) {
        return Vec::new();
    }
    let problem = ABOUT.problem("vfio-pci refuses this device: its errata can be exploited");
    let cure = "if its users are trusted, load vfio-pci with `disable_denylist=1`";
    vec![problem.register(Register::ids(&patient.shown)).cure(Component::HostKernel, cure)]
}
