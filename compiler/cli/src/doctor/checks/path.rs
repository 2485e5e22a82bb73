//! What is above the function on the host: every port must pass prefixes on, and redirect requests.

use quirk_runtime::Image;

use super::{acs, prefix};
use crate::doctor::above::Bridge;
use crate::doctor::check::{Check, Register, State, Want};
use crate::doctor::patient::{Patient, pcie};

const PATH: &str = "path";
const PREFIX: &str = "path-prefix";
const ACS: &str = "path-acs";
const WHOM: &[Want] = &[Want::Pasid];

const ENDPOINT: u32 = 0;
const LEGACY: u32 = 1;
const ROOT_PORT: u32 = 4;
const UPSTREAM: u32 = 5;
const DOWNSTREAM: u32 = 6;

pub(super) fn check(patient: &Patient<'_>) -> Vec<Check> {
    match &patient.bridges {
        None => vec![
            Check::new(PATH, WHOM, State::Unknown, "the dump does not hold the ports above the function")
                .cure("look at the machine itself (`quirkc doctor BDF`), or at a dump of all of it"),
        ],
        Some(bridges) if bridges.is_empty() => vec![on_the_root_bus(patient)],
        Some(bridges) => bridges.iter().flat_map(of_bridge).collect(),
    }
}

fn on_the_root_bus(patient: &Patient<'_>) -> Check {
    let raw = patient.raw.as_ref();
    let kind = raw.and_then(|raw| Some(kind(raw, pcie(raw)?)));
    match kind {
        Some(kind) if matches!(kind.value, ENDPOINT | LEGACY) => {
            Check::new(PATH, WHOM, State::Problem, "an endpoint on the host's root bus, with no port above it")
                .register(kind)
                .cure("none here: the host itself enables no PASID for it")
        }
        Some(kind) => Check::new(PATH, WHOM, State::Ok, "on the host's root bus, with no port above it").register(kind),
        None => Check::new(PATH, WHOM, State::Unknown, "on the host's root bus, of a type that could not be read"),
    }
}

fn kind(image: &Image, pcie: u16) -> Register {
    Register::read(image, "PCI Express Capabilities", pcie + 2, 4, 7)
}

fn of_bridge(bridge: &Bridge) -> Vec<Check> {
    let address = &bridge.address;
    let image = match &bridge.image {
        Ok(image) if image.bytes().len() > 64 => image,
        Ok(_) => {
            let check = Check::new(PATH, WHOM, State::Unknown, "only the header of this port could be read");
            return vec![check.of(address).cure("run it with CAP_SYS_ADMIN")];
        }
        Err(error) => return vec![Check::new(PATH, WHOM, State::Unknown, error).of(address)],
    };
    let Some(pcie) = pcie(image) else {
        let check = Check::new(PATH, WHOM, State::Problem, "a conventional PCI bridge is above the function");
        return vec![check.of(address).cure("move the device to a slot that is PCI Express all the way")];
    };
    let kind = kind(image, pcie);
    if !matches!(kind.value, ROOT_PORT | UPSTREAM | DOWNSTREAM) {
        let check =
            Check::new(PATH, WHOM, State::Problem, "a bridge to or from conventional PCI is above the function");
        return vec![
            check.register(kind).of(address).cure("move the device to a slot that is PCI Express all the way"),
        ];
    }
    let mut checks = vec![passes_prefixes(image, pcie).of(address)];
    // An upstream port of a switch has nobody beside it to redirect from.
    if kind.value != UPSTREAM {
        checks.push(redirects(image, &kind).of(address));
    }
    checks
}

fn passes_prefixes(image: &Image, pcie: u16) -> Check {
    let register = prefix::register(image, pcie);
    let is_known = image.dword(pcie + 2) & 0xf >= 2;
    let check = if register.is_set() && is_known {
        Check::new(PREFIX, WHOM, State::Ok, "the port passes end-to-end TLP prefixes on")
    } else {
        Check::new(PREFIX, WHOM, State::Problem, "the port does not pass end-to-end TLP prefixes on")
            .cure("move the device to a slot whose ports do")
    };
    check.register(register)
}

fn redirects(image: &Image, kind: &Register) -> Check {
    match acs::redirects(image) {
        Some((true, control)) => Check::new(ACS, WHOM, State::Ok, "the port redirects requests").register(control),
        Some((false, control)) => Check::new(ACS, WHOM, State::Problem, "ACS of the port is not switched on")
            .register(control)
            .cure("the host's kernel switches it on where it uses an IOMMU: boot with one, without `pci=noacs`"),
        None => Check::new(ACS, WHOM, State::Problem, "the port has no ACS")
            .register(kind.clone())
            .cure("move the device to a slot whose port has it, unless Linux has a quirk for this port"),
    }
}
