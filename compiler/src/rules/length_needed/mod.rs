//! No free bytes begin where a capability may still go on: one whose length follows from neither the description nor, for sure,
//! the capability's own bits.

use quirk_runtime::capability::Kind;

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::{Device, Entry, Free};
use crate::passes::{Check, Fact, Pass, Run};
use quirk_dsl::Ordered as _;

pub(crate) const PASS: Pass = Pass {
    establishes: Fact::FreeBehindCapabilities,
    needs: &[Fact::InBounds, Fact::LengthsFit, Fact::RegionsDisjoint],
    run: Run::EachDevice(run),
};

fn run(check: &mut Check<'_>, device: &Device) {
    if device.broken.layout() {
        return;
    }
    let mut starts: Vec<u64> = device.entries.iter().map(|entry| entry.region.start).collect();
    starts.order();
    let mut free: Vec<&Free> = device.free.iter().filter(|free| check.holds(free.region.node)).collect();
    free.order_by_key(|free| free.region.start);
    for entry in &device.entries {
        if !check.holds(entry.region.node) {
            continue;
        }
        let next = starts.get(starts.partition_point(|start| *start <= entry.region.start));
        let Some(reach) = reach(entry, next) else { continue };
        let behind = free.get(free.partition_point(|free| free.region.start < entry.region.end));
        if let Some(free) = behind.filter(|free| free.region.start < reach) {
            check.fail(free.region.node, unknown(entry, free, reach));
        }
    }
}

fn unknown(entry: &Entry, free: &Free, reach: u64) -> Diagnostic {
    let start = free.region.start;
    let message = format!("{} may go up to {reach:#x}, and free bytes begin at {start:#x}", entry.describe());
    Diagnostic::new(&catalogue::LENGTH_NEEDED, free.region.place, message)
        .also(entry.region.place, "its length is not said")
        .help(format!("say how long it is (`len 0x..` after its offset), or begin at {reach:#x}"))
}

/// Where a capability ends at the latest, if its least length is all that is known: where the next one begins, at most.
pub(crate) fn reach(entry: &Entry, next: Option<&u64>) -> Option<u64> {
    let capability = entry.capability().filter(|capability| capability.stated.is_none())?;
    let kind = Kind::by_id(capability.space, capability.id).filter(|kind| !kind.rule.is_exact())?;
    let most = (entry.region.start + u64::from(kind.max)).min(capability.space.end().into());
    Some(next.map_or(most, |next| most.min(*next))).filter(|end| *end > entry.region.end)
}
