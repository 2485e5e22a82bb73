//! A set of dwords of configuration space: 1024 bits, no allocation.

use core::ops::Range;

use crate::SPACE;

/// A set of dwords, each named by an offset in it. What lies at or above [`SPACE`] is never a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DwordSet {
    words: [u64; SPACE / 4 / 64],
    /// Which words hold one: most hold none.
    used: u16,
}

impl DwordSet {
    pub(crate) const EMPTY: Self = Self { words: [0; SPACE / 4 / 64], used: 0 };

    /// Adds a dword; whether it is one of the space and was not in the set.
    pub(crate) fn insert(&mut self, offset: u16) -> bool {
        let at = usize::from(offset / 4);
        let Some(word) = self.words.get_mut(at / 64) else { return false };
        let bit = 1 << (at % 64);
        let is_new = *word & bit == 0;
        *word |= bit;
        self.used |= 1 << (at / 64);
        is_new
    }

    /// Adds the dwords that begin in a range of whole dwords; what lies beyond [`SPACE`] is left out.
    pub(crate) fn insert_all(&mut self, range: Range<u16>) {
        let (mut at, end) = (range.start / 4, (range.end / 4).min(SPACE as u16 / 4));
        while at < end {
            let next = end.min((at / 64 + 1) * 64);
            if let Some(word) = self.words.get_mut(usize::from(at / 64)) {
                *word |= u64::MAX >> (64 - (next - at)) << (at % 64);
                self.used |= 1 << (at / 64);
            }
            at = next;
        }
    }

    #[inline]
    pub(crate) fn contains(&self, offset: u16) -> bool {
        let at = usize::from(offset / 4);
        self.words.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 != 0)
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.used == 0
    }

    /// The first dword of the set that begins in a range of whole dwords.
    pub(crate) fn first_in(&self, range: Range<u16>) -> Option<u16> {
        let (at, end) = (range.start / 4, range.end / 4);
        let mut used = self.used & u16::MAX.checked_shl((at / 64).into())?;
        while used != 0 {
            let index = used.trailing_zeros() as u16;
            let inside = if index == at / 64 { u64::MAX << (at % 64) } else { u64::MAX };
            let rest = self.words.get(usize::from(index))? & inside;
            if rest != 0 {
                let found = index * 64 + rest.trailing_zeros() as u16;
                return (found < end).then_some(found * 4);
            }
            used &= used - 1;
        }
        None
    }

    /// The dwords of the set, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u16> + Clone + '_ {
        self.iter_in(0..SPACE as u16)
    }

    /// Those that begin in a range of whole dwords.
    #[inline]
    pub(crate) fn iter_in(&self, range: Range<u16>) -> impl Iterator<Item = u16> + Clone + '_ {
        let (at, end) = (range.start / 4, range.end / 4);
        let mut used = self.used & u16::MAX.checked_shl((at / 64).into()).unwrap_or(0);
        let mut below = !(u64::MAX << (at % 64));
        let (mut rest, mut base) = (0, 0);
        core::iter::from_fn(move || {
            while rest == 0 {
                let index = used.trailing_zeros() as u16;
                let word = self.words.get(usize::from(index))?;
                // Only of the first word that the range touches a part is outside.
                below = if index == at / 64 { below } else { 0 };
                (rest, base) = (word & !below, index * 64);
                used &= used - 1;
            }
            let found = base + rest.trailing_zeros() as u16;
            rest &= rest - 1;
            (found < end).then_some(found * 4)
        })
    }

    /// The last one.
    pub(crate) fn last_in(&self, range: Range<u16>) -> Option<u16> {
        let (start, end) = (range.start / 4, (range.end / 4).min(SPACE as u16 / 4));
        let last = end.checked_sub(1)?;
        let mut used = self.used & u16::MAX >> (15 - last / 64);
        while let Some(index) = used.checked_ilog2() {
            let above = if index as u16 == last / 64 { 63 - last % 64 } else { 0 };
            let rest = self.words.get(index as usize)? << above >> above;
            if let Some(bit) = rest.checked_ilog2() {
                let found = (index * 64 + bit) as u16;
                return (found >= start).then_some(found * 4);
            }
            used &= !(1 << index);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::DwordSet;

    #[test]
    fn the_nearest_members_are_found_as_by_looking_at_each() {
        let members = [0, 4, 0xfc, 0x100, 0x1f8, 0x3fc, 0x400, 0xffc];
        let mut set = DwordSet::EMPTY;
        assert!(members.iter().all(|&offset| set.insert(offset)) && !set.insert(0x101) && !set.insert(0x1000));
        let ends = (0..=0x1000).step_by(4).filter(|at| at % 0x100 < 0x10 || at % 0x100 > 0xf0);
        for start in ends.clone() {
            for end in ends.clone() {
                let mut inside = members.iter().copied().filter(|offset| (start..end).contains(offset));
                assert_eq!(set.first_in(start..end), inside.clone().next(), "{start:#x}..{end:#x}");
                assert_eq!(set.last_in(start..end), inside.next_back(), "{start:#x}..{end:#x}");
                let mut all = DwordSet::EMPTY;
                all.insert_all(start..end);
                assert!(all.iter().eq((start..end.max(start)).step_by(4)), "{start:#x}..{end:#x}");
                let inside = members.iter().copied().filter(|offset| (start..end).contains(offset));
                assert!(set.iter_in(start..end).eq(inside), "{start:#x}..{end:#x}");
            }
        }
        assert!(set.iter().eq(members) && !set.is_empty() && DwordSet::EMPTY.is_empty());
        assert!(set.contains(0x3ff) && !set.contains(0x404) && !set.contains(0x1000));
    }
}
