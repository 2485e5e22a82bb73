//! A byte of a BAR shows one byte of configuration space, and one exception of `unassigned` holds for a byte.

use super::{Check, Fact, Pass};
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::Region;

pub(super) const PASS: Pass = Pass { establishes: Fact::LayerRangesDisjoint, needs: &[], run };

fn run(check: &mut Check<'_>) {
    let model = check.model;
    for layer in &model.layers {
        let windows: Vec<(u8, Region)> = layer.mirrors.iter().map(|mirror| (mirror.bar, mirror.region)).collect();
        let allows: Vec<(u8, Region)> = layer.allows.iter().map(|allow| (0, allow.region)).collect();
        for (ranges, what) in [(windows, "windows"), (allows, "exceptions")] {
            for (at, (bar, region)) in ranges.iter().enumerate() {
                let before = ranges[..at].iter().find(|(other, before)| other == bar && before.overlaps(region));
                let Some((_, before)) = before else { continue };
                let (start, end) = (region.start.max(before.start), region.end.min(before.end));
                let message = format!("two {what} hold the bytes {start:#x}..{end:#x}");
                let found = Diagnostic::new(&catalogue::OVERLAP, region.place, message);
                check.report(found.also(before.place, "the other stands here"));
            }
        }
    }
}
