//! Entries against what their vendor publishes of the same functions: tables of facts in `quirks/facts/`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;

use quirk_db::DATABASE;
use quirk_macros::quirks;
use quirk_runtime::Database;
use quirk_runtime::capability::{Kind, Space};
use quirk_runtime::tables::{Device, EntryKind, LayoutEntry};

use crate::recorded::corpus;

const MAP: &str = include_str!("../../facts/nvidia-config-map.tsv");
const GB100: &str = include_str!("../../facts/nvidia-gb100.tsv");
const NBIO: &str = include_str!("../../facts/amd-nbio.tsv");

/// What a map says of the functions of one entry.
struct Registers {
    entry: &'static str,
    map: &'static str,
    end: u16,
    ranges: Vec<Range<u16>>,
}

fn number(text: &str) -> u16 {
    u16::from_str_radix(text.strip_prefix("0x").unwrap_or(text), 16).unwrap()
}

fn ranges(text: &str) -> Vec<Range<u16>> {
    let range = |range: &str| {
        let (start, end) = range.split_once("..").unwrap();
        number(start)..number(end)
    };
    text.split(' ').map(range).collect()
}

/// The rows of a table: comments and the row of titles are none.
fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().filter(|line| !line.starts_with('#')).skip(1).map(|line| line.split('\t').collect())
}

fn registers() -> Vec<Registers> {
    let registers = |row: Vec<&'static str>| {
        let &[entry, map, end, all] = row.first_chunk().unwrap();
        Registers { entry, map, end: number(end), ranges: ranges(all) }
    };
    rows(MAP).map(registers).collect()
}

fn device(database: &Database<'static>, name: &str) -> Device {
    database.all::<Device>().find(|device| database.text(device.name) == name).unwrap()
}

/// Where an entry and the map of its registers contradict each other.
fn contradictions(database: &Database<'static>, device: &Device, fact: &Registers) -> Vec<String> {
    let exists = |at: u16| fact.ranges.iter().any(|range| range.contains(&at));
    let entries: Vec<LayoutEntry> = database.list(device.layout).collect();
    let declared = |at: u16| entries.iter().any(|entry| (entry.offset..entry.offset + entry.length).contains(&at));
    let mut found = Vec::new();
    for free in database.list(device.free) {
        for at in (free.start..free.end).step_by(4) {
            if exists(at) || at >= fact.end {
                found.push(format!("{at:#x} is free, and a register of {}", fact.map));
            }
        }
    }
    for entry in entries.iter().filter(|entry| entry.kind == EntryKind::Register) {
        for at in (entry.offset..entry.offset + entry.length).step_by(4).filter(|at| *at < fact.end && !exists(*at)) {
            found.push(format!("{at:#x} is a register, and none of {}", fact.map));
        }
    }
    for at in (0x40..fact.end).step_by(4).filter(|at| exists(*at) && !declared(*at)) {
        found.push(format!("{at:#x} is a register of {}, and not declared", fact.map));
    }
    found
}

#[test]
fn entries_agree_with_the_maps_of_their_vendor() {
    let facts = registers();
    assert_eq!(facts.len(), 4);
    for fact in facts {
        let found = contradictions(&DATABASE, &device(&DATABASE, fact.entry), &fact);
        assert!(found.is_empty(), "{}: {found:#?}", fact.entry);
    }
}

/// The comparison itself: one wrong offset of each kind is found.
#[test]
fn a_wrong_offset_contradicts_the_map() {
    static WRONG: Database<'static> = quirks! {
        edition 1;
        source map = driver "example/regmap.h";
        device wrong {
            name "Wrong";
            match pci(0xfffe, 0x1001);
            layout { register "missing" @ 0x44 len 4 { evidence map; } }
            free @ 0xff8..0x1000 { evidence map; }
        }
    };
    let fact = Registers { entry: "wrong", map: "example", end: 0x1000, ranges: vec![0x40..0x44, 0xff8..0x1000] };
    let found = contradictions(&WRONG, &device(&WRONG, "wrong"), &fact);
    assert_eq!(
        found,
        [
            "0xff8 is free, and a register of example",
            "0xffc is free, and a register of example",
            "0x44 is a register, and none of example",
            "0x40 is a register of example, and not declared",
            "0xff8 is a register of example, and not declared",
            "0xffc is a register of example, and not declared",
        ]
    );
}

/// Where the vendor's own table is at hand, ours says the same.
#[test]
fn the_tables_are_those_of_the_vendors() {
    let Some(facts) = corpus().map(|corpus| corpus.join("../vendor-facts/nvidia-config-map.tsv")) else { return };
    let Ok(text) = fs::read_to_string(facts) else { return };
    let exist: BTreeMap<&str, BTreeSet<u16>> = text
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .filter(|row| row.get(2) == Some(&"xve") && row.get(4) == Some(&"exists"))
        .map(|row| (row[0], ranges(row[5]).into_iter().flatten().collect()))
        .collect();
    for fact in registers() {
        let ours: BTreeSet<u16> = fact.ranges.iter().cloned().flatten().collect();
        assert_eq!(exist.get(fact.map), Some(&ours), "{}", fact.map);
    }
}

/// The kind of a capability at an offset, as a table names it.
fn kind(offset: u16, name: &str) -> (EntryKind, u16) {
    let (kind, space) = match offset {
        0..0x100 => (EntryKind::Capability, Space::Conventional),
        _ => (EntryKind::Extended, Space::Extended),
    };
    (kind, Kind::by_name(space, name).unwrap().id)
}

/// The capabilities that an entry declares: offset to kind.
fn capabilities(device: &Device) -> BTreeMap<u16, (EntryKind, u16)> {
    let entries = DATABASE.list::<LayoutEntry>(device.layout);
    let is_capability = |entry: &LayoutEntry| matches!(entry.kind, EntryKind::Capability | EntryKind::Extended);
    entries.filter(is_capability).map(|entry| (entry.offset, (entry.kind, entry.id))).collect()
}

#[test]
fn blackwell_has_every_capability_of_its_vendors_header_and_no_other() {
    let mut published = BTreeMap::new();
    for row in rows(GB100) {
        let &[entry, offset, name, _] = row.first_chunk().unwrap();
        assert_eq!(entry, "blackwell_gb100");
        published.insert(number(offset), kind(number(offset), name));
    }
    assert_eq!(capabilities(&device(&DATABASE, "blackwell_gb100")), published);
    assert_eq!(published.get(&0x3b0), Some(&(EntryKind::Extended, 0x1b)));
}

/// A generation may have what a board does not, never the other way round.
#[test]
fn capabilities_of_amd_graphics_are_where_their_bus_interface_has_them() {
    let mut compared = 0;
    for row in rows(NBIO) {
        let &[generation, entries, capabilities_] = row.first_chunk().unwrap();
        let published: BTreeMap<u16, (EntryKind, u16)> = capabilities_
            .split(' ')
            .map(|capability| {
                let (offset, name) = capability.split_once(':').unwrap();
                (number(offset), kind(number(offset), name))
            })
            .collect();
        for entry in entries.split(' ') {
            let declared = capabilities(&device(&DATABASE, entry));
            assert_eq!(declared.get(&0x2d0), Some(&(EntryKind::Extended, 0x1b)), "{entry}");
            for (offset, kind) in declared {
                assert_eq!(published.get(&offset), Some(&kind), "{entry}: {offset:#x} in {generation}");
                compared += 1;
            }
        }
    }
    assert!(compared > 60, "{compared}");
}
