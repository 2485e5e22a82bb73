//! Builds the hash over the keys of a large database: one or two memory accesses find a key.

use std::collections::BTreeMap;

use quirk_runtime::tables::hash::{VACANT, slot};

/// How often a table is tried, each time with an eighth more room: the last has three times the keys.
const TRIES: u32 = 8;

/// Entries as they are written, for ascending keys of which some may be equal.
///
/// None where a binary search has to do: for more keys than an entry can number, and for keys that were made to collide.
pub(super) fn table(keys: &[u32]) -> Option<Vec<u64>> {
    let mut first: Vec<(u32, u32)> = (0..).zip(keys).map(|(index, &key)| (key, index)).collect();
    first.dedup_by_key(|(key, _)| *key);
    if keys.len() >= usize::try_from(VACANT).ok()? {
        return None;
    }
    let mut entries = first.len() + first.len() / 4 + 1;
    (0..TRIES).find_map(|_| {
        let table = fill(&first, u32::try_from(entries).ok()?);
        entries += entries / 8;
        table
    })
}

#[derive(Clone, Copy)]
struct Entry {
    key: u32,
    index: u32,
    displacement: u8,
}

fn fill(keys: &[(u32, u32)], entries: u32) -> Option<Vec<u64>> {
    let vacant = Entry { key: 0, index: VACANT, displacement: 0 };
    let mut table = vec![vacant; usize::try_from(entries).ok()?];
    let mut homes: BTreeMap<u32, Vec<(u32, u32)>> = BTreeMap::new();
    for &(key, index) in keys {
        homes.entry(slot(key, 0, entries)).or_default().push((key, index));
    }
    // Every home keeps its first key; the others share one displacement to vacant entries. Full homes choose first.
    for (&home, group) in &homes {
        let (key, index) = *group.first()?;
        table[usize::try_from(home).ok()?] = Entry { key, index, displacement: 0 };
    }
    let mut groups: Vec<(&u32, &Vec<(u32, u32)>)> = homes.iter().filter(|(_, group)| group.len() > 1).collect();
    groups.sort_by_key(|(home, group)| (usize::MAX - group.len(), **home));
    for (&home, group) in groups {
        let others = &group[1..];
        let displacement = (1..=u8::MAX).find(|&displacement| {
            let mut slots: Vec<u32> = others.iter().map(|(key, _)| slot(*key, displacement, entries)).collect();
            let free = |slot: &u32| usize::try_from(*slot).is_ok_and(|slot| table[slot].index == VACANT);
            let all_free = slots.iter().all(free);
            slots.sort_unstable();
            slots.dedup();
            all_free && slots.len() == others.len()
        })?;
        table[usize::try_from(home).ok()?].displacement = displacement;
        for &(key, index) in others {
            let at = usize::try_from(slot(key, displacement, entries)).ok()?;
            // An entry that is nobody's home leads nowhere.
            table[at] = Entry { key, index, displacement: 0 };
        }
    }
    let encode = |entry: Entry| {
        let packed = entry.index | u32::from(entry.displacement) << 24;
        u64::from(entry.key) | u64::from(packed) << 32
    };
    Some(table.into_iter().map(encode).collect())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::collections::BTreeSet;

    use quirk_runtime::tables::hash::{find, slot};

    use super::table;

    fn entries(keys: &[u32]) -> Vec<[u8; 8]> {
        table(keys).unwrap().into_iter().map(u64::to_le_bytes).collect()
    }

    fn holds(keys: &[u32], absent: impl IntoIterator<Item = u32>) {
        let entries = entries(keys);
        for (at, key) in keys.iter().enumerate() {
            let first = keys[..at].iter().rposition(|other| other != key).map_or(0, |before| before + 1);
            assert_eq!(find(&entries, *key), u32::try_from(first).ok(), "{key:#x} of {} keys", keys.len());
        }
        let known: BTreeSet<u32> = keys.iter().copied().collect();
        for absent in absent.into_iter().filter(|key| !known.contains(key)) {
            assert_eq!(find(&entries, absent), None, "{absent:#x}");
        }
    }

    #[test]
    fn every_key_is_found_at_its_first_index_and_no_other_is() {
        for count in [1, 2, 17, 5000_u32] {
            let mut keys: Vec<u32> = (0..count).map(|n| n.wrapping_mul(0x9e37_79b1) | 1).collect();
            keys.push(keys[0]);
            keys.sort_unstable();
            holds(&keys, (0..count).map(|n| n.wrapping_mul(2)));
        }
    }

    #[test]
    fn ids_as_vendors_assign_them_are_found() {
        // Few vendors, runs of devices.
        for count in [2_000, 100_000_u32] {
            let mut keys: Vec<u32> = (0..count).map(|at| (0x8000 + at / 3000 * 7) << 16 | (at % 3000 * 3)).collect();
            keys.sort_unstable();
            holds(&keys, keys.iter().map(|key| key + 1));
        }
    }

    #[test]
    fn key_zero_and_the_vacant_entries_are_told_apart() {
        let keys: Vec<u32> = (1..100).collect();
        holds(&keys, [0]);
        let keys: Vec<u32> = (0..100).collect();
        holds(&keys, [100]);
    }

    #[test]
    fn keys_that_were_made_to_collide_have_no_table() {
        // All have their home at the start of a table of every size, and no displacement parts so many.
        let keys: Vec<u32> = (0..).filter(|key| slot(*key, 0, 1 << 16) == 0).take(200).collect();
        assert_eq!(table(&keys), None);
    }
}
