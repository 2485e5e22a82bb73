//! A set of bytes of configuration space: 4096 bits, no allocation.

use core::ops::Range;

use crate::SPACE;

/// A set of byte offsets below [`SPACE`]. Offsets at or above it are never members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByteSet {
    words: [u64; SPACE / 64],
    /// Which words are not 0.
    used: u64,
}

impl ByteSet {
    /// No byte.
    pub const EMPTY: Self = Self { words: [0; SPACE / 64], used: 0 };

    /// Every byte of configuration space.
    pub const ALL: Self = Self { words: [u64::MAX; SPACE / 64], used: u64::MAX };

    /// The bytes of one range; what lies beyond [`SPACE`] is left out.
    #[must_use]
    pub fn of(range: Range<u16>) -> Self {
        let mut set = Self::EMPTY;
        set.insert(range);
        set
    }

    /// The set as 64 numbers: bit `n % 64` of number `n / 64` is byte `n`.
    pub(crate) fn words(&self) -> &[u64; SPACE / 64] {
        &self.words
    }

    pub(crate) fn from_words(words: [u64; SPACE / 64]) -> Self {
        let mut set = Self { words, used: 0 };
        set.note_used();
        set
    }

    /// Finds out which words are not 0.
    fn note_used(&mut self) {
        let bits = self.words.iter().enumerate().map(|(index, word)| u64::from(*word != 0) << index);
        self.used = bits.fold(0, |used, bit| used | bit);
    }

    /// Adds a range; what lies beyond [`SPACE`] is left out.
    pub fn insert(&mut self, range: Range<u16>) {
        self.each_word(range, |word, bits| *word |= bits);
    }

    /// Takes a range out.
    pub fn remove(&mut self, range: Range<u16>) {
        self.each_word(range, |word, bits| *word &= !bits);
    }

    /// Adds all bytes of another set.
    pub fn union(&mut self, other: &Self) {
        for (word, bits) in self.words.iter_mut().zip(&other.words) {
            *word |= bits;
        }
        self.used |= other.used;
    }

    /// Keeps only bytes that are in another set too.
    pub fn intersect(&mut self, other: &Self) {
        for (word, bits) in self.words.iter_mut().zip(&other.words) {
            *word &= bits;
        }
        self.note_used();
    }

    /// Takes all bytes of another set out.
    pub fn subtract(&mut self, other: &Self) {
        for (word, bits) in self.words.iter_mut().zip(&other.words) {
            *word &= !bits;
        }
        self.note_used();
    }

    /// The bytes of the set, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u16> + '_ {
        let mut from = 0;
        core::iter::from_fn(move || {
            let offset = self.first_in(from..SPACE as u16)?;
            from = offset + 1;
            Some(offset)
        })
    }

    /// Whether the byte is in the set.
    #[must_use]
    pub fn contains(&self, offset: u16) -> bool {
        let offset = usize::from(offset);
        self.words.get(offset / 64).is_some_and(|word| word >> (offset % 64) & 1 != 0)
    }

    /// The first byte of the range that is in the set.
    #[must_use]
    pub fn first_in(&self, range: Range<u16>) -> Option<u16> {
        let first = u32::from(range.start / 64);
        let mut used = self.used & u64::MAX.checked_shl(first)?;
        while used != 0 {
            let index = used.trailing_zeros();
            let inside = if index == first { u64::MAX << (range.start % 64) } else { u64::MAX };
            let found = self.words.get(index as usize)? & inside;
            if found != 0 {
                let found = (index * 64 + found.trailing_zeros()) as u16;
                return (found < range.end).then_some(found);
            }
            used &= used - 1;
        }
        None
    }

    /// Whether a range has a byte in the set.
    #[must_use]
    pub fn intersects(&self, range: Range<u16>) -> bool {
        self.first_in(range).is_some()
    }

    /// Calls `change` with each word that the range touches and the range's bits in it.
    fn each_word(&mut self, range: Range<u16>, mut change: impl FnMut(&mut u64, u64)) {
        let (start, end) = (usize::from(range.start), usize::from(range.end).min(SPACE));
        let mut at = start;
        while at < end {
            let (index, next) = (at / 64, end.min((at / 64 + 1) * 64));
            change(&mut self.words[index], u64::MAX >> (64 - (next - at)) << (at % 64));
            self.used = self.used & !(1 << index) | u64::from(self.words[index] != 0) << index;
            at = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ByteSet;

    #[test]
    fn a_range_is_in_and_its_neighbours_are_not() {
        for (start, end) in [(0, 1), (63, 65), (0x100, 0x108), (60, 200), (0, 4096), (4095, 4096)] {
            let set = ByteSet::of(start..end);
            for offset in 0..4096 {
                assert_eq!(set.contains(offset), (start..end).contains(&offset), "{start}..{end} at {offset}");
            }
        }
    }

    #[test]
    fn what_lies_beyond_the_space_is_left_out() {
        assert_eq!(ByteSet::of(4096..u16::MAX), ByteSet::EMPTY);
        assert_eq!(ByteSet::of(0..u16::MAX), ByteSet::ALL);
        assert!(!ByteSet::ALL.contains(4096));
    }

    #[test]
    #[expect(clippy::reversed_empty_ranges, reason = "hostile input may be reversed")]
    fn a_reversed_range_is_empty() {
        assert_eq!(ByteSet::of(9..3), ByteSet::EMPTY);
    }

    #[test]
    fn sets_are_added_cut_and_reduced() {
        let mut set = ByteSet::of(0x40..0x60);
        set.union(&ByteSet::of(0x100..0x104));
        set.remove(0x44..0x50);
        set.intersect(&ByteSet::of(0x42..0x102));
        assert_eq!(set.first_in(0..0x1000), Some(0x42));
        assert_eq!(set.first_in(0x44..0x60), Some(0x50));
        assert!(set.intersects(0x101..0x200) && !set.intersects(0x102..0x200));
        set.subtract(&ByteSet::of(0x43..0x5f));
        assert!(set.iter().eq([0x42, 0x5f, 0x100, 0x101]));
        assert!(ByteSet::ALL.iter().eq(0..0x1000));
    }
}
