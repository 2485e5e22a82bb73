//! Where space repeats, what is free is free in every repetition.

use super::regions_disjoint::{describe, regions};
use super::{Check, Fact, Pass, alias_distance};
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::Region;

pub(super) const PASS: Pass = Pass {
    establishes: Fact::AliasesDisjoint,
    needs: &[Fact::InBounds, Fact::Aligned, Fact::LengthsFit, Fact::OffsetsDistinct, Fact::RegionsDisjoint],
    run,
};

fn run(check: &mut Check<'_>) {
    for device in check.devices {
        let Some(distance) =
            device.aliased_every.map(|every| every.value).filter(|&every| alias_distance::possible(every))
        else {
            continue;
        };
        let mut regions = regions(device);
        regions.retain(|(region, ..)| region.start >= 0x100 && check.holds(region.node));
        for free in &device.free {
            let shadow = regions
                .iter()
                .filter(|_| check.holds(free.region.node))
                .find(|(region, ..)| region.node != free.region.node && repeats_on(region, &free.region, distance));
            if let Some((region, entry, _)) = shadow {
                let what = describe(*entry);
                let message = format!(
                    "space repeats every {distance:#x} bytes, so {what} at {:#x} shows in these free bytes too",
                    region.start
                );
                let found = Diagnostic::new(&catalogue::OVERLAP, free.region.place, message);
                check.fail(free.region.node, found.also(region.place, "which is here"));
            }
        }
    }
}

/// Whether a repetition of one region meets the other.
fn repeats_on(a: &Region, b: &Region, distance: u64) -> bool {
    let (length_a, length_b) = (a.end - a.start, b.end - b.start);
    let from_a_to_b = (b.start % distance + distance - a.start % distance) % distance;
    from_a_to_b < length_a || distance - from_a_to_b < length_b
}
