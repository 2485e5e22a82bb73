//! References from one record to others: a run of records in their section, and a string.

use core::marker::PhantomData;

use super::section::Section;
use super::wire::Wire;

/// A record that has a section of its own.
pub trait Record: Wire {
    /// The section that holds all records of this type.
    const SECTION: Section;
}

/// A run of records of one type in its section.
pub struct List<T> {
    /// Index of the first record in its section.
    pub start: u32,
    /// How many records.
    pub count: u32,
    record: PhantomData<fn() -> T>,
}

impl<T> List<T> {
    /// No records.
    pub const EMPTY: Self = Self::new(0, 0);

    /// `count` records from the one with the index `start`.
    #[must_use]
    pub const fn new(start: u32, count: u32) -> Self {
        Self { start, count, record: PhantomData }
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.count == 0
    }
}

impl<T> Clone for List<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for List<T> {}

impl<T> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        (self.start, self.count) == (other.start, other.count)
    }
}

impl<T> Eq for List<T> {}

impl<T> core::fmt::Debug for List<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}+{}", self.start, self.count)
    }
}

impl<T: Record> Wire for List<T> {
    const SIZE: usize = 8;

    fn get(bytes: &[u8]) -> Option<Self> {
        Some(Self::new(u32::get(bytes)?, u32::get(bytes.get(4..)?)?))
    }

    fn put(&self, bytes: &mut [u8]) -> Option<()> {
        self.start.put(bytes)?;
        self.count.put(bytes.get_mut(4..)?)
    }
}

/// A record that may not be there: its index and one, or 0.
pub struct Optional<T> {
    plus_one: u32,
    record: PhantomData<fn() -> T>,
}

impl<T> Optional<T> {
    /// No record.
    pub const NONE: Self = Self { plus_one: 0, record: PhantomData };

    /// The record with an index; none where that is too large.
    #[must_use]
    pub fn new(index: u32) -> Option<Self> {
        Some(Self { plus_one: index.checked_add(1)?, record: PhantomData })
    }

    /// The index of the record.
    #[must_use]
    pub const fn index(self) -> Option<u32> {
        self.plus_one.checked_sub(1)
    }
}

impl<T> Clone for Optional<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Optional<T> {}

impl<T> PartialEq for Optional<T> {
    fn eq(&self, other: &Self) -> bool {
        self.plus_one == other.plus_one
    }
}

impl<T> Eq for Optional<T> {}

impl<T> core::fmt::Debug for Optional<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:?}", self.index())
    }
}

impl<T: Record> Wire for Optional<T> {
    const SIZE: usize = 4;

    fn get(bytes: &[u8]) -> Option<Self> {
        Some(Self { plus_one: u32::get(bytes)?, record: PhantomData })
    }

    fn put(&self, bytes: &mut [u8]) -> Option<()> {
        self.plus_one.put(bytes)
    }
}

/// A string: its offset in [`Section::Strings`], where a u16 length and the UTF-8 bytes lie. Offset 0 is the empty string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Text(pub u32);

impl Wire for Text {
    const SIZE: usize = 4;

    fn get(bytes: &[u8]) -> Option<Self> {
        u32::get(bytes).map(Self)
    }

    fn put(&self, bytes: &mut [u8]) -> Option<()> {
        self.0.put(bytes)
    }
}

/// The records of a [`List`], decoded one by one.
#[derive(Clone, Debug)]
pub struct Records<'db, T> {
    bytes: &'db [u8],
    record: PhantomData<fn() -> T>,
}

impl<'db, T: Wire> Records<'db, T> {
    pub(super) const fn new(bytes: &'db [u8]) -> Self {
        Self { bytes, record: PhantomData }
    }

    /// The next record of which the encoded bytes are not enough to pass it over.
    #[inline]
    pub(crate) fn next_unless(&mut self, is_passed: impl Fn(&[u8]) -> bool) -> Option<T> {
        loop {
            let (record, rest) = self.bytes.split_at_checked(T::SIZE)?;
            self.bytes = rest;
            if !is_passed(record) {
                return T::get(record);
            }
        }
    }
}

impl<T: Wire> Iterator for Records<'_, T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        let (record, rest) = self.bytes.split_at_checked(T::SIZE)?;
        self.bytes = rest;
        T::get(record)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.bytes.len() / T::SIZE))
    }
}
