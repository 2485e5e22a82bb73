//! A PASID travels in an end-to-end TLP prefix: Linux enables PASID only where the device says that it has those.

use crate::doctor::check::{Check, Register, State, Want};
use crate::doctor::patient::Patient;

const CODE: &str = "end-to-end-prefix";

pub(super) fn check(patient: &Patient<'_>) -> Vec<Check> {
    let Some(pcie) = patient.pcie() else { return Vec::new() };
    let prefix = register(&patient.guest, pcie);
    let version = patient.guest.dword(pcie + 2) & 0xf;
    let new = |state, message: &str| Check::new(CODE, &[Want::Pasid], state, message);
    let check = if version < 2 {
        new(State::Unknown, "Linux does not look, below version 2 of the PCI Express capability")
    } else if prefix.is_set() {
        new(State::Ok, "the device has end-to-end TLP prefixes")
    } else {
        new(State::Problem, "the device does not say that it has end-to-end TLP prefixes")
            .cure("show the bit, if the vendor says that the device carries PASIDs all the same")
            .layer(layer(patient))
    };
    vec![check.register(prefix)]
}

/// End-End TLP Prefix Supported.
pub(super) fn register(image: &quirk_runtime::Image, pcie: u16) -> Register {
    Register::bit(image, "Device Capabilities 2", pcie + 0x24, 21)
}

/// Where the ids are not known, no layer can name them.
fn layer(patient: &Patient<'_>) -> Option<String> {
    let condition = quirk_host::match_of(&patient.subject.identity)?;
    Some(format!(
        "layer end_to_end_prefix {{\n    {condition}\n    emulate u32 @ cap pcie + 0x24 bits 21..22 = 1 ro;\n}}\n"
    ))
}
