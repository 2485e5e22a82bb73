//! Where an emulated capability goes: where the compiler allocated it, or the first alternative that overlaps nothing.

use super::attempt::{Attempt, Halt, Step};
use crate::capability::Space;
use crate::decision::LayerReason;
use crate::reason::Reason;
use crate::survey::Start;
use crate::tables::{Allocation, Alternative, Emulation};
use crate::{ByteRange, ConfigAccess};

/// The offset of an emulated capability.
pub(super) fn find<'db, D: ConfigAccess + ?Sized>(
    attempt: &mut Attempt<'_, '_, '_, '_, 'db, D>,
    space: Space,
    index: u32,
    emulation: &Emulation,
) -> Step<'db, u16, D::Error> {
    let Emulation { id, length, .. } = *emulation;
    if emulation.in_free {
        let at = allocated(attempt, index).ok_or(LayerReason::NoAllocation { space, id })?;
        let range = ByteRange::from_length(at, length);
        let no_place = |reason| LayerReason::NoPlace { id, at, reason };
        let refusal = match attempt.question.refusal.map(no_place) {
            Some(reason) => Some(reason),
            None => check(attempt, space, emulation, range)?,
        };
        let is_declared = attempt.survey.map.is_declared_free(range);
        let refusal = refusal.or_else(|| (!is_declared).then_some(no_place(Reason::NotDeclaredFree)));
        return refusal.map_or(Ok(at), |reason| Err(reason.into()));
    }
    let mut first = None;
    for Alternative { offset } in attempt.database().list(emulation.alternatives) {
        match check(attempt, space, emulation, ByteRange::from_length(offset, length))? {
            None => return Ok(offset),
            refusal => first = first.or(refusal),
        }
    }
    Err(first.unwrap_or(LayerReason::BrokenRecord).into())
}

/// Why a capability must not be there.
fn check<'db, D: ConfigAccess + ?Sized>(
    attempt: &mut Attempt<'_, '_, '_, '_, 'db, D>,
    space: Space,
    emulation: &Emulation,
    range: ByteRange,
) -> Step<'db, Option<LayerReason<'db>>, D::Error> {
    let Emulation { id, over_register, .. } = *emulation;
    let ByteRange { start: at, end } = range;
    if at < space.start() || end > space.end().min(attempt.survey.size) {
        return Ok(Some(LayerReason::OutOfBounds { offset: at }));
    }
    let refusal = attempt.survey.check_capability(space, range, over_register).map_err(Halt::Device)?;
    // The map counts in dwords.
    let dwords = ByteRange::new(at & !3, end.next_multiple_of(4));
    if attempt.is_for_pasid(dwords) {
        return Ok(Some(LayerReason::Pasid));
    }
    let layered = || attempt.stack.owns_in(dwords).then_some(Reason::LayerOwned);
    let abuts = || abutted(attempt, space, id, range).map(|at| Reason::SameIdAbuts { id, at });
    Ok(refusal.or_else(layered).or_else(abuts).map(|reason| LayerReason::NoPlace { id, at, reason }))
}

/// The extended capability of the same id that the guest sees directly before or after a range: Linux takes the two for one.
fn abutted<D: ConfigAccess + ?Sized>(
    attempt: &Attempt<'_, '_, '_, '_, '_, D>,
    space: Space,
    id: u16,
    range: ByteRange,
) -> Option<u16> {
    if space != Space::Extended {
        return None;
    }
    let map = &attempt.survey.map;
    let before = range.start.checked_sub(4).and_then(|below| map.nearest(below));
    let before = before.filter(|start| map.extent_end(*start) == range.start);
    let behind = map.start_at(range.end).filter(|start| start.offset == range.end);
    let is_seen =
        |start: &Start| start.space() == space && start.id == id && !attempt.stack.view.is_hidden(start.offset);
    let of_device = before.into_iter().chain(behind).find(is_seen).map(|start| start.offset);
    of_device.or_else(|| attempt.stack.abutted(id, range))
}

/// What the compiler allocated for an emulation on the device that applies.
fn allocated<D: ConfigAccess + ?Sized>(attempt: &Attempt<'_, '_, '_, '_, '_, D>, emulation: u32) -> Option<u16> {
    let entry = attempt.question.entry.filter(|entry| entry.database == attempt.layer.database)?;
    let is_for = |each: &Allocation| (each.layer, each.emulation) == (attempt.layer.index, emulation);
    attempt.database().list(entry.device.allocations).find(is_for).map(|each| each.offset)
}
