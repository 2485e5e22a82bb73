//! A set of dwords of configuration space: 1024 bits, no allocation.

use core::ops::Range;

use crate::SPACE;

/// A set of dwords, each named by an offset in it. What lies at or above [`SPACE`] is never a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DwordSet {
    words: [u64; SPACE / 4 / 64],
}

impl DwordSet {
    pub(crate) const EMPTY: Self = Self { words: [0; SPACE / 4 / 64] };

    /// Adds a dword; whether it is one of the space and was not in the set.
    pub(crate) fn insert(&mut self, offset: u16) -> bool {
        let at = usize::from(offset / 4);
        let Some(word) = self.words.get_mut(at / 64) else { return false };
        let bit = 1 << (at % 64);
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    /// Adds the dwords that begin in a range of whole dwords; what lies beyond [`SPACE`] is left out.
    pub(crate) fn insert_all(&mut self, range: Range<u16>) {
        let (mut at, end) = (range.start / 4, (range.end / 4).min(SPACE as u16 / 4));
        while at < end {
            let next = end.min((at / 64 + 1) * 64);
            if let Some(word) = self.words.get_mut(usize::from(at / 64)) {
                *word |= u64::MAX >> (64 - (next - at)) << (at % 64);
            }
            at = next;
        }
    }

    #[inline]
    pub(crate) fn contains(&self, offset: u16) -> bool {
        let at = usize::from(offset / 4);
        self.words.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 != 0)
    }

    /// The first dword of the set that begins in a range of whole dwords.
    pub(crate) fn first_in(&self, range: Range<u16>) -> Option<u16> {
        let (mut at, end) = (range.start / 4, range.end / 4);
        while at < end {
            let rest = self.words.get(usize::from(at / 64))? >> (at % 64);
            if rest != 0 {
                let found = at + rest.trailing_zeros() as u16;
                return (found < end).then_some(found * 4);
            }
            at = (at / 64 + 1) * 64;
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
        let words = self.words.get(usize::from(at / 64)..usize::from(end.div_ceil(64)).min(self.words.len()));
        let mut words = words.unwrap_or(&[]).iter();
        let mut rest = words.next().map_or(0, |first| first & u64::MAX << (at % 64));
        let mut base = at / 64 * 64;
        core::iter::from_fn(move || {
            while rest == 0 {
                rest = *words.next()?;
                base += 64;
            }
            let found = base + rest.trailing_zeros() as u16;
            rest &= rest - 1;
            (found < end).then_some(found * 4)
        })
    }

    /// The last one.
    pub(crate) fn last_in(&self, range: Range<u16>) -> Option<u16> {
        let (start, mut end) = (range.start / 4, (range.end / 4).min(SPACE as u16 / 4));
        while start < end {
            let last = end - 1;
            let rest = self.words.get(usize::from(last / 64))? << (63 - last % 64);
            if rest != 0 {
                let found = last.checked_sub(rest.leading_zeros() as u16)?;
                return (found >= start).then_some(found * 4);
            }
            end = last / 64 * 64;
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
        assert!(set.iter().eq(members));
        assert!(set.contains(0x3ff) && !set.contains(0x404) && !set.contains(0x1000));
    }
}
