//! A list with a fixed capacity that counts what did not fit.

use core::fmt;
use core::ops::{Deref, DerefMut};

/// At most `N` values, and how many more there were. Its room is made with the first one: most lists stay empty.
#[derive(Clone, Copy)]
pub(crate) struct Bounded<T, const N: usize> {
    room: Option<[T; N]>,
    length: u32,
    overflow: u32,
}

impl<T: Copy, const N: usize> Bounded<T, N> {
    /// An empty list. As a constant it would be copied with all its room.
    #[inline(always)]
    pub(crate) const fn new() -> Self {
        Self { room: None, length: 0, overflow: 0 }
    }

    /// An empty list with its room, which is filled with what is never seen.
    #[inline(always)]
    pub(crate) const fn with_room(filler: T) -> Self {
        Self { room: Some([filler; N]), length: 0, overflow: 0 }
    }

    // As a call it takes nothing of the caller's stack.
    #[inline(never)]
    fn make_room(&mut self, filler: T) {
        self.room = Some([filler; N]);
    }

    /// Adds a value, or counts it where there is no room.
    #[inline]
    pub(crate) fn push(&mut self, value: T) {
        if self.room.is_none() {
            self.make_room(value);
        }
        match self.room.as_mut().and_then(|room| room.get_mut(self.length as usize)) {
            Some(slot) => {
                *slot = value;
                self.length += 1;
            }
            None => self.overflow = self.overflow.saturating_add(1),
        }
    }

    /// Keeps the first values, and forgets those that did not fit.
    pub(crate) fn truncate(&mut self, length: usize) {
        (self.length, self.overflow) = (self.len().min(length) as u32, 0);
    }

    /// Takes all values out, and forgets those that did not fit.
    pub(crate) fn clear(&mut self) {
        (self.length, self.overflow) = (0, 0);
    }

    /// Becomes as another one is; only what that one holds is copied.
    pub(crate) fn copy_from(&mut self, other: &Self) {
        if let Some(&held) = other.first() {
            if self.room.is_none() {
                self.make_room(held);
            }
            if let Some(room) = &mut self.room {
                room[..other.len()].copy_from_slice(other);
            }
        }
        (self.length, self.overflow) = (other.length, other.overflow);
    }

    /// How many values did not fit.
    #[must_use]
    pub(crate) const fn overflow(&self) -> usize {
        self.overflow as usize
    }
}

impl<T, const N: usize> Deref for Bounded<T, N> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.room.as_ref().and_then(|room| room.get(..self.length as usize)).unwrap_or(&[])
    }
}

impl<T, const N: usize> DerefMut for Bounded<T, N> {
    fn deref_mut(&mut self) -> &mut [T] {
        self.room.as_mut().and_then(|room| room.get_mut(..self.length as usize)).unwrap_or(&mut [])
    }
}

impl<T: fmt::Debug, const N: usize> fmt::Debug for Bounded<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Declares a list that others see, without how much fits.
macro_rules! seen_list {
    ($(#[$meta:meta])* $name:ident $(<$life:lifetime>)? of $item:ty, $most:expr, $new:expr) => {
        $(#[$meta])*
        #[derive(Clone)]
        pub struct $name $(<$life>)? ($crate::bounded::Bounded<$item, { $most }>);

        impl $(<$life>)? $name $(<$life>)? {
            #[inline(always)]
            pub(crate) const fn empty() -> Self {
                Self($new)
            }

            pub(crate) fn clear(&mut self) {
                self.0.clear();
            }

            pub(crate) fn push(&mut self, value: $item) {
                self.0.push(value);
            }

            /// How many more there were than were kept.
            #[must_use]
            pub const fn overflow(&self) -> usize {
                self.0.overflow()
            }
        }

        impl $(<$life>)? core::ops::Deref for $name $(<$life>)? {
            type Target = [$item];

            fn deref(&self) -> &[$item] {
                &self.0
            }
        }

        impl $(<$life>)? core::ops::DerefMut for $name $(<$life>)? {
            fn deref_mut(&mut self) -> &mut [$item] {
                &mut self.0
            }
        }

        impl $(<$life>)? core::fmt::Debug for $name $(<$life>)? {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

pub(crate) use seen_list;

#[cfg(test)]
mod tests {
    use super::Bounded;

    #[test]
    fn what_does_not_fit_is_counted() {
        let mut list = Bounded::<u8, 2>::new();
        for value in 1..=5 {
            list.push(value);
        }
        assert_eq!((&list[..], list.overflow()), (&[1, 2][..], 3));
    }
}
