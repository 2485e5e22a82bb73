//! PASID, ATS and PRI are extended capabilities: without extended space there is none of them.

use crate::doctor::check::{Check, Register, State, Want};
use crate::doctor::patient::Patient;

const CODE: &str = "extended-space";

pub(super) fn check(patient: &Patient<'_>) -> Vec<Check> {
    let size = patient.guest.bytes().len();
    let new = |state, message: String| Check::new(CODE, Want::ALL, state, message);
    let check = match size {
        64 => new(State::Unknown, "only the header is known".to_owned())
            .cure("read it again with CAP_SYS_ADMIN (`lspci -xxxx` as root)"),
        _ if patient.pcie().is_none() => {
            new(State::Problem, "there is no PCI Express capability, so no guest looks for extended ones".to_owned())
        }
        256 => {
            new(State::Problem, "there are 256 bytes of configuration space, and no extended capabilities".to_owned())
                .cure("if the device has more, the host cannot reach it: look for MMCONFIG (ECAM) in the host's log")
        }
        _ => {
            let first = Register::read(&patient.guest, "first extended header", 0x100, 0, 31);
            let (state, message) = match first.value {
                u32::MAX => (State::Problem, "extended space does not answer"),
                _ => (State::Ok, "there are 4096 bytes of configuration space"),
            };
            new(state, message.to_owned()).register(first)
        }
    };
    vec![check]
}
