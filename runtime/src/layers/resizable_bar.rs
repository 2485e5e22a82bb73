//! Resizable BARs that cannot be resized: each offers the size that it has, and its control is read-only.

use super::attempt::{Attempt, Step};
use crate::ConfigAccess;
use crate::bounded::Bounded;
use crate::capability::{REBAR, Space};
use crate::decision::LayerReason;

/// Most BARs, and so most entries of the capability.
const BARS: u16 = 6;

/// Pins every entry of every visible capability.
pub(super) fn pin<'db, D: ConfigAccess + ?Sized>(
    attempt: &mut Attempt<'_, '_, '_, '_, 'db, D>,
) -> Step<'db, (), D::Error> {
    let mut found = Bounded::<u16, 8>::new();
    for start in attempt.seen(Space::Extended).filter(|start| start.id == REBAR) {
        found.push(start.offset);
    }
    if found.overflow() != 0 {
        return Err(LayerReason::NoRoom.into());
    }
    for &start in found.iter() {
        let count = (attempt.read_dword(start.saturating_add(8))? >> 5 & 7) as u16;
        for entry in 0..count.min(BARS) {
            let capability = start.saturating_add(4 + 8 * entry);
            let control = attempt.read_dword(capability.saturating_add(4))?;
            // 1 MiB << size. The sizes from 2^28 MiB on are offered in the control register.
            let size = control >> 8 & 0x3f;
            let (low, high) = match size {
                0..28 => (1 << (4 + size), 0),
                28..44 => (0, 1 << (size - 12)),
                _ => (0, 0),
            };
            attempt.own_dword(capability, 0xffff_fff0, low)?;
            attempt.own_dword(capability + 4, u32::MAX, control & 0xffff | high)?;
        }
    }
    Ok(())
}
