//! Maps by numbers, with one copy of the search for all of them: the standard library's ordered map is written anew for each pair of types, which
//! where nothing is optimized is thirty kilobytes a time, and a fourth of what rustc made of this crate.

use std::collections::BTreeMap;
use std::ops::Range;

use quirk_runtime::capability::Space;

/// A key, and the number that orders as it does.
pub(crate) trait Number: Copy {
    fn number(self) -> u128;
}

impl Number for u64 {
    fn number(self) -> u128 {
        self.into()
    }
}

impl Number for usize {
    fn number(self) -> u128 {
        self as u128
    }
}

impl Number for (Space, u64) {
    fn number(self) -> u128 {
        (self.0 as u128) << 64 | self.1.number()
    }
}

impl Number for (usize, usize) {
    fn number(self) -> u128 {
        self.0.number() << 64 | self.1.number()
    }
}

/// Values by their keys, in the order of the keys.
#[derive(Debug)]
pub(crate) struct Numbered<K, V> {
    /// Where the value of each number is.
    places: BTreeMap<u128, usize>,
    values: Vec<(K, V)>,
}

impl<K, V> Default for Numbered<K, V> {
    fn default() -> Self {
        Self { places: BTreeMap::new(), values: Vec::new() }
    }
}

impl<K: Number, V> Numbered<K, V> {
    pub(crate) fn get(&self, key: K) -> Option<&V> {
        let place = *self.places.get(&key.number())?;
        Some(&self.values.get(place)?.1)
    }

    pub(crate) fn has(&self, key: K) -> bool {
        self.places.contains_key(&key.number())
    }

    /// The value of a key, which is made if there is none yet.
    pub(crate) fn or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        let next = self.values.len();
        let place = *self.places.entry(key.number()).or_insert(next);
        if place == next {
            self.values.push((key, make()));
        }
        &mut self.values[place].1
    }

    /// Gives a key a value; the one that it had.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        let next = self.values.len();
        let place = *self.places.entry(key.number()).or_insert(next);
        if let Some((_, old)) = self.values.get_mut(place) {
            return Some(std::mem::replace(old, value));
        }
        self.values.push((key, value));
        None
    }

    /// All, in the order of the keys.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (K, &V)> {
        self.places.values().filter_map(|place| self.values.get(*place)).map(|(key, value)| (*key, value))
    }

    /// The value of the first key of a range.
    pub(crate) fn first_in(&self, keys: Range<K>) -> Option<&V> {
        let (_, place) = self.places.range(keys.start.number()..keys.end.number()).next()?;
        Some(&self.values.get(*place)?.1)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use quirk_runtime::capability::Space;

    use super::{Number, Numbered};

    fn space() -> impl Strategy<Value = Space> {
        prop_oneof![Just(Space::Conventional), Just(Space::Extended)]
    }

    proptest! {
        #[test]
        fn numbers_order_as_keys_do(keys in [(space(), any::<u64>()), (space(), any::<u64>())]) {
            prop_assert_eq!(keys[0].number().cmp(&keys[1].number()), keys[0].cmp(&keys[1]));
            let [one, other] = keys.map(|(space, part)| (space as usize, usize::try_from(part).unwrap_or(7)));
            prop_assert_eq!(one.number().cmp(&other.number()), one.cmp(&other));
        }

        #[test]
        fn it_holds_what_an_ordered_map_holds(steps in proptest::collection::vec((0..12_u64, any::<u8>(), any::<bool>()), 0..40)) {
            let (mut found, mut expected) = (Numbered::default(), BTreeMap::new());
            for (key, value, is_new) in steps {
                if is_new {
                    prop_assert_eq!(*found.or_insert_with(key, || value), *expected.entry(key).or_insert(value));
                } else {
                    prop_assert_eq!(found.insert(key, value), expected.insert(key, value));
                }
                prop_assert!(found.iter().eq(expected.iter().map(|(key, value)| (*key, value))));
            }
            for start in 0..13 {
                prop_assert_eq!(found.get(start), expected.get(&start));
                prop_assert_eq!(found.has(start), expected.contains_key(&start));
                for end in start..13 {
                    let first = expected.range(start..end).next().map(|(_, value)| value);
                    prop_assert_eq!(found.first_in(start..end), first);
                }
            }
        }
    }
}
