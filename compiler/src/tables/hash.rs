//! Builds the hash over the keys of a large database: one or two memory accesses find a key.

use std::collections::BTreeMap;

use quirk_runtime::tables::hash::{VACANT, slot};

/// Entries as they are written, for ascending keys of which some may be equal. None if they are too many.
pub(super) fn table(keys: &[u32]) -> Option<Vec<u64>> {
    let mut first: Vec<(u32, u32)> = Vec::new();
    for (index, &key) in (0..).zip(keys) {
        if first.last().is_none_or(|(last, _)| *last != key) {
            first.push((key, index));
        }
    }
    if keys.len() >= usize::try_from(VACANT).ok()? {
        return None;
    }
    let mut entries = first.len() + first.len() / 4 + 1;
    // Each try has more room; with twice the keys it all but always works.
    for _ in 0..64 {
        if let Some(table) = fill(&first, u32::try_from(entries).ok()?) {
            return Some(table);
        }
        entries += entries / 8;
    }
    None
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

    use quirk_runtime::tables::hash::find;

    use super::table;

    #[test]
    fn every_key_is_found_at_its_first_index_and_no_other_is() {
        for count in [1, 2, 17, 5000_u32] {
            let mut keys: Vec<u32> = (0..count).map(|n| n.wrapping_mul(0x9e37_79b1) | 1).collect();
            keys.push(keys[0]);
            keys.sort_unstable();
            let bytes: Vec<u8> = table(&keys).unwrap().into_iter().flat_map(u64::to_le_bytes).collect();
            for key in &keys {
                let first = keys.iter().position(|other| other == key).unwrap();
                assert_eq!(find(&bytes, *key), u32::try_from(first).ok());
            }
            for absent in (0..count).map(|n| n.wrapping_mul(2)) {
                assert_eq!(find(&bytes, absent), None);
            }
        }
    }
}
