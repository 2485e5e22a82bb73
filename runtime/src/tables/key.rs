//! What vendor and device lead to, through the hash or without one.

use super::clause::{Clause, ClauseIds};
use super::database::Database;
use super::hash::{self, ENTRY, Target, VACANT, find};
use super::section::Section;
use super::wire::Wire;

impl Database<'_> {
    /// What exactly this vendor and device lead to.
    #[inline]
    #[must_use]
    pub fn find_key(self, vendor: u16, device: u16) -> Option<Target> {
        let key = u32::from(vendor) << 16 | u32::from(device);
        let table = self.hash_entries();
        match hash::home(table, key) {
            Some(home) => hash::from_home(table, key, home),
            None => search(self.keys(), key).map(Target::Clause),
        }
    }

    /// Whether the hash, if there is one, finds every key and nothing else.
    pub(super) fn hash_holds(self) -> bool {
        let is_whole = self.section(Section::Hash).len().is_multiple_of(ENTRY);
        let table = self.hash_entries();
        if table.is_empty() {
            return is_whole;
        }
        let (mut distinct, mut first) = (0, 0);
        for same in self.keys().chunk_by(|key, next| key == next) {
            let target = same.first().and_then(|key| find(table, u32::from_le_bytes(*key)));
            if !target.is_some_and(|target| self.target_holds(target, first, same.len())) {
                return false;
            }
            distinct += 1;
            first += same.len();
        }
        let used = |entry: &&[u8; ENTRY]| u32::get(&entry[4..]).is_some_and(|packed| packed & VACANT != VACANT);
        is_whole && table.iter().filter(used).count() == distinct
    }

    /// Whether a key may lead to this: its clauses are so many from `first` on.
    fn target_holds(self, target: Target, first: usize, count: usize) -> bool {
        match target {
            Target::Clause(index) => usize::try_from(index) == Ok(first),
            Target::Device(index) => {
                let plain = self.keyed_clauses().get(first).and_then(ClauseIds::plain);
                count == 1 && plain == Some((index, Clause::PLAIN_RANK))
            }
        }
    }
}

/// Index of the first of ascending keys that is this one: where there is no hash.
#[cold]
fn search(keys: &[[u8; 4]], key: u32) -> Option<u32> {
    let first = keys.partition_point(|each| u32::from_le_bytes(*each) < key);
    let found = keys.get(first).is_some_and(|each| u32::from_le_bytes(*each) == key);
    u32::try_from(first).ok().filter(|_| found)
}
