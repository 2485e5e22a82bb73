//! Enabling PASID while ATS is enabled is undefined: PASID comes first, in the device itself too.

use quirk_runtime::capability::{ATS, PASID, Space};

use crate::doctor::check::{Check, Register, State, Want};
use crate::doctor::patient::{Patient, capability};

const CODE: &str = "pasid-before-ats";

pub(super) fn check(patient: &Patient<'_>) -> Vec<Check> {
    let whom = &[Want::Pasid, Want::Ats];
    let raw = patient.raw.as_ref().filter(|raw| raw.bytes().len() == 4096);
    let Some(raw) = raw else {
        return vec![Check::new(CODE, whom, State::Unknown, "the device's own control bits are not known")];
    };
    let Some(ats) = capability(raw, Space::Extended, ATS) else { return Vec::new() };
    let ats = Register::bit(raw, "ATS Control", ats + 6, 15);
    let is_pasid_on = capability(raw, Space::Extended, PASID).map(|at| raw.dword(at + 6) & 1 != 0);
    vec![
        match (ats.is_set(), is_pasid_on) {
            (true, Some(false)) => {
                Check::new(CODE, whom, State::Problem, "ATS is enabled in the device, and PASID is not")
                    .cure("reset the function: the host must enable PASID before ATS")
            }
            (true, _) => {
                Check::new(CODE, whom, State::Ok, "ATS is enabled in the device, and PASID was not left behind")
            }
            (false, _) => Check::new(CODE, whom, State::Ok, "ATS is not enabled in the device yet"),
        }
        .register(ats),
    ]
}
