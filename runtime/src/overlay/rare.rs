//! The few bytes whose bits need more than a value and a writable mask.

/// How many bytes may hold bits that are sticky, cleared by writing 1, forced, written once, locked, or writable with an
/// initial value other than 0. Bytes that are read-only, or writable from 0, are not counted.
pub const RARE_BYTES: usize = 128;

/// What the flat maps do not say of a byte. All masks are within its owned bits.
#[derive(Clone, Copy)]
pub(super) struct Rare {
    pub(super) offset: u16,
    /// What the changeable bits are after a reset.
    pub(super) initial: u8,
    /// Cleared by writing 1; those of [`Rare::once`] too.
    pub(super) clear: u8,
    /// Kept over every reset but a cold one; those of [`Rare::locked`] too.
    pub(super) sticky: u8,
    /// Take `forced_value` at every write; those of [`Rare::once`] and [`Rare::locked`] too, which are never forced.
    pub(super) forced: u8,
    pub(super) forced_value: u8,
    /// One more than the index of the lock of [`Rare::locked`], or 0.
    pub(super) lock: u8,
}

impl Rare {
    pub(super) const fn at(offset: u16) -> Self {
        Self { offset, initial: 0, clear: 0, sticky: 0, forced: 0, forced_value: 0, lock: 0 }
    }

    /// The bits that do not always hold their initial value.
    pub(super) const fn changeable(&self, writable: u8) -> u8 {
        writable | self.clear | self.sticky | self.forced
    }

    /// Stay 1 once they are written 1.
    pub(super) const fn once(&self) -> u8 {
        self.forced & self.clear
    }

    /// Writable until a bit of their lock is set.
    pub(super) const fn locked(&self) -> u8 {
        self.forced & self.sticky
    }

    /// Both: a reset of the function alone leaves them as they are.
    pub(super) const fn kept(&self) -> u8 {
        self.forced & (self.clear | self.sticky)
    }
}

/// The rare bytes, in ascending order of offset.
#[derive(Clone)]
pub(super) struct RareBytes {
    entries: [Rare; RARE_BYTES],
    locks: [Lock; LOCKS],
    count: u8,
    lock_count: u8,
}

/// How many locks there may be.
pub const LOCKS: usize = 4;

/// The bits of one byte, of which one that is set makes others read-only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Lock {
    /// The byte.
    pub offset: u16,
    /// Its bits that count; none never locks.
    pub bits: u8,
}

impl Lock {
    const NONE: Self = Self::new(0, 0);

    /// A lock of these bits of a byte.
    #[must_use]
    pub const fn new(offset: u16, bits: u8) -> Self {
        Self { offset, bits }
    }
}

impl RareBytes {
    pub(super) const EMPTY: Self =
        Self { entries: [Rare::at(0); RARE_BYTES], locks: [Lock::NONE; LOCKS], count: 0, lock_count: 0 };

    /// What [`Rare::lock`] says of a lock that is there, or would say if it were added; 0 for one without bits.
    pub(super) fn lock_number(&self, lock: Lock) -> u8 {
        if lock.bits == 0 {
            return 0;
        }
        let known = self.locks.iter().take(self.lock_count.into()).position(|known| *known == lock);
        known.map_or(self.lock_count + 1, |index| index as u8 + 1)
    }

    /// Adds a lock of this number, if it is a new one; `false` without room.
    pub(super) fn note_lock(&mut self, number: u8, lock: Lock) -> bool {
        if number <= self.lock_count {
            return true;
        }
        let room = self.locks.get_mut(usize::from(self.lock_count));
        let is_new = room.is_some();
        if let Some(room) = room {
            *room = lock;
            self.lock_count += 1;
        }
        is_new
    }

    /// What locks bits of a byte.
    pub(super) fn lock_of(&self, rare: &Rare) -> Lock {
        let index = usize::from(rare.lock).checked_sub(1);
        index.and_then(|index| self.locks.get(index)).copied().unwrap_or(Lock::NONE)
    }

    pub(super) fn clear(&mut self) {
        (self.count, self.lock_count, self.locks) = (0, 0, [Lock::NONE; LOCKS]);
    }

    /// Becomes as another table is; only what that one holds is copied.
    pub(super) fn copy_from(&mut self, other: &Self) {
        self.entries[..other.as_slice().len()].copy_from_slice(other.as_slice());
        (self.count, self.lock_count, self.locks) = (other.count, other.lock_count, other.locks);
    }

    pub(super) fn as_slice(&self) -> &[Rare] {
        &self.entries[..usize::from(self.count)]
    }

    /// Those of the `length` bytes at `at`.
    pub(super) fn within(&self, at: usize, length: usize) -> impl Iterator<Item = &Rare> {
        let rare = self.as_slice();
        let first = rare.partition_point(|rare| usize::from(rare.offset) < at);
        rare[first..].iter().take_while(move |rare| usize::from(rare.offset) < at + length)
    }

    pub(super) fn room(&self) -> usize {
        RARE_BYTES - usize::from(self.count)
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
                let count = usize::from(self.count);
                if count == RARE_BYTES {
                    return None;
                }
                self.entries.copy_within(index..count, index + 1);
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
