//! No `match` asks for the vendor id that reads give where there is no function.

use std::collections::BTreeSet;

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::{Clause, Device};
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass { establishes: Fact::VendorsExist, needs: &[], run: Run::EachDevice(of_device) };

pub(crate) const OF_LAYERS: Pass =
    Pass { establishes: Fact::VendorsOfLayersExist, needs: &[], run: Run::Whole(of_layers) };

fn of_device(check: &mut Check<'_>, device: &Device) {
    look(check, &device.clauses);
}

fn of_layers(check: &mut Check<'_>) {
    for layer in &check.model.layers {
        look(check, &layer.clauses);
    }
}

fn look(check: &mut Check<'_>, clauses: &[Clause]) {
    let of_none = clauses.iter().filter(|clause| clause.vendor.single() == Some(0xffff));
    // Of one `match` there may be many clauses.
    for place in of_none.map(|clause| clause.place).collect::<BTreeSet<_>>() {
        let message = "no function has vendor id 0xffff: reads give it where there is none";
        check.report(Diagnostic::new(&catalogue::VENDOR_OF_NONE, place, message));
    }
}
