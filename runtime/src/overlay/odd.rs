//! Bytes whose masks have no code of their own.

use super::masks::Masks;

/// How many there may be.
pub(super) const ODD_BYTES: usize = 128;

/// The masks of such bytes, in ascending order of offset.
#[derive(Clone)]
pub(super) struct OddBytes {
    entries: [(u16, Masks); ODD_BYTES],
    count: usize,
}

impl OddBytes {
    pub(super) const EMPTY: Self = Self { entries: [(0, Masks::NONE); ODD_BYTES], count: 0 };

    pub(super) fn clear(&mut self) {
        self.count = 0;
    }

    /// Becomes as another table is; only what that one holds is copied.
    pub(super) fn copy_from(&mut self, other: &Self) {
        self.entries[..other.count].copy_from_slice(&other.entries[..other.count]);
        self.count = other.count;
    }

    pub(super) fn room(&self) -> usize {
        ODD_BYTES - self.count
    }

    pub(super) fn get(&self, at: usize) -> Masks {
        self.find(at).ok().and_then(|index| self.entries.get(index)).map_or(Masks::NONE, |&(_, masks)| masks)
    }

    /// Sets the masks of a byte; nothing if there is no room.
    pub(super) fn set(&mut self, at: usize, masks: Masks) {
        let index = match self.find(at) {
            Ok(index) => index,
            Err(_) if self.count == ODD_BYTES => return,
            Err(index) => {
                self.entries.copy_within(index..self.count, index + 1);
                self.count += 1;
                index
            }
        };
        self.entries[index] = (at as u16, masks);
    }

    pub(super) fn remove(&mut self, at: usize) {
        if let Ok(index) = self.find(at) {
            self.entries.copy_within(index + 1..self.count, index);
            self.count -= 1;
        }
    }

    fn find(&self, at: usize) -> Result<usize, usize> {
        self.entries[..self.count].binary_search_by_key(&at, |&(offset, _)| usize::from(offset))
    }
}
