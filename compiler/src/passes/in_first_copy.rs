//! Where space repeats, all that a layout has lies in the first copy: the others are the same bytes again.

use super::regions_disjoint::{describe, regions};
use super::{Check, Fact, Pass};
use crate::catalogue;
use crate::diagnostic::Diagnostic;

pub(super) const PASS: Pass = Pass { establishes: Fact::InFirstCopy, needs: &[Fact::InBounds], run };

fn run(check: &mut Check<'_>) {
    for device in check.devices {
        let Some((every, repeats)) = device.repeats_every().zip(device.aliased_every) else { continue };
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
}
