//! A list with a fixed capacity that counts what did not fit.

use core::fmt;
use core::ops::{Deref, DerefMut};

/// At most `N` values, and how many more there were.
#[derive(Clone, Copy)]
pub(crate) struct Bounded<T, const N: usize> {
    values: [T; N],
    length: usize,
    overflow: usize,
}

impl<T: Copy, const N: usize> Bounded<T, N> {
    /// An empty list; `filler` is never seen.
    #[must_use]
    pub(crate) const fn new(filler: T) -> Self {
        Self { values: [filler; N], length: 0, overflow: 0 }
    }

    /// Adds a value, or counts it where there is no room.
    pub(crate) fn push(&mut self, value: T) {
        match self.values.get_mut(self.length) {
            Some(slot) => {
                *slot = value;
                self.length += 1;
            }
            None => self.overflow += 1,
        }
    }

    /// Keeps the first values, and forgets those that did not fit.
    pub(crate) fn truncate(&mut self, length: usize) {
        (self.length, self.overflow) = (self.length.min(length), 0);
    }

    /// Takes all values out, and forgets those that did not fit.
    pub(crate) fn clear(&mut self) {
        (self.length, self.overflow) = (0, 0);
    }

    /// Becomes as another one is; only what that one holds is copied.
    pub(crate) fn copy_from(&mut self, other: &Self) {
        if let (Some(values), Some(held)) = (self.values.get_mut(..other.length), other.values.get(..other.length)) {
            values.copy_from_slice(held);
        }
        (self.length, self.overflow) = (other.length, other.overflow);
    }

    /// How many values did not fit.
    #[must_use]
    pub(crate) const fn overflow(&self) -> usize {
        self.overflow
    }
}

impl<T, const N: usize> Deref for Bounded<T, N> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.values[..self.length]
    }
}

impl<T, const N: usize> DerefMut for Bounded<T, N> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.values[..self.length]
    }
}

impl<T: fmt::Debug, const N: usize> fmt::Debug for Bounded<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Declares a list that others see, without how much fits.
macro_rules! seen_list {
    ($(#[$meta:meta])* $name:ident $(<$life:lifetime>)? of $item:ty, $most:expr, filled with $filler:expr) => {
        $(#[$meta])*
        #[derive(Clone)]
        pub struct $name $(<$life>)? ($crate::bounded::Bounded<$item, { $most }>);

        impl $(<$life>)? $name $(<$life>)? {
            #[inline(always)]
            pub(crate) const fn empty() -> Self {
                Self($crate::bounded::Bounded::new($filler))
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
        let mut list = Bounded::<u8, 2>::new(0);
        for value in 1..=5 {
            list.push(value);
        }
        assert_eq!((&list[..], list.overflow()), (&[1, 2][..], 3));
    }
}
