//! Linux reads Device Capabilities 2 as 0 below version 2 of the PCI Express capability.

use crate::doctor::check::{Check, Register, State, Want};
use crate::doctor::patient::Patient;

const CODE: &str = "pcie-version";

pub(super) fn check(patient: &Patient<'_>) -> Vec<Check> {
    let Some(pcie) = patient.pcie() else { return Vec::new() };
    let version = Register::read(&patient.guest, "PCI Express Capabilities", pcie + 2, 0, 3);
    let check = if version.value >= 2 {
        Check::new(CODE, &[Want::Pasid], State::Ok, format!("version {} of the PCI Express capability", version.value))
    } else {
        let message =
            format!("version {} of the PCI Express capability: Linux takes Device Capabilities 2 for 0", version.value);
        Check::new(CODE, &[Want::Pasid], State::Problem, message)
            .cure("none that is right: the registers of version 2 are not there")
    };
    vec![check.register(version)]
}
