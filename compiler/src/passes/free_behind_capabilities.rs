//! No free bytes begin where a capability may still go on: one whose length follows from neither the description nor, for sure,
//! the capability's own bits.

use quirk_runtime::capability::Kind;

use super::{Check, Fact, Pass};
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::{Device, Entry};

pub(super) const PASS: Pass = Pass {
    establishes: Fact::FreeBehindCapabilities,
    needs: &[Fact::InBounds, Fact::LengthsFit, Fact::RegionsDisjoint],
    run,
};

fn run(check: &mut Check<'_>) {
    for device in check.devices.iter().filter(|device| !device.broken.layout()) {
        for entry in &device.entries {
            let Some(reach) = reach(device, entry).filter(|_| check.holds(entry.region.node)) else { continue };
            let inside = |start: u64| entry.region.end <= start && start < reach;
            let Some(free) = device.free.iter().find(|free| inside(free.region.start)) else { continue };
            if !check.holds(free.region.node) {
                continue;
            }
            let start = free.region.start;
            let message = format!("{} may go up to {reach:#x}, and free bytes begin at {start:#x}", entry.describe());
            let found = Diagnostic::new(&catalogue::LENGTH_NEEDED, free.region.place, message)
                .also(entry.region.place, "its length is not said")
                .help(format!("say how long it is (`len 0x..` behind its offset), or begin at {reach:#x}"));
            check.fail(free.region.node, found);
        }
    }
}

/// Where a capability ends at the latest, if its least length is all that is known.
fn reach(device: &Device, entry: &Entry) -> Option<u64> {
    let capability = entry.capability().filter(|capability| capability.stated.is_none())?;
    let kind = Kind::by_id(capability.space, capability.id).filter(|kind| !kind.rule.is_exact())?;
    let next = device.entries.iter().map(|other| other.region.start).filter(|start| *start > entry.region.start).min();
    let most = entry.region.start + u64::from(kind.max);
    Some(most.min(next.unwrap_or(u64::MAX)).min(capability.space.end().into())).filter(|end| *end > entry.region.end)
}
