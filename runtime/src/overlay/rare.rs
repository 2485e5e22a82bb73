//! The few bytes whose bits need more than a value and a writable mask.

/// How many bytes may hold bits that are sticky, cleared by writing 1, forced, or writable with an initial value other
/// than 0. Bytes that are read-only, or writable from 0, are not counted.
pub const RARE_BYTES: usize = 128;

/// What the flat maps do not say of a byte. All masks are within its owned bits.
#[derive(Clone, Copy)]
pub(super) struct Rare {
    pub(super) offset: u16,
    /// What the changeable bits are after a reset.
    pub(super) initial: u8,
    /// Cleared by writing 1.
    pub(super) clear: u8,
    /// Kept over every reset but a cold one.
    pub(super) sticky: u8,
    /// Take `forced_value` at every write.
    pub(super) forced: u8,
    pub(super) forced_value: u8,
}

impl Rare {
    pub(super) const fn at(offset: u16) -> Self {
        Self { offset, initial: 0, clear: 0, sticky: 0, forced: 0, forced_value: 0 }
    }

    /// The bits that do not always hold their initial value.
    pub(super) const fn changeable(&self, writable: u8) -> u8 {
        writable | self.clear | self.sticky | self.forced
    }
}

/// The rare bytes, in ascending order of offset.
#[derive(Clone)]
pub(super) struct RareBytes {
    entries: [Rare; RARE_BYTES],
    count: usize,
}

impl RareBytes {
    pub(super) const EMPTY: Self = Self { entries: [Rare::at(0); RARE_BYTES], count: 0 };

    pub(super) fn as_slice(&self) -> &[Rare] {
        &self.entries[..self.count]
    }

    /// Those of the `length` bytes at `at`.
    pub(super) fn within(&self, at: usize, length: usize) -> impl Iterator<Item = &Rare> {
        let rare = self.as_slice();
        let first = rare.partition_point(|rare| usize::from(rare.offset) < at);
        rare[first..].iter().take_while(move |rare| usize::from(rare.offset) < at + length)
    }

    pub(super) fn room(&self) -> usize {
        RARE_BYTES - self.count
    }

    pub(super) fn get(&self, offset: u16) -> Option<&Rare> {
        let index = self.find(offset).ok()?;
        Some(&self.entries[index])
    }

    /// The entry of a byte, made if there is none; `None` if there is no room.
    pub(super) fn entry(&mut self, offset: u16) -> Option<&mut Rare> {
        let index = match self.find(offset) {
            Ok(index) => index,
            Err(index) => {
                if self.count == RARE_BYTES {
                    return None;
                }
                self.entries.copy_within(index..self.count, index + 1);
                self.entries[index] = Rare::at(offset);
                self.count += 1;
                index
            }
        };
        Some(&mut self.entries[index])
    }

    fn find(&self, offset: u16) -> Result<usize, usize> {
        self.as_slice().binary_search_by_key(&offset, |rare| rare.offset)
    }
}
