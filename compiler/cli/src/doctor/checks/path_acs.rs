//! Every root port and downstream port above the function must redirect requests, and an upstream port that is one of several
//! functions (`pci_acs_enabled`, `drivers/pci/pci.c`).

use super::guest_acs::redirects;
use super::path_port::{Port, UPSTREAM};
use crate::doctor::about::{About, Example};
use crate::doctor::check::{Check, Component, Register, Side, Want};
use crate::linux::{Equivalent, equivalent, has_wide_acs};

pub(super) const ABOUT: About = About {
    code: "path-acs",
    side: Side::Host,
    concerns: &[Want::Pasid],
    reads: "ACS Capability (+ 0x04) and Control (+ 0x06), bits 2 and 4, of each port; Header Type (0x0e), bit 7, of an upstream port",
    must: "ACS switched on in each port; in an upstream port only if it is one of several functions",
    linux: "`pci_acs_enabled` (`drivers/pci/pci.c`), after the table of `pci_dev_acs_enabled` (`drivers/pci/quirks.c`)",
    failing: Some(Example::host(&[(0x214, 0x0007_1406)], &[(0x104, 0x0000_0014)])),
    passing: Some(Example::host(&[(0x214, 0x0007_1406)], &[])),
};

pub(super) fn check(port: &Port<'_>) -> Option<Check> {
    let Port { image, kind, identity, .. } = port;
    let header = Register::bit(image, "Header Type", 0x0e, 7);
    let is_upstream = kind.value == UPSTREAM;
    // Alone it has nobody beside it to redirect from.
    if is_upstream && !header.is_set() && port.bridge.number == 0 {
        return None;
    }
    let subject = if is_upstream { "the upstream port, one of several functions," } else { "the port" };
    Some(match (equivalent(identity, kind.value), redirects(image, has_wide_acs(identity, kind.value))) {
        (Some(Equivalent::Isolated(rule)), _) => {
            ABOUT.ok(format!("Linux takes {subject} to redirect requests (`{rule}`)")).register(Register::ids(image))
        }
        (Some(Equivalent::NotIsolated(rule)), _) => ABOUT
            .problem(format!("Linux never takes {subject} to redirect requests (`{rule}`)"))
            .register(Register::ids(image))
            .cure(Component::Device, "move the device to a slot whose port does"),
        (None, Some((true, control))) => ABOUT.ok(format!("{subject} redirects requests")).register(control),
        (None, Some((false, control))) => {
            ABOUT.problem(format!("{subject} has ACS that is not switched on")).register(control).cure(
                Component::HostKernel,
                "the kernel switches it on where it uses an IOMMU: boot with one, without `pci=noacs`",
            )
        }
        // Extended space of the port was not recorded.
        (None, None) if image.bytes().len() == 256 => {
            ABOUT.unknown(format!("whether {subject} has ACS was not recorded")).register(kind.clone())
        }
        (None, None) => ABOUT
            .problem(format!("{subject} has no ACS"))
            .register(if is_upstream { header } else { kind.clone() })
            .cure(
                Component::Device,
                "move the device to a slot whose ports have it: Linux's own list has none for this one",
            ),
    })
}
