//! Sorting with one copy of the search for all types.
//!
//! The sorts of the standard library are written for each type and each comparison anew, some six kilobytes a time, which was a tenth of
//! the program. Here the search sorts numbers of items, and asks which of two comes first; per type there is only the moving. Lists that are
//! long and often unsorted keep the standard library's.

use std::cmp::Ordering;

/// Sorts a list as the standard library's methods do: equal items stay as they were.
pub trait Ordered<T> {
    /// Sorts by a comparison.
    fn order_by(&mut self, compare: impl Fn(&T, &T) -> Ordering);

    /// Sorts by a key, which is made for each comparison.
    fn order_by_key<K: Ord>(&mut self, key: impl Fn(&T) -> K) {
        self.order_by(|one, other| key(one).cmp(&key(other)));
    }

    /// Sorts by the order of the type.
    fn order(&mut self)
    where
        T: Ord,
    {
        self.order_by(T::cmp);
    }
}

impl<T> Ordered<T> for [T] {
    fn order_by(&mut self, compare: impl Fn(&T, &T) -> Ordering) {
        if self.is_sorted_by(|one, other| compare(one, other).is_le()) {
            return;
        }
        let mut sources = sorted(self.len(), &|one, other| compare(&self[one], &self[other]));
        for start in 0..sources.len() {
            let mut place = start;
            loop {
                let source = std::mem::replace(&mut sources[place], place);
                if source == start {
                    break;
                }
                self.swap(place, source);
                place = source;
            }
        }
    }
}

/// For each place, the number of the item that goes there.
fn sorted(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut numbers: Vec<usize> = (0..count).collect();
    numbers.sort_by(|&one, &other| compare(one, other));
    numbers
}

#[cfg(test)]
mod tests {
    use std::cmp::Reverse;

    use proptest::prelude::*;

    use super::Ordered;

    proptest! {
        /// The standard library's sort is the model; what is equal tells itself apart by its number.
        #[test]
        fn sorts_as_the_standard_library_does(keys in prop::collection::vec(0u8..12, 0..80)) {
            let items: Vec<(u8, usize)> = keys.into_iter().zip(0..).collect();
            let (mut ours, mut theirs) = (items.clone(), items);
            ours.order_by_key(|item| item.0);
            theirs.sort_by_key(|item| item.0);
            prop_assert_eq!(&ours, &theirs);
            ours.order_by(|one, other| other.1.cmp(&one.1));
            theirs.sort_by_key(|item| Reverse(item.1));
            prop_assert_eq!(&ours, &theirs);
            ours.order();
            theirs.sort();
            prop_assert_eq!(ours, theirs);
        }
    }
}
