//! One layout for all lists of an id, and one entry for all ids of a vendor with that layout.

use std::collections::{BTreeMap, BTreeSet};

use quirk_runtime::capability::Kind;

use super::line::{Line, Listed, space};

/// A capability: whether it is extended, where, and which.
pub(super) type What = (bool, u16, u16);

/// All ids of a vendor with one layout.
pub(super) struct Entry {
    pub(super) vendor: u16,
    pub(super) devices: BTreeSet<u16>,
    pub(super) capabilities: Vec<Capability>,
    /// How many machines the lists are of.
    pub(super) machines: u64,
    /// Capabilities that overlap others.
    pub(super) left_out: usize,
}

/// A capability of an entry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Capability {
    pub(super) what: What,
    /// Not every list has it.
    pub(super) optional: bool,
}

/// The entries, in the order of their vendors and first ids. Lists without capabilities make none.
pub(super) fn entries(records: &[Line]) -> Vec<Entry> {
    let mut ids: BTreeMap<(u16, u16), Vec<&Line>> = BTreeMap::new();
    for record in records {
        ids.entry((record.vendor, record.device)).or_default().push(record);
    }
    let mut by_layout: BTreeMap<(u16, Vec<Capability>), Entry> = BTreeMap::new();
    for ((vendor, device), records) in ids {
        let (capabilities, left_out) = layout(&records);
        if capabilities.is_empty() {
            continue;
        }
        let new = Entry { vendor, devices: BTreeSet::new(), capabilities, machines: 0, left_out: 0 };
        let entry = by_layout.entry((vendor, new.capabilities.clone())).or_insert(new);
        entry.devices.insert(device);
        entry.machines += records.iter().map(|record| record.machines).sum::<u64>();
        entry.left_out += left_out;
    }
    let mut entries: Vec<Entry> = by_layout.into_values().collect();
    entries.sort_by_key(|entry| (entry.vendor, entry.devices.first().copied()));
    entries
}

/// The layout of an id, and how much was left out of it: of capabilities that overlap, that stays which most machines have.
fn layout(records: &[&Line]) -> (Vec<Capability>, usize) {
    let mut machines: BTreeMap<Listed, (u64, usize)> = BTreeMap::new();
    for record in records {
        for each in &record.capabilities {
            let (count, lists) = machines.entry(*each).or_default();
            *count += record.machines;
            *lists += 1;
        }
    }
    let all = machines.len();
    let mut ranked: Vec<(Listed, (u64, usize))> = machines.into_iter().collect();
    ranked.sort_by_key(|(listed, (count, _))| (std::cmp::Reverse(*count), *listed));
    let mut kept: Vec<Capability> = Vec::new();
    for (Listed { extended, offset, id }, (_, lists)) in ranked {
        let what = (extended, offset, id);
        if kept.iter().all(|other| !overlap(what, other.what)) {
            kept.push(Capability { what, optional: lists != records.len() });
        }
    }
    kept.sort_unstable();
    let left_out = all - kept.len();
    (kept, left_out)
}

/// Whether two capabilities have a dword in common, however short they are.
fn overlap(one: What, other: What) -> bool {
    let end = |(extended, offset, id): What| {
        let shortest = Kind::by_id(space(extended), id).map_or(4, |kind| kind.min);
        offset.saturating_add(shortest).next_multiple_of(4)
    };
    one.1 < end(other) && other.1 < end(one)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(device: u16, machines: u64, capabilities: &[What]) -> Line {
        let listed = capabilities.iter().map(|&(extended, offset, id)| Listed { extended, offset, id });
        Line { vendor: 0xfffe, device, machines, capabilities: listed.collect() }
    }

    fn said(entry: &Entry) -> Vec<(What, bool)> {
        entry.capabilities.iter().map(|each| (each.what, each.optional)).collect()
    }

    const PM: What = (false, 0x40, 1);
    const AER: What = (true, 0x100, 1);
    const DSN: What = (true, 0x120, 3);
    const ATS: What = (true, 0x12c, 0x0f);

    #[test]
    fn what_some_lists_lack_is_optional() {
        let found = entries(&[record(1, 5, &[PM, AER]), record(1, 2, &[PM])]);
        assert_eq!(found.iter().map(said).collect::<Vec<_>>(), [[(PM, false), (AER, true)]]);
        assert_eq!((found[0].machines, found[0].left_out), (7, 0));
    }

    #[test]
    fn ids_with_one_layout_are_one_entry() {
        let found = entries(&[record(3, 1, &[PM]), record(1, 5, &[PM]), record(2, 1, &[PM, AER]), record(4, 9, &[])]);
        let ids: Vec<Vec<u16>> = found.iter().map(|entry| entry.devices.iter().copied().collect()).collect();
        assert_eq!(ids, [vec![1, 3], vec![2]]);
        assert_eq!(found[0].machines, 6);
    }

    #[test]
    fn of_what_overlaps_most_machines_decide() {
        // AER has 0x2c bytes at least: the serial number lies in it, and ATS begins where it ends.
        let found = entries(&[record(1, 5, &[AER, ATS]), record(1, 2, &[DSN, ATS])]);
        assert_eq!(said(&found[0]), [(AER, true), (ATS, false)]);
        assert_eq!(found[0].left_out, 1);
        let found = entries(&[record(1, 2, &[AER, ATS]), record(1, 5, &[DSN, ATS])]);
        assert_eq!(said(&found[0]), [(DSN, true), (ATS, false)]);
    }
}
