//! An exception to `unassigned` is one from something.

use quirk_runtime::tables::Unassigned;

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass { establishes: Fact::ExceptionsMatter, needs: &[], run: Run::Whole(run) };

fn run(check: &mut Check<'_>) {
    for layer in &check.model.layers {
        let mut allows = layer.allows.iter();
        let (allow, message, help) = match layer.unassigned {
            Unassigned::Raw => (
                allows.next(),
                "`unassigned raw` takes nothing from the guest, so this exception changes nothing",
                "write `unassigned read_only` or `unassigned deny`, or leave the exception out",
            ),
            Unassigned::ReadOnly => (
                allows.find(|allow| !allow.writable),
                "`unassigned read_only` lets every read through, so this exception changes nothing",
                "write `rw` if writes are meant too, or leave the exception out",
            ),
            _ => continue,
        };
        if let Some(allow) = allow {
            let found = Diagnostic::new(&catalogue::EXCEPTION_CHANGES_NOTHING, allow.region.place, message);
            check.report(found.help(help));
        }
    }
}
