//! Finds the clauses of an id pair among many: one or two memory accesses instead of a binary search.
//!
//! A table of 8-byte entries. A key's hash names its home entry. The key lies there, or the home entry's displacement
//! leads to the one other entry where it can lie. Entry: key (u32), then index (24 bits, low) and displacement (8 bits, high).

use super::Database;
use super::database::Section;
use super::wire::Wire;

/// Bytes of an entry.
pub const ENTRY: usize = 8;

/// The index of an entry that holds no key. A database with more keys has no hash.
pub const VACANT: u32 = 0x00ff_ffff;

/// The entry of a table of `entries` entries that a key hashes to, with a displacement; 0 gives its home.
#[must_use]
pub const fn slot(key: u32, displacement: u8, entries: u32) -> u32 {
    let mut hash = (key ^ (displacement as u32).wrapping_mul(0x9e37_79b9)).wrapping_mul(0x85eb_ca6b);
    hash ^= hash >> 15;
    hash = hash.wrapping_mul(0xc2b2_ae35);
    hash ^= hash >> 16;
    ((hash as u64 * entries as u64) >> 32) as u32
}

/// Index of the key among these entries, if it is there.
#[inline]
#[must_use]
pub fn find(table: &[[u8; ENTRY]], key: u32) -> Option<u32> {
    let entries = u32::try_from(table.len()).ok()?;
    let entry = |slot: u32| {
        let entry = u64::from_le_bytes(*table.get(slot as usize)?);
        Some((entry as u32, (entry >> 32) as u32))
    };
    let (found, packed) = entry(slot(key, 0, entries))?;
    if found == key && packed & VACANT != VACANT {
        return Some(packed & VACANT);
    }
    let displacement = (packed >> 24) as u8;
    if displacement == 0 {
        return None;
    }
    let (found, packed) = entry(slot(key, displacement, entries))?;
    (found == key && packed & VACANT != VACANT).then_some(packed & VACANT)
}

/// Up to so many keys are all looked at: sooner done than a search that waits for each step.
const FEW: usize = 32;

impl Database<'_> {
    /// Index of the first clause that names exactly this vendor and device.
    #[inline]
    #[must_use]
    pub fn find_key(self, vendor: u16, device: u16) -> Option<u32> {
        let key = u32::from(vendor) << 16 | u32::from(device);
        let table = self.hash_entries();
        if !table.is_empty() {
            return find(table, key);
        }
        let is_less = |each: &[u8; 4]| u32::from_le_bytes(*each) < key;
        let keys = self.keys();
        let first = if keys.len() <= FEW {
            keys.iter().map(|each| u32::from(is_less(each))).sum()
        } else {
            u32::try_from(keys.partition_point(is_less)).ok()?
        };
        keys.get(first as usize).is_some_and(|each| u32::from_le_bytes(*each) == key).then_some(first)
    }

    /// Whether the hash, if there is one, finds every key and nothing else.
    pub(super) fn hash_holds(self) -> bool {
        let table = self.hash_entries();
        let mut distinct = 0;
        let mut last = None;
        for (index, key) in self.keys().iter().enumerate() {
            let key = u32::from_le_bytes(*key);
            if last == Some(key) {
                continue;
            }
            (last, distinct) = (Some(key), distinct + 1);
            if !table.is_empty() && find(table, key) != u32::try_from(index).ok() {
                return false;
            }
        }
        let used = |entry: &&[u8; ENTRY]| u32::get(&entry[4..]).is_some_and(|packed| packed & VACANT != VACANT);
        let is_whole = self.section(Section::Hash).len().is_multiple_of(ENTRY);
        is_whole && (table.is_empty() || table.iter().filter(used).count() == distinct)
    }
}
