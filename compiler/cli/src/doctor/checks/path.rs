//! What is above the function on the host: ports alone, each with prefixes and ACS (`pci_acs_path_enabled`,
//! `drivers/pci/pci.c`). Above an integrated endpoint there is nothing.

use quirk_runtime::{Identity, Image};

use super::path_port::{DOWNSTREAM, Port, ROOT_PORT, UPSTREAM};
use super::{path_acs, path_prefix};
use crate::doctor::about::{About, Example};
use crate::doctor::above::Bridge;
use crate::doctor::check::{Check, Component, Register, Side, Want};
use crate::doctor::patient::{Patient, pcie};

pub(super) const ABOUT: About = About {
    code: "path",
    side: Side::Host,
    concerns: &[Want::Pasid],
    reads: "PCI Express Capabilities (+ 0x02), bits 7:4, of the function and of each bridge above it",
    must: "root ports and switch ports alone above the function; nothing above an integrated endpoint",
    linux: "`pci_acs_path_enabled` (`drivers/pci/pci.c`), asked by `pci_enable_pasid`",
    failing: Some(Example::host(&[(0x214, 0x0007_1406)], &[(0x040, 0x0072_0010), (0x018, 0x0001_0100)])),
    passing: Some(Example::host(&[(0x214, 0x0007_1406)], &[])),
};

const ENDPOINT: u32 = 0;
const LEGACY: u32 = 1;
const INTEGRATED: u32 = 9;

pub(super) fn check(patient: &Patient<'_>) -> Vec<Check> {
    let above = &patient.above;
    let mut checks: Vec<Check> = above.bridges.iter().flat_map(of_bridge).collect();
    if above.bridges.is_empty() || !above.is_complete {
        checks.push(at_the_end(patient));
    }
    checks
}

/// No further port is known above the function.
fn at_the_end(patient: &Patient<'_>) -> Check {
    let above = &patient.above;
    // What a VMM shows of a device says nothing of the host's buses.
    let raw = patient.raw.as_ref().filter(|_| above.bridges.is_empty());
    let kind = raw.and_then(|raw| Some(kind(raw, pcie(raw)?)));
    match kind {
        Some(kind) if kind.value == INTEGRATED => ABOUT.ok("an integrated endpoint, no port above it").register(kind),
        _ if !above.is_complete => {
            let check = match above.bridges.last() {
                Some(bridge) => ABOUT.unknown("the dump does not hold what is above this port").of(&bridge.address),
                None => ABOUT.unknown("the dump does not hold the ports above the function"),
            };
            check.cure(Component::Record, "look at the machine itself (`quirkc doctor BDF`), or at a dump of all of it")
        }
        Some(kind) if matches!(kind.value, ENDPOINT | LEGACY) => ABOUT
            .problem("an endpoint on the host's root bus, with no port above it")
            .register(kind)
            .cure(Component::Device, "none here: the host itself enables no PASID for it"),
        Some(kind) => ABOUT.ok("on the host's root bus, with no port above it").register(kind),
        None => ABOUT.unknown("on the host's root bus, of a type that could not be read"),
    }
}

fn kind(image: &Image, pcie: u16) -> Register {
    Register::read(image, "PCI Express Capabilities", pcie + 2, 4, 7)
}

fn of_bridge(bridge: &Bridge) -> Vec<Check> {
    let address = &bridge.address;
    let elsewhere = "move the device to a slot that is PCI Express all the way";
    let image = match &bridge.image {
        Ok(image) if image.bytes().len() > 64 => image,
        Ok(_) => {
            let check = ABOUT.unknown("only the header of this port could be read");
            return vec![check.of(address).cure(Component::Record, "run it with CAP_SYS_ADMIN")];
        }
        Err(error) => return vec![ABOUT.unknown(error).of(address)],
    };
    let Some(pcie) = pcie(image) else {
        let check = ABOUT.problem("a conventional PCI bridge is above the function").of(address);
        let pointer = Register::read(image, "Capabilities Pointer", 0x34, 0, 7);
        return vec![check.register(pointer).cure(Component::Device, elsewhere)];
    };
    let kind = kind(image, pcie);
    if !matches!(kind.value, ROOT_PORT | UPSTREAM | DOWNSTREAM) {
        let check = ABOUT.problem("a bridge to or from conventional PCI is above the function").of(address);
        return vec![check.register(kind).cure(Component::Device, elsewhere)];
    }
    let identity = image.bytes().first_chunk().map_or_else(Identity::default, Identity::from_header);
    let port = Port { bridge, image, pcie, kind, identity };
    std::iter::once(path_prefix::check(&port)).chain(path_acs::check(&port)).map(|check| check.of(address)).collect()
}
