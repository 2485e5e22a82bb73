//! The emulated port above the function: it must redirect requests, as every port on the way must (`pci_acs_path_enabled`,
//! `drivers/pci/pci.c`). All emulated ports pass prefixes on; not all have ACS.

use crate::doctor::about::{About, Example};
use crate::doctor::check::{Check, Component, Register, Side, Want};
use crate::doctor::patient::{Guest, Patient};
use crate::doctor::vmm::Bus;

pub(super) const ABOUT: About = About {
    code: "guest-port",
    side: Side::Guest,
    concerns: &[Want::Pasid],
    reads: "the ACS capability of the emulated port, by its model",
    must: "the port has ACS: QEMU's `pcie-root-port` has, `ioh3420` and `xio3130-downstream` have not",
    linux: "`pci_acs_path_enabled` (`drivers/pci/pci.c`), asked by `pci_enable_pasid`",
    failing: Some(Example::HEALTHY.with("--view raw --vmm qemu --bus port:ioh3420 --viommu intel,pasid=20,ats,pri")),
    passing: Some(Example::HEALTHY),
};

pub(super) fn check(_: &Patient<'_>, guest: &Guest, _: &[Check]) -> Vec<Check> {
    let (Some(Bus::Port(port)), Some(pcie)) = (guest.bus, guest.pcie()) else { return Vec::new() };
    let kind = Register::read(&guest.image, "PCI Express Capabilities", pcie + 2, 4, 7);
    let check = match port {
        Some(port) if port.has_acs => ABOUT.ok(format!("the port (`{}`) has ACS", port.name)),
        Some(port) => ABOUT
            .problem(format!("the guest's port (`{}`) has no ACS", port.name))
            .cure(Component::Vmm, "take a port that has: QEMU's `pcie-root-port`"),
        None => ABOUT
            .unknown("whether the guest's port has ACS is not known")
            .cure(Component::Vmm, "say which it is with `--bus port:MODEL`: QEMU's `pcie-root-port` has ACS"),
    };
    vec![check.register(kind)]
}
