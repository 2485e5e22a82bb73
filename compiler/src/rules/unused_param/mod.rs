//! Every parameter gives some field its value.

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass { establishes: Fact::ParamsUsed, needs: &[], run: Run::Whole(run) };

fn run(check: &mut Check<'_>) {
    // What was not understood may have used it.
    let whole = check.model.layers.iter().filter(|layer| !layer.broken.text && !layer.broken.emulations);
    for param in whole.flat_map(|layer| &layer.params).filter(|param| !param.used) {
        let message = format!("no field takes the parameter `{}`, and without it the layer is off", param.name);
        check.report(Diagnostic::new(&catalogue::UNUSED_PARAM, param.place, message));
    }
}
