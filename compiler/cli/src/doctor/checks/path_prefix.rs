//! Every port above the function must pass end-to-end TLP prefixes on (`pci_configure_eetlp_prefix`, `drivers/pci/probe.c`).

use super::path_port::Port;
use super::prefix;
use crate::doctor::about::{About, Example};
use crate::doctor::check::{Check, Component, Side, Want};

pub(super) const ABOUT: About = About {
    code: "path-prefix",
    side: Side::Host,
    concerns: &[Want::Pasid],
    reads: "Device Capabilities 2 (+ 0x24), bit 21, of each port",
    must: "End-End TLP Prefix Supported in each port above the function",
    linux: "`pci_configure_eetlp_prefix` (`drivers/pci/probe.c`)",
    failing: Some(Example::host(&[(0x214, 0x0007_1406)], &[(0x064, 0)])),
    passing: Some(Example::host(&[(0x214, 0x0007_1406)], &[])),
};

pub(super) fn check(port: &Port<'_>) -> Check {
    let register = prefix::register(port.image, port.pcie);
    let is_known = port.image.dword(port.pcie + 2) & 0xf >= 2;
    let check = if register.is_set() && is_known {
        ABOUT.ok("the port passes end-to-end TLP prefixes on")
    } else {
        ABOUT
            .problem("the port does not pass end-to-end TLP prefixes on")
            .cure(Component::Device, "move the device to a slot whose ports do")
    };
    check.register(register)
}
