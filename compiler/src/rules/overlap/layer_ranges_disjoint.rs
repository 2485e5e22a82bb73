//! A byte of a BAR shows one byte of configuration space, and one exception of `unassigned` holds for a byte.

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::matching::{Extent, Tree};
use crate::model::Region;
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass { establishes: Fact::LayerRangesDisjoint, needs: &[], run: Run::Whole(run) };

fn run(check: &mut Check<'_>) {
    let model = check.model;
    for layer in &model.layers {
        let windows: Vec<(u8, Region)> = layer.mirrors.iter().map(|mirror| (mirror.bar, mirror.region)).collect();
        let allows: Vec<(u8, Region)> = layer.allows.iter().map(|allow| (0, allow.region)).collect();
        for (ranges, what) in [(windows, "windows"), (allows, "exceptions")] {
            let extents = ranges.iter().map(|(bar, region)| (u64::from(*bar), extent(region)));
            let meeting = Tree::new(extents.enumerate().map(|(at, (bar, extent))| (bar, extent, at)));
            for (at, (bar, region)) in ranges.iter().enumerate() {
                let mut before = meeting.meeting(u64::from(*bar), extent(region)).take_while(|other| *other < at);
                let before = before.find(|&other| ranges[other].1.overlaps(region)).map(|other| &ranges[other]);
                let Some((_, before)) = before else { continue };
                let (start, end) = (region.start.max(before.start), region.end.min(before.end));
                let message = format!("two {what} hold the bytes {start:#x}..{end:#x}");
                let found = Diagnostic::new(&catalogue::OVERLAP, region.place, message);
                check.report(found.also(before.place, "the other is here"));
            }
        }
    }
}

/// From its first byte to its last.
fn extent(region: &Region) -> Extent {
    (region.start, region.end.saturating_sub(1).max(region.start))
}
