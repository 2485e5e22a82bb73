//! Runs of bytes that a section has already.

use std::collections::HashMap;
use std::collections::hash_map::Entry::{Occupied, Vacant};

/// The first run of each hash, by its start and its end. Of two that share a hash by chance the second is written once for each use.
#[derive(Clone, Debug, Default)]
pub(super) struct Interned(HashMap<u64, (usize, usize)>);

impl Interned {
    /// Where a section first has the run from `at` to its end: `at` itself, if it is new.
    pub(super) fn intern(&mut self, section: &[u8], at: usize) -> usize {
        let run = &section[at..];
        match self.0.entry(hash(run)) {
            Vacant(entry) => {
                entry.insert((at, section.len()));
                at
            }
            Occupied(known) => {
                let (start, end) = *known.get();
                if &section[start..end] == run { start } else { at }
            }
        }
    }
}

/// A hash that does not depend on the process.
fn hash(bytes: &[u8]) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let (words, rest) = bytes.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let words = words.iter().chain([&last]).map(|word| u64::from_le_bytes(*word));
    let length = u64::try_from(bytes.len()).unwrap_or(0);
    words.fold(length, |hash, word| {
        let product = u128::from(hash.rotate_left(23) ^ word) * u128::from(ODD);
        let [low, high] = [product, product >> 64].map(|half| u64::try_from(half & u128::from(u64::MAX)).unwrap_or(0));
        (low ^ high).wrapping_add(ODD)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::Interned;

    #[test]
    fn equal_runs_are_kept_once() {
        let (mut section, mut interned, mut model) = (Vec::new(), Interned::default(), HashMap::new());
        for number in 0_u32..20_000 {
            let run = format!("{}", number * number % 977).repeat(1 + number as usize % 5);
            let at = section.len();
            section.extend_from_slice(run.as_bytes());
            let start = interned.intern(&section, at);
            assert_eq!(start, *model.entry(run).or_insert(at));
            if start != at {
                section.truncate(at);
            }
        }
        assert!(model.len() > 1000);
    }
}
