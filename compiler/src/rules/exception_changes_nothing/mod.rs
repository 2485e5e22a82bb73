//! An exception to `unassigned` is one from something.

use quirk_runtime::tables::Unassigned;

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass { establishes: Fact::ExceptionsMatter, needs: &[], run: Run::Whole(run) };

fn run(check: &mut Check<'_>) {
    for layer in check.model.layers.iter().filter(|layer| layer.unassigned == Unassigned::Raw) {
        if let Some(allow) = layer.allows.first() {
            let message = "`unassigned raw` takes nothing from the guest, so this exception changes nothing";
            let found = Diagnostic::new(&catalogue::EXCEPTION_CHANGES_NOTHING, allow.region.place, message);
            check.report(found.help("write `unassigned read_only` or `unassigned deny`, or leave the exception out"));
        }
    }
}
