//! Whether the guest is shown ATS.

use quirk_runtime::capability::{ATS, Space};

use crate::doctor::check::{Check, Register, State, Want};
use crate::doctor::patient::{Patient, capability};

pub(super) fn check(patient: &Patient<'_>) -> Vec<Check> {
    const CODE: &str = "ats";
    if !patient.is_known() {
        return vec![Check::new(CODE, &[Want::Ats, Want::Pri], State::Unknown, "only the header is known")];
    }
    if patient.host.flatten().is_some_and(|host| host.ats_not_supported) {
        let message = "the host's IOMMU has no ATS for the device, so ATS and PRI are hidden (`ATS_NOT_SUPPORTED`)";
        return vec![Check::new(CODE, &[Want::Ats, Want::Pri], State::Problem, message)];
    }
    let Some(at) = capability(&patient.guest, Space::Extended, ATS) else {
        return vec![Check::new(CODE, &[Want::Ats, Want::Pri], State::Problem, "the device has no ATS")];
    };
    let header = Register::read(&patient.guest, "ATS header", at, 0, 15);
    vec![Check::new(CODE, &[Want::Ats, Want::Pri], State::Ok, "the device has ATS").register(header)]
}
