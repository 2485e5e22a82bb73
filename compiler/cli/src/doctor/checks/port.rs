//! What type the function is, and where a VMM may attach such a one. Linux lets an endpoint use end-to-end TLP prefixes only
//! behind a port that has them; an integrated endpoint needs none (`pci_configure_eetlp_prefix`, `drivers/pci/probe.c`).

use super::prefix::layer;
use crate::doctor::about::{About, Example};
use crate::doctor::check::{Check, Component, Register, Side, State, Want};
use crate::doctor::patient::{Guest, Patient};
use crate::doctor::vmm::Bus;
use crate::linux;

pub(super) const ABOUT: About = About {
    code: "port-type",
    side: Side::Guest,
    concerns: &[Want::Pasid],
    reads: "PCI Express Capabilities (+ 0x02), bits 7:4",
    must: "an endpoint behind a port of the guest, or an integrated endpoint, as the VMM shows it there",
    linux: "`pci_configure_eetlp_prefix` (`drivers/pci/probe.c`) asks the port above an endpoint; QEMU shows an endpoint on the \
            root bus as an integrated one, and the other way round behind a port",
    failing: Some(Example::HEALTHY.with("--view raw --vmm none --bus root --viommu intel,pasid=20,ats,pri")),
    passing: Some(Example::HEALTHY.with("--view raw --vmm qemu --bus root --viommu intel,pasid=20,ats,pri")),
};

pub(super) fn check(patient: &Patient<'_>, guest: &Guest, _: &[Check]) -> Vec<Check> {
    let Some(pcie) = guest.pcie() else { return Vec::new() };
    let kind = Register::read(&guest.image, "PCI Express Capabilities", pcie + 2, 4, 7);
    let check = match (kind.value, guest.bus) {
        (0 | 1 | 9, _) if linux::no_tlp_prefix(&patient.subject.identity).is_some() => {
            ABOUT.ok("an endpoint of which Linux asks for no prefixes")
        }
        (9, Some(Bus::Port(_))) => ABOUT.ok("an integrated endpoint behind a port, which Linux takes"),
        (9, _) => ABOUT.ok("an integrated endpoint, which needs no port above it"),
        (0 | 1, Some(Bus::Port(_))) => ABOUT.ok("an endpoint behind a port"),
        (0 | 1, Some(Bus::Root)) => {
            ABOUT.problem("an endpoint on the guest's root bus: no port above it passes prefixes on").cure(
                Component::Vmm,
                "attach it behind an emulated root port, or show it as an integrated endpoint with the layer",
            )
        }
        (0 | 1, None) => ABOUT.unknown("an endpoint, which needs a port above it in the guest").cure(
            Component::Vmm,
            "attach it behind an emulated root port, and say so with `--bus port:pcie-root-port`",
        ),
        _ => {
            ABOUT.problem("a port or bridge, and no endpoint").cure(Component::Device, "none: a VMM assigns no bridges")
        }
    };
    let is_on_root = matches!((kind.value, guest.bus), (0 | 1, Some(Bus::Root)));
    let mended = is_on_root.then(|| layer(patient, "integrated", "pcie_type integrated_endpoint;")).flatten();
    let check = if check.state == State::Problem { check.layer(mended) } else { check };
    vec![check.register(kind)]
}
