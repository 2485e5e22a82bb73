//! Every device is given to a test.

use std::collections::HashSet;

use super::{Check, Fact, Pass};
use crate::catalogue;
use crate::diagnostic::Diagnostic;

pub(super) const PASS: Pass = Pass { establishes: Fact::Tested, needs: &[], run };

fn run(check: &mut Check<'_>) {
    let model = check.model;
    if model.lost_items {
        return;
    }
    let tested: HashSet<usize> = model.tests.iter().filter_map(|test| test.device).collect();
    for (index, device) in model.devices.iter().enumerate() {
        if device.asked_for && !tested.contains(&index) {
            let message = format!("no test is given the device `{}`", device.name);
            let help = format!("write `test \"..\" {{ given device {}; .. }}`", device.name);
            check.report(Diagnostic::new(&catalogue::MISSING_TEST, device.head, message).help(help));
        }
    }
}
