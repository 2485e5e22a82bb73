//! A capability that reaches past the end of configuration space, or shares bytes with another one. Linux writes its registers
//! all the same (`pci_enable_pri`, `drivers/pci/ats.c`): past the end nothing is written, inside another one that is destroyed.

use quirk_map::list;
use quirk_runtime::capability::{ATS, PASID, PRI, Space};
use quirk_runtime::chain::Capability;

use super::guest_acs::ACS;
use crate::doctor::about::{About, Example};
use crate::doctor::check::{Check, Component, Register, Side, Want};
use crate::doctor::patient::{Guest, Patient};

pub(super) const ABOUT: About = About {
    code: "capability-fits",
    side: Side::Guest,
    concerns: Want::ALL,
    reads: "the headers of PASID, ATS, PRI and ACS, and of what is near them",
    must: "the registers of PASID, ATS, PRI and ACS are in configuration space, and in no other capability",
    linux: "`pci_enable_pasid`, `pci_enable_ats` and `pci_enable_pri` (`drivers/pci/ats.c`) write where the header is",
    failing: Some(Example::guest(&[(0x210, 0xff81_001b), (0xff8, 0x0001_0013), (0xffc, 0x8100_0000)])),
    passing: Some(Example::guest(&[
        (0x210, 0xff01_001b),
        (0xff0, 0x0001_0013),
        (0xff4, 0x8100_0000),
        (0xff8, 0x0000_0040),
    ])),
};

/// Id, name, length and what fails without it.
const KINDS: [(u16, &str, u16, &[Want]); 4] = [
    (PASID, "PASID", 8, &[Want::Pasid]),
    (ATS, "ATS", 8, &[Want::Ats, Want::Pri]),
    (PRI, "PRI", 16, &[Want::Pri]),
    (ACS, "ACS", 8, &[Want::Pasid]),
];

pub(super) fn check(_: &Patient<'_>, guest: &Guest, _: &[Check]) -> Vec<Check> {
    let entries = list(&guest.image, Space::Extended).unwrap_or_default();
    let mut checks: Vec<Check> = Vec::new();
    for (id, name, length, concerns) in KINDS {
        let Some((own, _)) = entries.iter().find(|(it, _)| it.id == id) else { continue };
        let end = own.offset + length;
        let around =
            |(other, reach): &(Capability, u16)| other.offset < own.offset && own.offset < other.offset + reach;
        let header = Register::read(&guest.image, "extended header", own.offset, 0, 15);
        let at = own.offset;
        let problem = if end > 0x1000 {
            Some(format!("{name} at {at:#05x} has {length} bytes, and {} of them are past the end", end - 0x1000))
        } else {
            let other = entries.iter().find(|it| around(it));
            other.map(|(other, _)| format!("{name} at {at:#05x} is inside the capability at {:#05x}", other.offset))
        };
        if let Some(message) = problem.filter(|_| checks.iter().all(|known| known.concerns != concerns)) {
            let check = ABOUT.problem(message).register(header).concerning(concerns);
            checks.push(
                check.cure(Component::Device, "none: the header is wrong, and no register is where Linux writes"),
            );
        }
    }
    checks
}
