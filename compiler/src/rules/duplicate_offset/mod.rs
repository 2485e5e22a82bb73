//! No two capabilities of one list begin at one offset.

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::Device;
use crate::numbered::Numbered;
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass {
    establishes: Fact::OffsetsDistinct,
    needs: &[Fact::InBounds, Fact::Aligned, Fact::LengthsFit],
    run: Run::EachDevice(run),
};

fn run(check: &mut Check<'_>, device: &Device) {
    let mut seen = Numbered::default();
    for entry in &device.entries {
        let Some(capability) = entry.capability() else { continue };
        if !check.holds(entry.region.node) {
            continue;
        }
        let Some(first) = seen.insert((capability.space, entry.region.start), entry) else { continue };
        if !entry.inherited {
            let message =
                format!("{} begins at {:#x}, where {} begins", entry.describe(), entry.region.start, first.describe());
            let found = Diagnostic::new(&catalogue::DUPLICATE_OFFSET, entry.region.place, message);
            check.fail(entry.region.node, found.also(first.region.place, "which is here"));
        }
    }
}
