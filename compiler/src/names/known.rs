//! Which names of a file are like one that it does not have, without a look at each: of many, the few that can be near.

use quirk_dsl::Ordered as _;
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// So many names are all compared.
const FEW: usize = 256;

/// Of more than that so many that are the same without one of their characters.
const SAME: usize = 12;

/// Of more than that so many before and after, in the order of the names and in that of their ends.
const AROUND: usize = 16;

/// Names by what is left when a character is gone, by how they begin, and by how they end.
#[derive(Debug)]
pub(super) struct Known<'p> {
    sorted: Vec<&'p str>,
    /// Names read from their ends, with where they are in `sorted`.
    backward: Vec<(String, usize)>,
    /// A hash of each name and of each without one of its characters, with where it is in `sorted`.
    slips: Vec<(u64, usize)>,
}

impl<'p> Known<'p> {
    pub(super) fn new(names: impl Iterator<Item = &'p str>) -> Self {
        let mut sorted: Vec<&str> = names.collect();
        sorted.order();
        let (mut backward, mut slips) = (Vec::new(), Vec::new());
        if sorted.len() > FEW {
            backward.extend(sorted.iter().enumerate().map(|(at, name)| (reversed(name), at)));
            backward.order();
            slips.extend(sorted.iter().enumerate().flat_map(|(at, name)| one_gone(name).map(move |hash| (hash, at))));
            slips.order();
        }
        Self { sorted, backward, slips }
    }

    /// The names that may be near a word, ascending: of many all that are one slip away, and the nearest in two orders.
    pub(super) fn near(&self, word: &str) -> Vec<&'p str> {
        if self.sorted.len() <= FEW {
            return self.sorted.clone();
        }
        let mut near = BTreeSet::new();
        for hash in one_gone(word) {
            let start = self.slips.partition_point(|(other, _)| *other < hash);
            let of_hash = self.slips[start..].iter().take_while(|(other, _)| *other == hash);
            near.extend(of_hash.take(SAME).map(|(_, at)| *at));
        }
        near.extend(around(self.sorted.partition_point(|name| *name < word), self.sorted.len()));
        let word = reversed(word);
        let at = self.backward.partition_point(|(name, _)| *name < word);
        near.extend(around(at, self.backward.len()).map(|at| self.backward[at].1));
        near.into_iter().map(|at| self.sorted[at]).collect()
    }
}

fn around(at: usize, count: usize) -> std::ops::Range<usize> {
    at.saturating_sub(AROUND)..count.min(at + AROUND)
}

fn reversed(name: &str) -> String {
    name.chars().rev().collect()
}

/// A hash of a word, and of what is left of it without each one of its characters: two words that are one insertion,
/// deletion, replacement or swap apart share one. Case makes no difference.
fn one_gone(word: &str) -> impl Iterator<Item = u64> {
    let lower: Vec<char> = word.to_lowercase().chars().collect();
    (0..=lower.len()).map(move |gone| {
        let mut hasher = DefaultHasher::new();
        let left = lower.iter().enumerate().filter(|(at, _)| *at != gone);
        left.for_each(|(_, character)| character.hash(&mut hasher));
        hasher.finish()
    })
}

#[cfg(test)]
mod tests {
    use quirk_dsl::nearest;

    use super::{FEW, Known};

    /// Names that differ in a few characters, as those of registers do.
    fn names(count: usize) -> Vec<String> {
        (0..count).map(|at| format!("REG_{:o}_{}_CTL", at * 7919 % 4093, ["A", "RX", "TX_q"][at % 3])).collect()
    }

    #[test]
    fn all_names_one_slip_away_are_found_among_many() {
        let names = names(FEW * 8);
        let known = Known::new(names.iter().map(String::as_str));
        let mut wrong = Vec::new();
        for name in names.iter().step_by(37) {
            for at in 0..name.len() {
                let (before, after) = name.split_at(at);
                wrong.push(format!("{before}{}", &after[1..]));
                wrong.push(format!("{before}z{after}"));
                wrong.push(format!("{before}z{}", &after[1..]));
                if let Some(next) = after.get(1..2) {
                    wrong.push(format!("{before}{next}{}{}", &after[..1], &after[2..]));
                }
            }
        }
        for word in wrong.iter().filter(|word| !names.contains(word)) {
            let all = nearest(word, names.iter().map(String::as_str));
            let mut found = nearest(word, known.near(word));
            found.sort_unstable();
            let mut all: Vec<&str> = all.into_iter().collect();
            all.sort_unstable();
            assert_eq!(found, all, "{word}");
        }
    }

    #[test]
    fn few_are_looked_at_among_many() {
        let names = names(FEW * 16);
        let known = Known::new(names.iter().map(String::as_str));
        for name in &names {
            assert!(known.near(&format!("{name}_")).len() < FEW);
        }
    }
}
