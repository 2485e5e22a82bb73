//! Space that repeats does so at a distance that hardware can have.

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::can_repeat_every;
use crate::passes::{Check, Fact, Pass, Run};
use crate::source::Located;

pub(crate) const PASS: Pass = Pass { establishes: Fact::AliasDistance, needs: &[], run: Run::Whole(run) };

fn run(check: &mut Check<'_>) {
    let model = check.model;
    let mut seen = std::collections::HashSet::new();
    for Located { value, place } in model.devices.iter().filter_map(|device| device.aliased_every) {
        // A device that is `like` another repeats what that one says.
        if !can_repeat_every(value) && seen.insert(place) {
            let message = format!("space does not repeat at a distance of {value:#x}");
            let help = "0x100, 0x200, 0x400 or 0x800";
            check.report(Diagnostic::new(&catalogue::ALIAS_DISTANCE, place, message).help(help));
        }
    }
}
