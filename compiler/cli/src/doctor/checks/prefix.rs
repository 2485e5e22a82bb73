//! A PASID travels in an end-to-end TLP prefix: Linux enables PASID only where the device says that it has those
//! (`pci_configure_eetlp_prefix`, `drivers/pci/probe.c`; `pci_enable_pasid`, `drivers/pci/ats.c`).

use crate::doctor::about::{About, Example};
use crate::doctor::check::{Check, Component, Register, Side, Want};
use crate::doctor::patient::{Guest, Patient};
use crate::linux;

pub(super) const ABOUT: About = About {
    code: "end-to-end-prefix",
    side: Side::Guest,
    concerns: &[Want::Pasid],
    reads: "Device Capabilities 2 (+ 0x24), bit 21",
    must: "End-End TLP Prefix Supported",
    linux: "`pci_enable_pasid` (`drivers/pci/ats.c`) gives up without `eetlp_prefix_max`, but for the functions of \
            `quirk_huawei_pcie_sva` (`drivers/pci/quirks.c`)",
    failing: Some(Example::guest(&[(0x074, 0)])),
    passing: Some(Example::HEALTHY),
};

pub(super) fn check(patient: &Patient<'_>, guest: &Guest, _: &[Check]) -> Vec<Check> {
    let Some(pcie) = guest.pcie() else { return Vec::new() };
    let prefix = register(&guest.image, pcie);
    let version = guest.image.dword(pcie + 2) & 0xf;
    let exempt = linux::no_tlp_prefix(&patient.subject.identity);
    let check = if let Some(rule) = exempt.filter(|_| !prefix.is_set()) {
        ABOUT.ok(format!("Linux asks for no end-to-end TLP prefixes of this device (`{}`)", rule.name))
    } else if version < 2 {
        ABOUT.unknown("Linux does not look, below version 2 of the PCI Express capability")
    } else if prefix.is_set() {
        ABOUT.ok("the device has end-to-end TLP prefixes")
    } else {
        ABOUT
            .problem("the device does not say that it has end-to-end TLP prefixes")
            .cure(
                Component::Description,
                "show the bit with the layer, if the vendor says that the device carries PASIDs all the same",
            )
            .layer(layer(patient, "end_to_end_prefix", "emulate u32 @ cap pcie + 0x24 bits 21..22 = 1 ro;"))
    };
    vec![check.register(prefix)]
}

/// End-End TLP Prefix Supported.
pub(super) fn register(image: &quirk_runtime::Image, pcie: u16) -> Register {
    Register::bit(image, "Device Capabilities 2", pcie + 0x24, 21)
}

/// A layer that works when it is pasted. Where the ids are not known, none can name them.
pub(super) fn layer(patient: &Patient<'_>, name: &str, statement: &str) -> Option<String> {
    let condition = quirk_host::match_of(&patient.subject.identity)?;
    Some(format!("layer {name} {{\n    {condition}\n    default on;\n    {statement}\n}}\n"))
}
