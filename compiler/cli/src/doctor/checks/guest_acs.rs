//! Access control services of the function itself, as the guest sees it: one of several functions needs them, so that no
//! request of it reaches another unseen (`pci_acs_enabled`, `drivers/pci/pci.c`). A guest switches on what there is.

use quirk_runtime::Image;
use quirk_runtime::capability::Space;

use crate::doctor::about::{About, Example};
use crate::doctor::check::{Check, Component, Register, Side, Want};
use crate::doctor::patient::{Guest, Patient, capability};
use crate::linux::{Equivalent, equivalent};

/// The id of the ACS extended capability.
pub(super) const ACS: u16 = 0x0d;
/// P2P Request Redirect and Upstream Forwarding.
const NEEDED: u32 = 1 << 2 | 1 << 4;

pub(super) const ABOUT: About = About {
    code: "function-acs",
    side: Side::Guest,
    concerns: &[Want::Pasid],
    reads: "Header Type (0x0e), bit 7; the ACS capability",
    must: "one of several functions has ACS, or the VMM shows it alone",
    linux: "`pci_acs_enabled` (`drivers/pci/pci.c`), after the table of `pci_dev_acs_enabled` (`drivers/pci/quirks.c`); QEMU \
            clears the bit unless `multifunction=on`",
    failing: Some(
        Example::guest(&[(0x00c, 0x0080_0000)])
            .with("--view raw --vmm none --bus port:pcie-root-port --viommu intel,pasid=20,ats,pri"),
    ),
    passing: Some(Example::guest(&[(0x00c, 0x0080_0000)])),
};

pub(super) fn check(patient: &Patient<'_>, guest: &Guest, _: &[Check]) -> Vec<Check> {
    if guest.image.bytes().len() == 64 {
        return Vec::new();
    }
    let header = Register::bit(&guest.image, "Header Type", 0x0e, 7);
    if !header.is_set() {
        return vec![ABOUT.ok("in the guest, a device of one function").register(header)];
    }
    let kind = guest.pcie().map_or(0, |pcie| guest.image.dword(pcie + 2) >> 4 & 0xf);
    let check = match equivalent(&patient.subject.identity, kind) {
        Some(Equivalent::Isolated(rule)) => ABOUT.ok(format!("Linux takes its functions to be kept apart (`{rule}`)")),
        None if guest.extended(ACS).is_some() => ABOUT.ok("in the guest, one of several functions, and it has ACS"),
        None if !patient.is_known() => ABOUT.unknown("whether it has ACS was not recorded"),
        _ => ABOUT.problem("in the guest, one of several functions, and it has no ACS").cure(
            Component::Vmm,
            "have the VMM show it alone, without the multi-function bit: QEMU does unless `multifunction=on`",
        ),
    };
    vec![check.register(header)]
}

/// Whether what a function has of redirection and forwarding is switched on; `None` without the capability.
pub(super) fn redirects(image: &Image, is_wide: bool) -> Option<(bool, Register)> {
    let acs = capability(image, Space::Extended, ACS)?;
    let supported = image.dword(acs + 4) & NEEDED;
    let control = Register::read(image, "ACS Control", acs + if is_wide { 8 } else { 6 }, 0, 6);
    Some((control.value & supported == supported, control))
}
