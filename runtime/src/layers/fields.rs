//! Emulated fields in what the device has: in its header, its capabilities, its registers.

use super::attempt::{Attempt, Halt, Step};
use super::stack::Want;
use super::value;
use crate::ConfigAccess;
use crate::capability::Space;
use crate::decision::LayerReason;
use crate::overlay::Lock;
use crate::tables::{Anchor, Emulation, Field, ValueKind, WriteClass};

/// Owns the fields of one statement.
pub(super) fn in_device<'db, D: ConfigAccess + ?Sized>(
    attempt: &mut Attempt<'_, '_, '_, '_, 'db, D>,
    emulation: &Emulation,
) -> Step<'db, (), D::Error> {
    for field in attempt.database().list(emulation.fields) {
        let (base, end) = base(attempt, &field)?;
        let offset = base.checked_add(field.offset).ok_or(LayerReason::OutOfBounds { offset: base })?;
        if u32::from(offset) + u32::from(field.length) > u32::from(end) {
            return Err(LayerReason::OutOfBounds { offset }.into());
        }
        let lock = lock(attempt.survey.size, &field, base)?;
        each_byte(attempt, &field, offset, |attempt, index, value| {
            let at = offset + index;
            let mut bits = value::bits(&field, index);
            if field.value_kind == ValueKind::Device && !value::is_forced(&field) {
                // A list reads as it is anyhow, and may have to change.
                bits &= !attempt.list_bits(at);
            }
            attempt.own(Want { offset: at, bits, value, class: field.class, forced: value, lock })
        })?;
    }
    Ok(())
}

/// What a field's offset counts from, and the end of that.
fn base<'db, D: ConfigAccess + ?Sized>(
    attempt: &mut Attempt<'_, '_, '_, '_, 'db, D>,
    field: &Field,
) -> Step<'db, (u16, u16), D::Error> {
    let space = match field.anchor {
        Anchor::Space => return Ok((0, attempt.survey.size)),
        Anchor::Owner => return Err(LayerReason::BrokenRecord.into()),
        Anchor::Capability => Space::Conventional,
        Anchor::Extended => Space::Extended,
    };
    let id = field.anchor_id;
    let sub = field.has_sub_id.then_some((field.sub_vendor, field.sub_id));
    let base = attempt.first(space, id, sub)?.ok_or(LayerReason::AnchorAbsent { space, id, sub })?;
    let end = attempt.end_of(base)?;
    Ok((base, end))
}

/// What locks a field that counts from a base.
pub(super) fn lock<'db>(size: u16, field: &Field, base: u16) -> Result<Lock, LayerReason<'db>> {
    if field.class != WriteClass::Rwl {
        return Ok(Lock::default());
    }
    let offset = base.checked_add(field.lock).filter(|&offset| offset < size);
    let offset = offset.ok_or(LayerReason::OutOfBounds { offset: base })?;
    Ok(Lock { offset, bits: field.lock_bits })
}

/// Hands every byte of a field whose first one is at `offset` to `own`: its index, and its value, which is what it is
/// forced to if it is.
pub(super) fn each_byte<'a, 's, 'v, 'o, 'db, D: ConfigAccess + ?Sized>(
    attempt: &mut Attempt<'a, 's, 'v, 'o, 'db, D>,
    field: &Field,
    offset: u16,
    mut own: impl FnMut(&mut Attempt<'a, 's, 'v, 'o, 'db, D>, u16, u8) -> Result<(), LayerReason<'db>>,
) -> Step<'db, (), D::Error>
where
    'db: 'a,
{
    const CHUNK: u16 = 64;
    let end = u32::from(offset) + u32::from(field.length);
    if end > u32::from(attempt.survey.size) {
        return Err(LayerReason::OutOfBounds { offset }.into());
    }
    if field.value_kind == ValueKind::Device && !value::is_forced(field) {
        for start in (0..field.length).step_by(usize::from(CHUNK)) {
            let mut bytes = [0; CHUNK as usize];
            let count = CHUNK.min(field.length - start);
            attempt.read(offset + start, &mut bytes[..usize::from(count)])?;
            for (index, byte) in (start..start + count).zip(bytes) {
                own(attempt, index, byte)?;
            }
        }
        return Ok(());
    }
    let value = value::evaluate(attempt.database(), field, &attempt.params);
    let value = value.ok_or(Halt::Refused(LayerReason::NoValue { offset }))?;
    for index in 0..field.length {
        own(attempt, index, value.at(index))?;
    }
    Ok(())
}
