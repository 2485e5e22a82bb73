//! What of a device is in the way of a capability that a layer shows at a place. Attach counts in dwords, so whole dwords are taken.

use quirk_runtime::capability::{Name, PASID_LENGTH};

use crate::allocate::{Plan, fixed_end};
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::{Device, Emulated, Entry, EntryKind};
use crate::passes::Check;
use crate::passes::anchors::next_capability;
use crate::rules::length_needed::reach;
use crate::source::Place;

/// What is in the way, and where it was written.
pub(crate) enum Obstacle {
    /// Something that lies there.
    Lies(String, Place),
    /// A capability that may reach there: its name, where it ends at the latest.
    MayReach(Name, u64, Place),
    /// Its space repeats at this distance.
    Copy(u64, Place),
}

impl Obstacle {
    /// The one of several places that is told: one that a few words in the layout may take away first.
    pub(crate) fn most_telling(obstacles: Vec<Self>) -> Option<Self> {
        let rank = |obstacle: &Self| match obstacle {
            Self::MayReach(..) => 1,
            Self::Lies(..) | Self::Copy(..) => 0,
        };
        obstacles.into_iter().max_by_key(rank)
    }

    /// What is wrong with a capability at its places on a device; `witness` is a function that both match.
    pub(crate) fn diagnostic(
        &self,
        name: Name,
        places: &str,
        place: Place,
        (device, witness): (&str, &str),
    ) -> Diagnostic {
        let at = |rule, message| Diagnostic::new(rule, place, message);
        match self {
            Self::Lies(what, there) => {
                let message = format!("`{name}` at {places} overlaps {what} of `{device}`; both match {witness}");
                at(&catalogue::EMULATION_OVERLAPS, message).also(*there, "which is here")
            }
            Self::MayReach(other, reach, there) => {
                let message = format!(
                    "`{other}` of `{device}` may go up to {reach:#x}, and `{name}` is shown at {places}; both match {witness}"
                );
                at(&catalogue::LAYER_NEAR_OPEN_LENGTH, message)
                    .also(*there, "its length is not said")
                    .help(format!("say how long it is (`len 0x..` after its offset), or begin at {reach:#x}"))
            }
            Self::Copy(every, there) => {
                let message = format!(
                    "`{name}` at {places} lies on a copy: the space of `{device}` repeats every {every:#x} bytes; both match {witness}"
                );
                at(&catalogue::LAYER_ON_COPY, message)
                    .also(*there, "it repeats by this")
                    .help(format!("end at {every:#x}"))
            }
        }
    }
}

/// What of a device lies in the bytes of an emulated capability at a place.
pub(crate) fn obstacle(
    check: &Check<'_>,
    device: &Device,
    plan: &Plan,
    emulated: &Emulated,
    start: u64,
) -> Option<Obstacle> {
    let end = start + emulated.length;
    if let Some((every, repeats)) = device.repeats_every().zip(device.aliased_every).filter(|(every, _)| end > *every) {
        return Some(Obstacle::Copy(every, repeats.place));
    }
    let end = end.next_multiple_of(4);
    let passed = |kind: &EntryKind| emulated.over_register && matches!(kind, EntryKind::Register { .. });
    let overlaps = |from: u64, to: u64| from & !3 < end && start < to.next_multiple_of(4);
    let entry = device.entries.iter().find(|entry| {
        check.holds(entry.region.node) && overlaps(entry.region.start, entry.region.end) && !passed(&entry.kind)
    });
    if let Some(entry) = entry {
        return Some(Obstacle::Lies(entry.describe().to_string(), entry.region.place));
    }
    if let Some(pasid) = &device.pasid
        && let Some((_, offset)) =
            plan.places.iter().find(|(_, offset)| overlaps(*offset, offset + u64::from(PASID_LENGTH)))
    {
        return Some(Obstacle::Lies(format!("PASID at {offset:#x}"), pasid.place));
    }
    if let Some(dvsec) = &device.dvsec
        && let Some((offset, stated)) = dvsec.at.filter(|_| check.holds(dvsec.node))
        && overlaps(offset, fixed_end(device, offset, stated))
    {
        return Some(Obstacle::Lies("the DVSEC".to_owned(), dvsec.place));
    }
    device.entries.iter().filter(|entry| check.holds(entry.region.node)).find_map(|entry| {
        let (name, reach) = may_reach(device, emulated, entry, (start, end))?;
        Some(Obstacle::MayReach(name, reach, entry.region.place))
    })
}

/// A capability of the device whose length nobody knows, where it may reach bytes that are not declared free.
fn may_reach(device: &Device, emulated: &Emulated, entry: &Entry, (start, end): (u64, u64)) -> Option<(Name, u64)> {
    let capability = entry.capability().filter(|capability| capability.space == emulated.space)?;
    if entry.region.start >= end || reach(entry, None)? <= start {
        return None;
    }
    let next = next_capability(device, capability.space, entry.region.start, |_| true);
    let reach = reach(entry, next.as_ref())?;
    let is_free = device.free.iter().any(|free| free.region.holds(start, end.min(reach)));
    (reach > start && !is_free).then_some((capability.name(), reach))
}
