//! Builds the hash over the keys of a database: one or two memory accesses find a key.

use quirk_runtime::tables::hash::{Target, VACANT, slot};

/// How often a table is tried, each time with an eighth more room: the last has three times the keys.
const TRIES: u32 = 8;

/// Entries as they are written, for keys of which no two are equal and what they lead to.
///
/// None for no keys, and where a binary search has to do: for more clauses or devices than an entry can number, and for keys
/// that were made to collide.
pub(super) fn table(keys: &[(u32, Target)]) -> Option<Vec<u64>> {
    let keys: Vec<(u32, u32)> = keys.iter().map(|&(key, target)| Some((key, target.pack()?))).collect::<Option<_>>()?;
    if keys.is_empty() {
        return None;
    }
    let mut entries = keys.len() + keys.len() / 4 + 1;
    (0..TRIES).find_map(|_| {
        let table = fill(&keys, u32::try_from(entries).ok()?);
        entries += entries / 8 + 1;
        table
    })
}

#[derive(Clone, Copy)]
struct Entry {
    key: u32,
    /// [`Target::pack`], or [`VACANT`].
    target: u32,
    displacement: u8,
}

fn fill(keys: &[(u32, u32)], entries: u32) -> Option<Vec<u64>> {
    let vacant = Entry { key: 0, target: VACANT, displacement: 0 };
    let mut table = vec![vacant; usize::try_from(entries).ok()?];
    // By their homes, and of one home in their order.
    let mut numbers: Vec<u64> =
        (0_u64..).zip(keys).map(|(at, (key, _))| u64::from(slot(*key, 0, entries)) << 32 | at).collect();
    numbers.sort_unstable();
    let key_of = |number: &u64| keys.get((number & u64::from(u32::MAX)) as usize);
    let home_of = |number: &u64| (number >> 32) as usize;
    let homes: Vec<&[u64]> = numbers.chunk_by(|one, next| home_of(one) == home_of(next)).collect();
    // Every home keeps its first key; the others share one displacement to vacant entries. Full homes choose first.
    for group in &homes {
        let &(key, target) = key_of(group.first()?)?;
        table[home_of(group.first()?)] = Entry { key, target, displacement: 0 };
    }
    let crowded = (0_u64..).zip(&homes).filter(|(_, group)| group.len() > 1);
    let mut crowded: Vec<u64> =
        crowded.map(|(at, group)| (u64::from(u32::MAX) - group.len() as u64) << 32 | at).collect();
    crowded.sort_unstable();
    for group in crowded.iter().filter_map(|number| homes.get((number & u64::from(u32::MAX)) as usize)) {
        let (home, others) = group.split_first()?;
        let others: Vec<(u32, u32)> = others.iter().filter_map(key_of).copied().collect();
        let displacement = (1..=u8::MAX).find(|&displacement| {
            let mut slots: Vec<u32> = others.iter().map(|(key, _)| slot(*key, displacement, entries)).collect();
            let free = |slot: &u32| usize::try_from(*slot).is_ok_and(|slot| table[slot].target == VACANT);
            let all_free = slots.iter().all(free);
            slots.sort_unstable();
            slots.dedup();
            all_free && slots.len() == others.len()
        })?;
        table[home_of(home)].displacement = displacement;
        for (key, target) in others {
            let at = usize::try_from(slot(key, displacement, entries)).ok()?;
            // An entry that is nobody's home leads nowhere.
            table[at] = Entry { key, target, displacement: 0 };
        }
    }
    let encode = |entry: Entry| {
        let packed = entry.target | u32::from(entry.displacement) << 24;
        u64::from(entry.key) | u64::from(packed) << 32
    };
    Some(table.into_iter().map(encode).collect())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::collections::BTreeSet;

    use quirk_runtime::tables::hash::{Target, find, slot};

    use super::table;

    /// Every third key leads to a clause, the others to devices.
    fn lead(keys: &[u32]) -> Vec<(u32, Target)> {
        let target = |at| if at % 3 == 0 { Target::Clause(at) } else { Target::Device(at) };
        (0..).zip(keys).map(|(at, &key)| (key, target(at))).collect()
    }

    fn holds(keys: &[u32], absent: impl IntoIterator<Item = u32>) {
        let led = lead(keys);
        let entries: Vec<[u8; 8]> = table(&led).unwrap().into_iter().map(u64::to_le_bytes).collect();
        for (key, target) in led {
            assert_eq!(find(&entries, key), Some(target), "{key:#x} of {} keys", keys.len());
        }
        let known: BTreeSet<u32> = keys.iter().copied().collect();
        for absent in absent.into_iter().filter(|key| !known.contains(key)) {
            assert_eq!(find(&entries, absent), None, "{absent:#x}");
        }
    }

    #[test]
    fn every_key_leads_where_it_is_to_and_no_other_is_found() {
        for count in (1..80).chain([5000_u32]) {
            let mut keys: Vec<u32> = (0..count).map(|n| n.wrapping_mul(0x9e37_79b1) | 1).collect();
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
        assert_eq!(table(&lead(&keys)), None);
    }

    #[test]
    fn indices_that_an_entry_cannot_hold_have_no_table() {
        const END: u32 = 0x007f_ffff;
        for target in [Target::Clause, Target::Device] {
            let [entry, ..] = table(&[(7, target(END - 1))]).unwrap()[..] else { unreachable!("a key has an entry") };
            assert_eq!(find(&[entry.to_le_bytes()], 7), Some(target(END - 1)));
            assert_eq!(table(&[(7, target(END))]), None);
        }
    }
}
