//! Which bits of a byte have an owner, and which of them take what is written: a code of four bits for each byte.
//!
//! Most bytes are the device's, or owned whole. What these are is in their code; of other pairs of masks a few are learnt as
//! they come, and what does not fit there is in a small table.

use super::masks::Masks;
use super::odd::OddBytes;
use crate::SPACE;

/// Nobody owns a bit: the byte is the device's.
const DEVICE: u16 = 0;
/// Nobody owns a bit, and writes are dropped.
const DROPPED: u16 = 1;
/// Owned whole, and no bit takes what is written.
const READ_ONLY: u16 = 8;
/// The same of all bytes of a dword.
const ALL_READ_ONLY: u16 = READ_ONLY * 0x1111;
/// Owned whole, and all bits take what is written.
const READ_WRITE: u16 = 9;
/// Nobody owns a bit, yet the byte reads 0 and drops writes.
const DENIED: u16 = 10;
/// The codes that are learnt, for bytes of which a part is owned and for those that are owned whole.
const LEARNT: [[u16; 3]; 2] = [[4, 5, 6], [12, 13, 14]];
/// The codes of the bytes that the table has.
const ODD: [u16; 2] = [7, 15];

/// In a code: the whole byte is answered here.
const WHOLE: u64 = 8;
/// In a code: its masks must be looked up.
const LOOKED_UP: u64 = 4;
/// In a code that is not looked up: all bits are writable, or the byte drops what is written.
const WRITABLE: u64 = 1;

/// What the learnt codes mean.
#[derive(Clone, Copy)]
struct Meanings {
    owned: [u8; 16],
    writable: [u8; 16],
    /// How many bytes have each that is learnt; 0 for one that is free.
    uses: [u16; 16],
}

impl Meanings {
    const NONE: Self = Self { owned: [0; 16], writable: [0; 16], uses: [0; 16] };

    /// The code of these masks, which are learnt if there is room.
    #[inline(always)]
    fn code(&mut self, masks: Masks) -> Option<u16> {
        match masks {
            Masks { owned: 0, .. } => Some(DEVICE),
            Masks { owned: 0xff, writable: 0 } => Some(READ_ONLY),
            Masks { owned: 0xff, writable: 0xff } => Some(READ_WRITE),
            _ => self.learn(masks),
        }
    }

    #[inline(never)]
    fn learn(&mut self, masks: Masks) -> Option<u16> {
        let codes = LEARNT[usize::from(masks.owned == 0xff)].map(usize::from);
        let has = |code: usize| Masks { owned: self.owned[code], writable: self.writable[code] };
        let known = codes.into_iter().find(|&code| self.uses[code] != 0 && has(code) == masks);
        let code = known.or_else(|| codes.into_iter().find(|&code| self.uses[code] == 0))?;
        (self.owned[code], self.writable[code]) = (masks.owned, masks.writable);
        self.uses[code] += 1;
        Some(code as u16)
    }

    /// A byte no longer has this code.
    fn forget(&mut self, code: u16) {
        let uses = &mut self.uses[usize::from(code % 16)];
        *uses = uses.saturating_sub(1);
    }
}

/// Whether masks find room, before any is set.
pub(super) struct Room {
    meanings: Meanings,
    odd: usize,
}

/// What codes mean that are looked up.
#[derive(Clone)]
pub(super) struct OwnershipTables {
    meanings: Meanings,
    odd: OddBytes,
}

impl OwnershipTables {
    pub(super) const NONE: Self = Self { meanings: Meanings::NONE, odd: OddBytes::EMPTY };

    /// Become as others are.
    pub(super) fn copy_from(&mut self, from: &Self) {
        self.meanings = from.meanings;
        self.odd.copy_from(&from.odd);
    }
}

/// The masks of all bytes.
#[derive(Clone)]
pub(super) struct Ownership {
    /// The codes of each dword's bytes, that of the first lowest; two more dwords, so that an access can look past the last.
    dwords: [u16; SPACE / 4 + 2],
    tables: OwnershipTables,
}

/// The codes of the bytes of an access, that of the first lowest.
#[derive(Clone, Copy)]
pub(super) struct Codes<const N: usize>(u64);

impl<const N: usize> Codes<N> {
    /// A flag of each code.
    const fn each(flag: u64) -> u64 {
        flag * (0x1111_1111 >> (32 - 4 * N))
    }

    /// Whether all bytes are the device's.
    #[inline(always)]
    pub(super) const fn are_device(self) -> bool {
        self.0 == 0
    }

    /// Whether every byte is answered here, all its bits.
    #[inline(always)]
    pub(super) const fn are_whole(self) -> bool {
        !self.0 & Self::each(WHOLE) == 0
    }

    /// Whether every byte is answered here, and their codes say which are writable.
    #[inline(always)]
    pub(super) const fn are_plain_whole(self) -> bool {
        self.0 & Self::each(WHOLE | LOOKED_UP) == Self::each(WHOLE)
    }

    /// The codes that must be looked up, by their flag.
    #[inline(always)]
    const fn looked_up(self) -> u64 {
        self.0 & Self::each(LOOKED_UP)
    }

    /// The bits of all bytes that are answered here whole.
    #[inline(always)]
    const fn whole(self) -> u64 {
        Self::spread(self.0 >> 3 & Self::each(1))
    }

    /// Whether no bit is writable, where no code is looked up.
    #[inline(always)]
    pub(super) const fn are_read_only(self) -> bool {
        self.0 & Self::each(WRITABLE) == 0
    }

    /// The bits of all bytes whose code says that they are writable.
    #[inline(always)]
    pub(super) const fn writable(self) -> u64 {
        Self::spread(self.0 & !(self.0 >> 2) & Self::each(WRITABLE))
    }

    /// All bits of each byte whose code has its lowest bit here.
    #[inline(always)]
    const fn spread(mut flags: u64) -> u64 {
        if N > 4 {
            flags = (flags | flags << 16) & 0x0000_ffff_0000_ffff;
        }
        if N > 2 {
            flags = (flags | flags << 8) & 0x00ff_00ff_00ff_00ff;
        }
        if N > 1 {
            flags = (flags | flags << 4) & 0x0f0f_0f0f_0f0f_0f0f;
        }
        flags * 0xff
    }
}

/// The dwords that a range of bytes touches, by their index, and the bits of the range's codes in each.
#[inline(always)]
fn by_dword(mut at: usize, length: usize) -> impl Iterator<Item = (usize, u16)> {
    let end = at + length;
    core::iter::from_fn(move || {
        let count = (4 - at % 4).min(end.checked_sub(at).filter(|&rest| rest != 0)?);
        let part = (at / 4, 0xffff >> (16 - 4 * count) << (at % 4 * 4));
        at += count;
        Some(part)
    })
}

impl Ownership {
    pub(super) const NONE: Self = Self { dwords: [0; SPACE / 4 + 2], tables: OwnershipTables::NONE };

    /// The codes of an aligned dword's bytes.
    #[inline(always)]
    pub(super) fn of_dword(&self, index: usize) -> Option<Codes<4>> {
        self.dwords.get(index).map(|&codes| Codes(codes.into()))
    }

    /// The codes of an access of 1, 2, 4 or 8 bytes; `None` if it begins past the space.
    #[inline(always)]
    pub(super) fn of_access<const N: usize>(&self, at: usize) -> Option<Codes<N>> {
        let &[first, second, third] = self.dwords.get(at / 4..)?.first_chunk()?;
        let codes = u64::from(first) | u64::from(second) << 16 | if N > 4 { u64::from(third) << 32 } else { 0 };
        Some(Codes(codes >> (at % 4 * 4) & Codes::<N>::each(0xf)))
    }

    /// The bits of an access that are answered here.
    #[inline(always)]
    pub(super) fn answered<const N: usize>(&self, at: usize, codes: Codes<N>) -> u64 {
        let parts = codes.looked_up() & !(codes.0 >> 1);
        if parts == 0 { codes.whole() } else { self.answered_in_part(at, codes, parts) }
    }

    /// The same where a part of a byte is.
    #[inline(never)]
    fn answered_in_part<const N: usize>(&self, at: usize, codes: Codes<N>, parts: u64) -> u64 {
        codes.whole() | self.masks_of(at, parts, |masks| masks.owned)
    }

    /// The bits of an access that take what is written; of bytes that are not owned, nobody asks.
    #[inline(always)]
    pub(super) fn writable<const N: usize>(&self, at: usize, codes: Codes<N>) -> u64 {
        codes.writable() | self.masks_of(at, codes.looked_up(), |masks| masks.writable)
    }

    /// The masks of those bytes of an access whose code has its flag [`LOOKED_UP`] here.
    #[inline(always)]
    fn masks_of(&self, at: usize, mut flags: u64, mask: impl Fn(Masks) -> u8) -> u64 {
        let mut bits = 0;
        while flags != 0 {
            let index = flags.trailing_zeros() as usize / 4;
            bits |= u64::from(mask(self.masks(at + index))) << (8 * index);
            flags &= flags - 1;
        }
        bits
    }

    #[inline(always)]
    fn code(&self, at: usize) -> u16 {
        self.dwords.get(at / 4).map_or(DEVICE, |codes| codes >> (at % 4 * 4) & 0xf)
    }

    #[inline(always)]
    fn put(&mut self, at: usize, code: u16) {
        if let Some(codes) = self.dwords.get_mut(at / 4) {
            let shift = at % 4 * 4;
            *codes = *codes & !(0xf << shift) | code << shift;
        }
    }

    /// The masks of a byte.
    #[inline(always)]
    pub(super) fn masks(&self, at: usize) -> Masks {
        let code = self.code(at);
        if u64::from(code) & LOOKED_UP != 0 {
            return self.learnt(code, at);
        }
        let all_if = |condition: bool| if condition { 0xff } else { 0 };
        Masks { owned: all_if(matches!(code, READ_ONLY | READ_WRITE)), writable: all_if(code == READ_WRITE) }
    }

    #[inline]
    fn learnt(&self, code: u16, at: usize) -> Masks {
        if ODD.contains(&code) {
            return self.tables.odd.get(at);
        }
        let code = usize::from(code % 16);
        Masks { owned: self.tables.meanings.owned[code], writable: self.tables.meanings.writable[code] }
    }

    /// Whether writes of the byte reach the device.
    pub(super) fn is_device(&self, at: usize) -> bool {
        self.code(at) == DEVICE
    }

    /// Whether writes of all these bytes reach the device.
    #[inline(always)]
    pub(super) fn are_device(&self, at: usize, length: usize) -> bool {
        by_dword(at, length).all(|(index, bits)| self.codes(index) & bits == 0)
    }

    /// Gives bytes of the device an owner that lets nobody write them.
    #[inline(always)]
    pub(super) fn set_read_only(&mut self, at: usize, length: usize) {
        for (index, bits) in by_dword(at, length) {
            if let Some(codes) = self.dwords.get_mut(index) {
                *codes = *codes & !bits | ALL_READ_ONLY & bits;
            }
        }
    }

    /// Where bytes of which bits change at a reset may be, eight at a time: those that are not all read-only or the device's.
    pub(super) fn changeable(&self) -> impl Iterator<Item = usize> + '_ {
        let has_any = |codes: u16| u64::from(codes) & Codes::<4>::each(WRITABLE | LOOKED_UP) != 0;
        let dwords = self.dwords.iter().take(SPACE / 4).enumerate();
        dwords.filter(move |(_, codes)| has_any(**codes)).flat_map(|(index, _)| index * 4..index * 4 + 4)
    }

    /// How many bytes find room whatever their masks are.
    #[inline(always)]
    pub(super) fn odd_room(&self) -> usize {
        self.tables.odd.room()
    }

    /// What there is room for.
    pub(super) fn room(&self) -> Room {
        Room { meanings: self.tables.meanings, odd: self.tables.odd.room() }
    }

    /// Takes the room that a byte with these masks needs; `false` if there is none.
    #[inline(always)]
    pub(super) fn fits(&self, room: &mut Room, at: usize, masks: Masks) -> bool {
        let old = self.code(at);
        if ODD.contains(&old) {
            room.odd += 1;
        } else {
            room.meanings.forget(old);
        }
        if room.meanings.code(masks).is_some() {
            return true;
        }
        let left = room.odd.checked_sub(1);
        room.odd = left.unwrap_or(0);
        left.is_some()
    }

    /// Gives a byte these masks, for which there is room.
    #[inline(always)]
    pub(super) fn set(&mut self, at: usize, masks: Masks) {
        let old = self.code(at);
        if u64::from(old) & LOOKED_UP != 0 {
            self.clear(at, old);
        }
        self.set_new(at, masks);
    }

    /// The same for a byte of which nobody owns a bit.
    #[inline(always)]
    pub(super) fn set_new(&mut self, at: usize, masks: Masks) {
        let code = self.tables.meanings.code(masks).unwrap_or_else(|| {
            self.tables.odd.set(at, masks);
            ODD[usize::from(masks.owned == 0xff)]
        });
        self.put(at, code);
    }

    /// Drops what is written to a byte of which nobody owns a bit.
    pub(super) fn drop_writes(&mut self, at: usize) {
        self.put(at, DROPPED);
    }

    /// Answers a byte of which nobody owns a bit with 0, and drops what is written to it.
    pub(super) fn deny(&mut self, at: usize) {
        self.put(at, DENIED);
    }

    /// Nobody owns a bit any more.
    pub(super) fn clear_all(&mut self) {
        self.dwords.fill(0);
        self.tables.meanings = Meanings::NONE;
        self.tables.odd.clear();
    }

    /// Becomes as another is.
    pub(super) fn copy_from(&mut self, from: &Self) {
        self.dwords = from.dwords;
        self.tables.copy_from(&from.tables);
    }

    /// The codes of a dword's bytes; 0 where they are all the device's.
    pub(super) fn codes(&self, index: usize) -> u16 {
        self.dwords.get(index).copied().unwrap_or(0)
    }

    /// Sets the codes of a dword's bytes, which mean what the tables say.
    pub(super) fn set_codes(&mut self, index: usize, codes: u16) {
        if let Some(old) = self.dwords.get_mut(index) {
            *old = codes;
        }
    }

    pub(super) fn tables(&self) -> &OwnershipTables {
        &self.tables
    }

    pub(super) fn tables_mut(&mut self) -> &mut OwnershipTables {
        &mut self.tables
    }

    #[inline(never)]
    fn clear(&mut self, at: usize, old: u16) {
        if ODD.contains(&old) {
            self.tables.odd.remove(at);
        } else {
            self.tables.meanings.forget(old);
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::collections::BTreeMap;

    use super::*;

    /// Numbers that look random and are the same each time.
    fn numbers() -> impl Iterator<Item = usize> {
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        core::iter::repeat_with(move || {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            (state >> 33) as usize
        })
    }

    fn lanes<const N: usize>(ownership: &Ownership, at: usize) -> Option<(u64, u64)> {
        let codes = ownership.of_access::<N>(at)?;
        Some((ownership.answered(at, codes), ownership.writable(at, codes)))
    }

    #[test]
    fn masks_are_what_was_set_last_whatever_code_they_get() {
        let mut ownership = Ownership::NONE;
        let mut model = BTreeMap::<usize, Masks>::new();
        let mut numbers = numbers();
        let mut next = |below: usize| numbers.next().unwrap_or(0) % below;
        let owned = [0, 0x0f, 0xf0, 0xff, 0xff, 0xff];
        let (mut refused, mut taken) = (0, 0);
        for _ in 0..20_000 {
            let at = [next(40), SPACE - 1 - next(40), 0x800 + next(600)][next(3)];
            let owned = owned[next(owned.len())];
            let masks = Masks { owned, writable: [0, 0xff, 0x01 << next(8)][next(3)] & owned };
            if ownership.fits(&mut ownership.room(), at, masks) {
                ownership.set(at, masks);
                model.insert(at, masks);
                taken += 1;
            } else {
                refused += 1;
            }
        }
        assert!(refused > 100 && taken > 10_000, "{refused} refused, {taken} taken");
        let of = |at: usize| model.get(&at).copied().unwrap_or_default();
        for at in 0..SPACE {
            assert_eq!(ownership.masks(at), of(at), "{at:#x}");
            let wide = |length: usize, mask: fn(Masks) -> u8| {
                (0..length).fold(0, |bits, index| bits | u64::from(mask(of(at + index))) << (8 * index))
            };
            let model = |length| (wide(length, |masks| masks.owned), wide(length, |masks| masks.writable));
            assert_eq!(lanes::<1>(&ownership, at), Some(model(1)), "{at:#x}");
            assert_eq!(lanes::<2>(&ownership, at), Some(model(2)), "{at:#x}");
            assert_eq!(lanes::<4>(&ownership, at), Some(model(4)), "{at:#x}");
            assert_eq!(lanes::<8>(&ownership, at), Some(model(8)), "{at:#x}");
        }
        assert!(lanes::<4>(&ownership, SPACE + 4).is_none());
    }

    #[test]
    fn codes_that_nobody_has_any_more_are_learnt_anew() {
        let mut ownership = Ownership::NONE;
        for owned in 1..=0xfe {
            for at in 0..SPACE {
                assert!(ownership.fits(&mut ownership.room(), at, Masks { owned, writable: 0 }), "{at:#x}, {owned:#x}");
                ownership.set(at, Masks { owned, writable: 0 });
            }
        }
    }
}
