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

/// Index of the key in the table `bytes`, if it is there.
#[inline]
#[must_use]
pub fn find(bytes: &[u8], key: u32) -> Option<u32> {
    let entries = u32::try_from(bytes.len() / ENTRY).ok()?;
    let entry = |slot: u32| {
        let entry = bytes.get(slot as usize * ENTRY..)?;
        Some((u32::get(entry)?, u32::get(entry.get(4..)?)?))
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

impl Database<'_> {
    /// Index of the first clause that names exactly this vendor and device.
    #[inline]
    #[must_use]
    pub fn find_key(self, vendor: u16, device: u16) -> Option<u32> {
        let key = u32::from(vendor) << 16 | u32::from(device);
        let table = self.section(Section::Hash);
        if !table.is_empty() {
            return find(table, key);
        }
        let keys = self.section(Section::Keys).as_chunks::<4>().0;
        let first = keys.partition_point(|each| u32::from_le_bytes(*each) < key);
        let hit = keys.get(first).is_some_and(|each| u32::from_le_bytes(*each) == key);
        u32::try_from(first).ok().filter(|_| hit)
    }

    /// Whether the hash, if there is one, finds every key and nothing else.
    pub(super) fn hash_holds(self) -> bool {
        let table = self.section(Section::Hash);
        let keys = self.section(Section::Keys).as_chunks::<4>().0;
        let mut distinct = 0;
        let mut last = None;
        for (index, key) in keys.iter().enumerate() {
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
        let (entries, rest) = table.as_chunks::<ENTRY>();
        table.is_empty() || rest.is_empty() && entries.iter().filter(used).count() == distinct
    }
}
