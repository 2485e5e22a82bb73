//! Arithmetic on runs of bytes.

pub use crate::tables::Range as ByteRange;

impl ByteRange {
    /// `start..end`.
    #[must_use]
    pub const fn new(start: u16, end: u16) -> Self {
        Self { start, end }
    }

    /// `length` bytes from `start`.
    #[must_use]
    pub const fn from_length(start: u16, length: u16) -> Self {
        Self { start, end: start.saturating_add(length) }
    }

    /// Whether a byte of the one is a byte of the other.
    #[must_use]
    pub const fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether every byte of `other` is a byte of this.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

#[cfg(test)]
mod tests {
    use super::ByteRange;

    #[test]
    fn ranges_are_half_open() {
        let range = ByteRange::from_length(0x400, 8);
        assert!(range.overlaps(ByteRange::new(0x407, 0x408)) && !range.overlaps(ByteRange::new(0x408, 0x410)));
        assert!(range.contains(range) && !range.contains(ByteRange::new(0x400, 0x409)));
    }
}
