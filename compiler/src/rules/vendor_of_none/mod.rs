//! No `match` asks for the vendor id that reads give where there is no function.

use std::collections::BTreeSet;

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass { establishes: Fact::VendorsExist, needs: &[], run: Run::Whole(run) };

fn run(check: &mut Check<'_>) {
    let model = check.model;
    let clauses =
        model.devices.iter().map(|device| &device.clauses).chain(model.layers.iter().map(|layer| &layer.clauses));
    let of_none = clauses.flatten().filter(|clause| clause.vendor.single() == Some(0xffff));
    for place in of_none.map(|clause| clause.place).collect::<BTreeSet<_>>() {
        let message = "no function has vendor id 0xffff: reads give it where there is none";
        check.report(Diagnostic::new(&catalogue::VENDOR_OF_NONE, place, message));
    }
}
