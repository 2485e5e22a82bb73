//! No capability begins where another of the same id ends: Linux takes the two for one.

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::{Device, Entry};
use crate::passes::{Check, Fact, Pass, Run};
use quirk_dsl::Ordered as _;

pub(crate) const PASS: Pass = Pass {
    establishes: Fact::CapabilitiesApart,
    needs: &[Fact::InBounds, Fact::Aligned, Fact::LengthsFit, Fact::OffsetsDistinct, Fact::RegionsDisjoint],
    run: Run::EachDevice(run),
};

fn run(check: &mut Check<'_>, device: &Device) {
    let sound = |entry: &&Entry| check.holds(entry.region.node);
    let capabilities: Vec<&Entry> = device.entries.iter().filter(sound).collect();
    let end = |entry: &&Entry| entry.capability().map(|it| (it.space, it.id, entry.region.end));
    let mut ends = capabilities.clone();
    ends.order_by_key(|entry| end(entry));
    for entry in capabilities {
        let Some(capability) = entry.capability() else { continue };
        let start = Some((capability.space, capability.id, entry.region.start));
        let last = ends.partition_point(|entry| end(entry) <= start).checked_sub(1);
        let Some(before) = last.map(|at| ends[at]).filter(|before| end(before) == start) else { continue };
        let (here, there) = if entry.inherited { (before, entry) } else { (entry, before) };
        if !here.inherited {
            let message = format!(
                "{} at {:#x} lies directly after another, which ends there",
                entry.describe(),
                entry.region.start
            );
            let found = Diagnostic::new(&catalogue::SAME_ID_ABUTS, here.region.place, message);
            check.fail(here.region.node, found.also(there.region.place, "the other is here"));
        }
    }
}
