//! Whether the guest is shown PRI, and whether Linux finds it at rest.

use quirk_runtime::Function;
use quirk_runtime::capability::{PRI, Space};

use crate::doctor::check::{Check, Register, State, Want};
use crate::doctor::patient::{Patient, capability};

const WHOM: &[Want] = &[Want::Pri];

pub(super) fn check(patient: &Patient<'_>) -> Vec<Check> {
    const CODE: &str = "pri";
    if !patient.is_known() {
        return vec![Check::new(CODE, WHOM, State::Unknown, "only the header is known")];
    }
    let Some(at) = capability(&patient.guest, Space::Extended, PRI) else {
        // A virtual function shares PRI of its physical function, which no guest sees.
        let message = match patient.subject.identity.function {
            Function::Virtual => "a virtual function has no PRI capability of its own",
            _ => "the device has no PRI",
        };
        return vec![
            Check::new(CODE, WHOM, State::Problem, message)
                .cure("none: the guest must keep what the device uses in memory"),
        ];
    };
    let header = Register::read(&patient.guest, "PRI header", at, 0, 15);
    vec![Check::new(CODE, WHOM, State::Ok, "the device has PRI").register(header), at_rest(patient, at)]
}

/// Linux refuses to enable PRI that has not stopped.
fn at_rest(patient: &Patient<'_>, at: u16) -> Check {
    const CODE: &str = "pri-stopped";
    let stopped = Register::bit(&patient.guest, "Page Request Status", at + 6, 8);
    let check = if stopped.is_set() {
        Check::new(CODE, WHOM, State::Ok, "page requests have stopped")
    } else {
        Check::new(CODE, WHOM, State::Problem, "page requests have not stopped, and Linux does not enable them then")
            .cure("the host is using page requests, or the function needs a reset before the guest starts")
    };
    check.register(stopped)
}
