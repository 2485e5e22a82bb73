//! A byte has one use: capabilities, registers, reserved and free bytes of a device do not overlap.

pub(crate) mod layer_ranges_disjoint;

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::{Device, Entry, Region};
use crate::passes::{Check, Fact, Pass, Run};
use quirk_dsl::Ordered as _;

pub(crate) const PASS: Pass = Pass {
    establishes: Fact::RegionsDisjoint,
    needs: &[Fact::InBounds, Fact::Aligned, Fact::LengthsFit, Fact::OffsetsDistinct],
    run: Run::EachDevice(run),
};

/// A region, the entry that it is of unless it is free, and whether it was taken over.
type Named<'d> = (Region, Option<&'d Entry>, bool);

/// All regions of a device by their start.
pub(crate) fn regions(device: &Device) -> Vec<Named<'_>> {
    let entries = device.entries.iter().map(|entry| (entry.region, Some(entry), entry.inherited));
    let free = device.free.iter().map(|free| (free.region, None, false));
    let mut regions: Vec<Named<'_>> = entries.chain(free).collect();
    regions.order_by_key(|(region, ..)| (region.start, region.end, region.place));
    regions
}

fn run(check: &mut Check<'_>, device: &Device) {
    let mut regions = regions(device);
    regions.retain(|(region, ..)| check.holds(region.node));
    let mut furthest: Option<&Named<'_>> = None;
    for next in &regions {
        if let Some(before) = furthest.filter(|before| before.0.overlaps(&next.0)) {
            overlap(check, before, next);
        }
        if furthest.is_none_or(|before| before.0.end < next.0.end) {
            furthest = Some(next);
        }
    }
}

/// Both taken over: they were looked at where they were written. Otherwise the finding stands at what is written here, at
/// the later of two.
fn overlap(check: &mut Check<'_>, a: &Named<'_>, b: &Named<'_>) {
    let (here, there) = match (a.2, b.2) {
        (true, true) => return,
        (true, false) => (b, a),
        (false, false) if a.0.place < b.0.place => (b, a),
        (false, _) => (a, b),
    };
    let (start, end) = (a.0.start.max(b.0.start), a.0.end.min(b.0.end));
    let message = format!(
        "{} at {:#x}..{:#x} and {} at {:#x}..{:#x} overlap in {start:#x}..{end:#x}",
        describe(here.1),
        here.0.start,
        here.0.end,
        describe(there.1),
        there.0.start,
        there.0.end
    );
    let label = if there.2 { "which is taken over from here" } else { "which is here" };
    let found = Diagnostic::new(&catalogue::OVERLAP, here.0.place, message).also(there.0.place, label);
    check.fail(here.0.node, found);
}

/// What a region is, by its entry.
pub(crate) fn describe(entry: Option<&Entry>) -> String {
    entry.map_or_else(|| "free bytes".to_owned(), |entry| entry.describe().to_string())
}
