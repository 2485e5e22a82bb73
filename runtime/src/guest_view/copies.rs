//! The copies of what is emulated or shielded, on a function whose space repeats: through one, a write reaches the same
//! register.

use crate::overlay::ClaimError;
use crate::tables::WriteClass;
use crate::{ByteSet, Overlay};

/// The first byte after the header, which is the VMM's own to emulate.
const FIRST: u16 = 0x40;

/// All offsets that show the same byte as `offset`, itself among them, after the header.
fn copies(offset: u16, every: u16, size: usize) -> impl Iterator<Item = u16> {
    let step = usize::from(every.max(1));
    (offset % every.max(1)..size as u16).step_by(step).filter(|&copy| copy >= FIRST)
}

/// Owns every copy of each byte that is owned. A copy reads as what it is of does at first, and takes no write.
///
/// # Errors
/// When the overlay has no room.
pub(super) fn own(overlay: &mut Overlay, every: u16) -> Result<(), ClaimError> {
    if every == 0 {
        return Ok(());
    }
    let size = overlay.size();
    let mut owned = ByteSet::EMPTY;
    (FIRST..size as u16).filter(|&at| overlay.owned_bits(at) != 0).for_each(|at| owned.insert(at..at + 1));
    for original in owned.iter() {
        let (bits, value) = (overlay.owned_bits(original), overlay.value(original));
        for copy in copies(original, every, size) {
            let free = bits & !overlay.owned_bits(copy);
            if free != 0 {
                overlay.own_bits(copy, &[free], &[value], WriteClass::Ro)?;
            }
        }
    }
    Ok(())
}

/// Adds every copy of each byte of a set.
pub(super) fn spread(set: &mut ByteSet, every: u16, size: usize) {
    if every == 0 {
        return;
    }
    let originals = set.clone();
    for copy in originals.iter().flat_map(|original| copies(original, every, size)) {
        set.insert(copy..copy + 1);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn each_repetition_has_one_copy_and_the_header_has_none() {
        assert!(copies(0x216, 0x400, 0x1000).eq([0x216, 0x616, 0xa16, 0xe16]));
        assert!(copies(0xa16, 0x400, 0x1000).eq([0x216, 0x616, 0xa16, 0xe16]));
        assert!(copies(0x404, 0x400, 0x1000).eq([0x404, 0x804, 0xc04]), "0x004 is the command register");
        let mut set = ByteSet::of(0x300..0x302);
        spread(&mut set, 0x100, 0x400);
        assert!(set.iter().eq([0x100, 0x101, 0x200, 0x201, 0x300, 0x301]));
    }

    #[test]
    fn who_owns_bits_of_a_copy_keeps_them() {
        let mut overlay = Overlay::new(0x1000);
        overlay.own_bits(0x300, &[0x0f], &[0x05], WriteClass::Rw).unwrap();
        overlay.own_bits(0x700, &[0x03], &[0x02], WriteClass::Rw).unwrap();
        own(&mut overlay, 0x400).unwrap();
        let read = |at| (overlay.owned_bits(at), overlay.value(at));
        assert_eq!([read(0x300), read(0x700), read(0xb00)], [(0x0f, 0x05), (0x0f, 0x06), (0x0f, 0x05)]);
        own(&mut overlay, 0).unwrap();
    }
}
