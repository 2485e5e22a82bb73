//! Where space repeats, all that a layout has lies in the first copy: the others are the same bytes again.

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::Device;
use crate::passes::{Check, Fact, Pass, Run};
use crate::rules::overlap::{describe, regions};

pub(crate) const PASS: Pass =
    Pass { establishes: Fact::InFirstCopy, needs: &[Fact::InBounds], run: Run::EachDevice(run) };

fn run(check: &mut Check<'_>, device: &Device) {
    let Some((every, repeats)) = device.repeats_every().zip(device.aliased_every) else { return };
    let is_own = device.item.holds(repeats.place);
    for (region, entry, inherited) in regions(device) {
        if region.end <= device.first_copy() || !check.holds(region.node) {
            continue;
        }
        let message = format!(
            "{} at {:#x}..{:#x}: space repeats every {every:#x} bytes, so what lies from {every:#x} on is a copy",
            describe(entry),
            region.start,
            region.end
        );
        // What was taken over was looked at where it was written, unless the distance was not.
        let (here, there, label) = match (inherited, is_own) {
            (true, false) => continue,
            (true, true) => (repeats.place, region.place, "which is taken over from here"),
            (false, _) => (region.place, repeats.place, "it repeats by this"),
        };
        let found = Diagnostic::new(&catalogue::LAYOUT_ON_COPY, here, message).also(there, label);
        check.fail(region.node, found);
    }
}
