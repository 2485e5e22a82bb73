//! Where an emulated capability goes: where the compiler allocated it, or the first alternative that overlaps nothing.

use super::LayerReason;
use super::attempt::{Attempt, Halt, Step};
use crate::capability::Space;
use crate::reason::Reason;
use crate::tables::{Allocation, Emulation};
use crate::{ByteRange, ConfigAccess};

/// The offset of an emulated capability.
pub(super) fn find<'db, D: ConfigAccess + ?Sized>(
    attempt: &mut Attempt<'_, '_, 'db, D>,
    space: Space,
    index: u32,
    emulation: &Emulation,
) -> Step<'db, u16, D::Error> {
    let Emulation { id, length, .. } = *emulation;
    if emulation.in_free {
        let at = allocated(attempt, index).ok_or(LayerReason::NoAllocation { space, id })?;
        let range = ByteRange::from_length(at, length);
        let undeclared = |attempt: &Attempt<'_, '_, 'db, D>| {
            (!attempt.site.map.is_declared_free(range)).then_some(Reason::NotDeclaredFree)
        };
        let refusal = match attempt.refusal {
            Some(reason) => Some(reason),
            None => check(attempt, space, range)?.or_else(|| undeclared(attempt)),
        };
        return refusal.map_or(Ok(at), |reason| Err(LayerReason::NoPlace { id, at, reason }.into()));
    }
    let mut first = None;
    for alternative in attempt.database().list(emulation.alternatives) {
        let at = alternative.offset;
        match check(attempt, space, ByteRange::from_length(at, length))? {
            None => return Ok(at),
            Some(reason) => first = first.or(Some(LayerReason::NoPlace { id, at, reason })),
        }
    }
    Err(first.unwrap_or(LayerReason::BrokenRecord).into())
}

/// Why a capability must not be there.
fn check<'db, D: ConfigAccess + ?Sized>(
    attempt: &mut Attempt<'_, '_, 'db, D>,
    space: Space,
    range: ByteRange,
) -> Step<'db, Option<Reason>, D::Error> {
    let end = space.end().min(attempt.site.size);
    if range.start < space.start() || range.end > end {
        return Err(LayerReason::OutOfBounds { offset: range.start }.into());
    }
    let refusal = attempt.site.check_capability(space, range).map_err(Halt::Device)?;
    // The map counts in dwords.
    let dwords = ByteRange::new(range.start & !3, range.end.next_multiple_of(4));
    let layered = || attempt.stack.owns_in(dwords).then_some(Reason::LayerOwned);
    Ok(refusal.or_else(layered))
}

/// What the compiler allocated for an emulation on the device that applies.
fn allocated<D: ConfigAccess + ?Sized>(attempt: &Attempt<'_, '_, '_, D>, emulation: u32) -> Option<u16> {
    let entry = attempt.question.entry.filter(|entry| entry.database == attempt.layer.database)?;
    let is_for = |each: &Allocation| (each.layer, each.emulation) == (attempt.layer.index, emulation);
    attempt.database().list(entry.device.allocations).find(is_for).map(|each| each.offset)
}
