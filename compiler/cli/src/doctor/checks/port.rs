//! What type the function is, and where a VMM may attach such a one.
//!
//! Linux lets an endpoint use end-to-end TLP prefixes only behind a port that has them. An integrated endpoint needs none.

use crate::doctor::args::Bus;
use crate::doctor::check::{Check, Register, State, Want};
use crate::doctor::patient::Patient;

const CODE: &str = "port-type";

pub(super) fn check(patient: &Patient<'_>) -> Vec<Check> {
    let Some(pcie) = patient.pcie() else { return Vec::new() };
    let kind = Register::read(&patient.guest, "PCI Express Capabilities", pcie + 2, 4, 7);
    let new = |state, message: &str| Check::new(CODE, &[Want::Pasid], state, message);
    let check = match (kind.value, patient.bus) {
        (9, Some(Bus::Port)) => new(State::Ok, "an integrated endpoint behind a port, which Linux takes"),
        (9, _) => new(State::Ok, "an integrated endpoint, which needs no port above it"),
        (0 | 1, Some(Bus::Port)) => new(State::Ok, "an endpoint behind a port"),
        (0 | 1, Some(Bus::Root)) => {
            new(State::Problem, "an endpoint on the guest's root bus: no port above it passes prefixes on")
                .cure("attach it behind an emulated root port, or show it as an integrated endpoint")
                .layer(layer(patient))
        }
        (0 | 1, None) => new(State::Unknown, "an endpoint, which needs a port above it in the guest")
            .cure("attach it behind an emulated root port, and say so with `--bus port`"),
        _ => new(State::Problem, "a port or bridge, and no endpoint"),
    };
    vec![check.register(kind)]
}

/// Where the ids are not known, no layer can name them.
fn layer(patient: &Patient<'_>) -> Option<String> {
    let condition = quirk_host::match_of(&patient.subject.identity)?;
    Some(format!("layer integrated {{\n    {condition}\n    pcie_type integrated_endpoint;\n}}\n"))
}
