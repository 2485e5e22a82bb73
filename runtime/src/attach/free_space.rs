//! Facts of free-space DVSECs on spaces built by hand: those that the device has, and those that its entry declares.

#![expect(clippy::unwrap_used, reason = "tests")]

extern crate std;

use std::format;
use std::string::String;
use std::vec::Vec;

use quirk_kit::{only, unchecked};

use super::*;
use crate::decision::Placement;
use crate::source::Source;
use crate::tables::{EmittedDvsec, Evidence, Range};
use crate::testing::{Recorder, add, patched};
use crate::{ByteRange, Finding, Function, Hidden, Operator};

const HOST: HostPasid = HostPasid { width: 20, execute: true, privileged: false, ats_not_supported: false };
const VENDOR: u16 = 0xfffe;
const GAP: u16 = 1;
const TABLE: u16 = 2;

fn identity() -> Identity {
    Identity { vendor: VENDOR, device: 0x1001, function: Function::Physical, ..Identity::default() }
}

/// One after the other by their names.
const FORMATS: &str = "
    dvsec_format gap { vendor 0xfffe; id 1; revision 0; form per_gap; }
    dvsec_format list { vendor 0xfffe; id 2; revision 0; form table; }
";

/// The two formats, and an entry for the device.
fn database(block: &str) -> Vec<u8> {
    unchecked(&format!("{FORMATS} {}", only(block)))
}

fn formats() -> Vec<u8> {
    quirk_kit::tables(FORMATS)
}

/// An endpoint whose list ends with DVSECs of this id, revision, length and form byte.
fn device(dvsecs: &[(u16, u16, u16, u16, u8)]) -> Recorder {
    let first = [(0x100, 0x03), (0x200, 0x0f)];
    let list: Vec<_> = first.into_iter().chain(dvsecs.iter().map(|&(at, ..)| (at, 0x23))).collect();
    let mut space = Recorder::endpoint(&list);
    for &(at, id, revision, length, form) in dvsecs {
        space.set(at + 4, u32::from(length) << 20 | u32::from(revision) << 16 | u32::from(VENDOR));
        space.set(at + 8, u32::from(form) << 16 | u32::from(id));
    }
    space
}

fn with_entries(mut space: Recorder, at: u16, entries: &[(u16, u16)]) -> Recorder {
    for (index, &(start, length)) in (0..).zip(entries) {
        space.set(at + 12 + 4 * index, u32::from(length) << 16 | u32::from(start));
    }
    space
}

fn attach<'db, 'd>(device: &'d Recorder, database: &'db [u8], policy: &Policy<'_>) -> VirtualConfig<'db, &'d Recorder> {
    let databases = [Database::load(database).unwrap()];
    let config = VirtualConfig::attach(device, &databases, &identity(), Some(HOST), policy).unwrap();
    let decision = config.decision();
    if decision.placement.is_none() {
        assert!((0..4096).all(|offset| config.overlay().passes_writes(offset)), "left exactly as it was");
    }
    config
}

fn place(config: &VirtualConfig<'_, &Recorder>) -> Option<(u16, Source)> {
    config.decision().placement.map(|Placement { offset, source }| (offset, source))
}

fn reason(config: &VirtualConfig<'_, &Recorder>) -> &'static str {
    config.decision().candidates.iter().find(|each| each.source == Source::Dvsec).unwrap().reason.code()
}

fn codes(config: &VirtualConfig<'_, &Recorder>) -> Vec<&'static str> {
    config.decision().findings.iter().map(Finding::code).collect()
}

fn chain(config: &VirtualConfig<'_, &Recorder>) -> Vec<(u16, u16)> {
    let steps = config.chain(Space::Extended).unwrap();
    let each = |step: Result<chain::Step, _>| match step.unwrap() {
        chain::Step::Capability(found) => Some((found.offset, found.id)),
        chain::Step::Finding(_) => None,
    };
    steps.filter_map(each).collect()
}

fn dwords(config: &VirtualConfig<'_, &Recorder>, offset: u16, count: usize) -> Vec<u32> {
    let mut bytes = std::vec![0; 4 * count];
    config.read(offset, &mut bytes).unwrap();
    bytes.chunks_exact(4).map(|dword| u32::from_le_bytes(dword.try_into().unwrap())).collect()
}

const DEFAULT: Policy<'static> = Policy::DEFAULT;
const EXPOSED: Policy<'static> = Policy { expose_free_space: true, ..Policy::DEFAULT };

#[test]
fn a_gap_gives_its_lowest_offset_and_is_hidden() {
    let mut space = device(&[(0x400, GAP, 0, 0x100, 1)]);
    space.set(0x4f0, 0x1234_5678);
    let database = formats();
    let mut config = attach(&space, &database, &DEFAULT);
    assert_eq!(place(&config), Some((0x400, Source::Dvsec)));
    assert_eq!(chain(&config), [(0x100, 0x03), (0x200, 0x0f), (0x400, 0x1b)]);
    assert_eq!(dwords(&config, 0x408, 2), [0, 0]);
    assert_eq!(dwords(&config, 0x4f0, 1), [0]);
    for offset in 0x400..0x500 {
        let _ = config.write(offset, &[0xff]).unwrap();
    }
    assert!(space.writes().is_empty());
    let _ = config.write(0x500, &[0xff]).unwrap();
    assert_eq!(space.writes(), [(0x500, 1)]);
}

#[test]
fn an_exposed_gap_shrinks() {
    for (length, rest) in [(0x100, Some(0xf8)), (0x14, Some(12)), (0x10, None), (0x0c, None)] {
        let space = device(&[(0x400, GAP, 0, length, 0)]);
        let database = formats();
        let config = attach(&space, &database, &EXPOSED);
        assert_eq!(place(&config), Some((0x400, Source::Dvsec)), "{length:#x}");
        let list = chain(&config);
        assert_eq!(list[2], (0x400, 0x1b));
        if let Some(rest) = rest {
            assert_eq!(list[3..], [(0x408, 0x23)]);
            assert_eq!(dwords(&config, 0x40c, 2), [rest << 20 | u32::from(VENDOR), 0x0001_0001]);
            assert!((0x408..0x408 + rest as u16).all(|at| config.overlay().owned_bits(at) == 0xff));
        } else {
            assert_eq!(list.len(), 3);
            assert!(config.overlay().passes_writes(0x408), "a smaller rest is nobody's");
        }
        assert!(config.overlay().passes_writes(0x400 + length));
    }
}

#[test]
fn a_rest_never_abuts_another_dvsec() {
    // Twins that abut: the rest of the first ends a dword earlier.
    let space = device(&[(0x400, GAP, 0, 0x40, 1), (0x440, GAP, 0, 0x40, 1)]);
    let database = formats();
    let config = attach(&space, &database, &EXPOSED);
    assert_eq!(codes(&config), ["dvsec-abuts"]);
    assert_eq!(chain(&config)[2..], [(0x440, 0x23), (0x400, 0x1b), (0x408, 0x23)]);
    assert_eq!(dwords(&config, 0x40c, 1)[0] >> 20, 0x34);
}

#[test]
fn a_table_is_rewritten_where_it_is_exposed() {
    let entries = [(0x80, 0x20), (0x400, 0x10), (0x500, 0x100), (0, 0)];
    let space = with_entries(device(&[(0x300, TABLE, 0, 0x1c, 2)]), 0x300, &entries);
    let database = formats();
    let config = attach(&space, &database, &EXPOSED);
    assert_eq!(place(&config), Some((0x400, Source::Dvsec)), "conventional entries never serve PASID");
    assert_eq!(chain(&config)[2..], [(0x300, 0x23), (0x400, 0x1b)]);
    let table = dwords(&config, 0x304, 6);
    assert_eq!(table[..2], [0x01c0_fffe, 0x0002_0002]);
    assert_eq!(table[2..], [0x0020_0080, 0x0008_0408, 0x0100_0500, 0]);
    assert!(config.overlay().passes_writes(0x408));

    let config = attach(&space, &database, &DEFAULT);
    assert_eq!(chain(&config)[2..], [(0x400, 0x1b)]);
    assert_eq!(dwords(&config, 0x300, 7), [0; 7]);
}

#[test]
fn a_range_that_is_used_up_becomes_unused_and_a_split_one_two() {
    let database = formats();
    let space = with_entries(device(&[(0x300, TABLE, 0, 0x14, 2)]), 0x300, &[(0x400, 8), (0x500, 8)]);
    let config = attach(&space, &database, &EXPOSED);
    assert_eq!(dwords(&config, 0x30c, 2), [0x0008_0500, 0]);
    let at = Policy { operator: Operator::Offset(0x540), ..EXPOSED };
    for (room, left) in [(2, &[0x0040_0500, 0x00b8_0548][..]), (1, &[0x0040_0500][..])] {
        let entries = [(0x500, 0x100), (0, 0)];
        let space = with_entries(device(&[(0x300, TABLE, 0, 12 + 4 * room, 2)]), 0x300, &entries[..room.into()]);
        let config = attach(&space, &database, &at);
        assert_eq!(dwords(&config, 0x30c, room.into()), left, "what does not fit is not said");
    }
}

#[test]
fn an_untouched_one_stays_the_devices() {
    let space = with_entries(device(&[(0x300, TABLE, 0, 0x10, 2), (0x600, GAP, 0, 0x40, 1)]), 0x300, &[(0x400, 0x40)]);
    let database = formats();
    let policy = Policy { operator: Operator::Offset(0x800), ..EXPOSED };
    let config = attach(&space, &database, &policy);
    assert_eq!(chain(&config), [(0x100, 0x03), (0x200, 0x0f), (0x300, 0x23), (0x600, 0x23), (0x800, 0x1b)]);
    assert!((0x300..0x310).chain(0x604..0x640).all(|at| config.overlay().owned_bits(at) == 0));
    let hidden = attach(&space, &database, &Policy { expose_free_space: false, ..policy });
    assert_eq!(chain(&hidden), [(0x100, 0x03), (0x200, 0x0f), (0x800, 0x1b)]);
}

#[test]
fn a_gap_at_the_head_of_the_list_keeps_the_list() {
    let mut space = Recorder::endpoint(&[(0x100, 0x23), (0x200, 0x0f)]);
    space.set(0x104, 0x0400_0000 | u32::from(VENDOR));
    space.set(0x108, 0x0001_0001);
    let database = formats();
    for (policy, list) in [
        (DEFAULT, &[(0x100, 0x1b), (0x200, 0x0f)][..]),
        (EXPOSED, &[(0x100, 0x1b), (0x200, 0x0f), (0x108, 0x23)][..]),
        (Policy { operator: Operator::Offset(0x400), ..DEFAULT }, &[(0x100, 0), (0x200, 0x0f), (0x400, 0x1b)][..]),
    ] {
        assert_eq!(chain(&attach(&space, &database, &policy)), list);
    }
}

#[test]
fn all_that_are_recognised_are_searched_lowest_first() {
    let entries = [(0x700, 0x40), (0x2c0, 0x10)];
    let space = with_entries(device(&[(0x400, GAP, 0, 0x40, 1), (0x300, TABLE, 0, 0x14, 2)]), 0x300, &entries);
    let database = formats();
    assert_eq!(place(&attach(&space, &database, &DEFAULT)), Some((0x2c0, Source::Dvsec)));
}

#[test]
fn the_later_database_says_what_a_dvsec_is() {
    let space = device(&[(0x400, GAP, 0, 0x40, 0)]);
    let later = quirk_kit::tables("dvsec_format other { vendor 0xfffe; id 1; revision 0; form table; }");
    let first = formats();
    let [first, later] = [&first, &later].map(|bytes| Database::load(bytes).unwrap());
    let attach = |databases: &[Database<'_>]| {
        let config = VirtualConfig::attach(&space, databases, &identity(), Some(HOST), &DEFAULT).unwrap();
        config.decision().placement.is_some()
    };
    assert!(attach(&[first]) && attach(&[later, first]));
    assert!(!attach(&[first, later]), "a table without entries");
}

#[test]
fn what_a_dvsec_says_is_no_help_to_other_sources_and_counts_against_generous_lengths_alone() {
    let mut list = device(&[(0x300, TABLE, 0, 0x14, 2)]);
    list = with_entries(list, 0x300, &[(0x900, 0x40), (0xa00, 0x40)]);
    // An unknown capability below reaches to the end.
    list.set(0x300, 0x8001_0023);
    list.set(0x800, 0x0001_7777);
    let database = formats();
    assert_eq!(place(&attach(&list, &database, &DEFAULT)), Some((0x900, Source::Dvsec)));
    let policy = Policy { operator: Operator::Offset(0x900), ..DEFAULT };
    let config = attach(&list, &database, &policy);
    assert_eq!(config.decision().candidates[1].reason.code(), "capability-body");
    // A hidden one keeps all that it may reach.
    let hidden = [Hidden { id: 0x30, version: 1, offset: 0x880, length: 0 }];
    let config = attach(&list, &database, &Policy { confirmed: &hidden, ..DEFAULT });
    assert_eq!((place(&config), reason(&config)), (None, "hidden-capability"));
}

#[test]
fn nothing_is_placed_over_registers_reserved_hidden_or_vmm_bytes() {
    let space = device(&[(0x400, GAP, 0, 0x100, 1)]);
    let database = database("layout { register @ 0x404 len 4; reserved @ 0x410 len 4; }");
    let owned = [ByteRange::new(0x41c, 0x41d)];
    let policy = Policy { vmm_owned: &owned, ..EXPOSED };
    let config = attach(&space, &database, &policy);
    assert_eq!(place(&config), Some((0x408, Source::Dvsec)));
    // 0x414..0x41c is too short; the register stays the device's.
    assert_eq!(chain(&config)[2..], [(0x408, 0x1b), (0x420, 0x23)]);
    assert!(config.overlay().passes_writes(0x404) && config.overlay().passes_writes(0x410));
    let config = attach(&space, &database, &Policy { expose_free_space: false, ..policy });
    assert!(config.overlay().passes_writes(0x404) && !config.overlay().passes_writes(0x414));
    assert_eq!(dwords(&config, 0x400, 1), [0]);
}

#[test]
fn an_entry_may_distrust() {
    let space = device(&[(0x400, GAP, 0, 0x100, 1)]);
    let database = database("distrust dvsec;");
    let config = attach(&space, &database, &DEFAULT);
    assert_eq!((place(&config), reason(&config)), (None, "distrusted"));
    let policy = Policy { operator: Operator::Offset(0x800), ..EXPOSED };
    let config = attach(&space, &database, &policy);
    assert_eq!(chain(&config)[2..], [(0x800, 0x1b)], "what is wrong is not exposed");
    assert!(!config.overlay().passes_writes(0x408) && config.overlay().passes_writes(0x40c));
}

#[test]
fn broken_ones_are_dropped_with_their_finding() {
    let database = formats();
    for (dvsec, finding) in [
        ((0x400, GAP, 0, 8, 1), "dvsec-length"),
        ((0x400, GAP, 0, 0, 1), "dvsec-length"),
        ((0x400, GAP, 0, 0x42, 1), "dvsec-length"),
        ((0xf00, GAP, 0, 0x104, 1), "dvsec-truncated"),
        ((0xff4, TABLE, 0, 0x10, 2), "dvsec-truncated"),
        ((0x400, GAP, 0, 0x40, 2), "dvsec-form"),
        ((0x400, GAP, 0, 0x40, 3), "dvsec-form"),
        ((0x400, TABLE, 0, 0x40, 1), "dvsec-form"),
        ((0x110, GAP, 0, 0x100, 1), "dvsec-overlaps-capability"),
    ] {
        let space = device(&[dvsec]);
        let config = attach(&space, &database, &DEFAULT);
        assert_eq!((place(&config), reason(&config)), (None, "dvsec-dropped"), "{dvsec:x?}");
        assert!(codes(&config).contains(&finding), "{dvsec:x?}: {:?}", codes(&config));
        // Placed elsewhere, it is hidden, and never shown again.
        let policy = Policy { operator: Operator::Offset(0x300), ..EXPOSED };
        let config = attach(&space, &database, &policy);
        assert_eq!(chain(&config), [(0x100, 0x03), (0x200, 0x0f), (0x300, 0x1b)], "{dvsec:x?}");
    }
}

#[test]
fn bad_entries_are_dropped_and_the_others_stand() {
    let entries = [
        (0x402, 8, Some("entry-unaligned")),
        (0x0fc, 8, Some("entry-out-of-range")),
        (0xff8, 16, Some("entry-out-of-range")),
        (0x20, 8, Some("entry-out-of-range")),
        (0x33c, 8, Some("entry-overlaps-dvsec")),
        (0x200, 0x20, Some("entry-overlaps-capability")),
        (0x500, 0x10, None),
        (0x508, 0x10, Some("entry-overlaps-entry")),
        (0x40, 8, Some("entry-overlaps-capability")),
        (0xc00, 0, None),
    ];
    let listed: Vec<_> = entries.iter().map(|&(start, length, _)| (start, length)).collect();
    let space = with_entries(device(&[(0x300, TABLE, 0, 0x40, 2)]), 0x300, &listed);
    let database = formats();
    let config = attach(&space, &database, &EXPOSED);
    assert_eq!(place(&config), Some((0x500, Source::Dvsec)));
    let dropped: Vec<_> = (0..).zip(&entries).filter_map(|(index, entry)| Some((index, entry.2?))).collect();
    let found: Vec<_> = config
        .decision()
        .findings
        .iter()
        .map(|finding| match *finding {
            Finding::DvsecEntry { at: 0x300, index, fault } => (index, fault.code()),
            _ => (u16::MAX, finding.code()),
        })
        .collect();
    assert_eq!(found, dropped);
    assert_eq!(dwords(&config, 0x30c, 2), [0x0008_0508, 0], "the rest of the only good entry");
}

#[test]
fn a_table_without_entries_says_that_nothing_is_free() {
    let database = formats();
    for length in [12, 16] {
        let space = device(&[(0x300, TABLE, 0, length, 2)]);
        let config = attach(&space, &database, &DEFAULT);
        assert_eq!((place(&config), reason(&config), codes(&config)), (None, "no-room", Vec::new()));
    }
}

#[test]
fn another_revision_is_another_dvsec() {
    let space = device(&[(0x400, GAP, 3, 0x100, 1)]);
    let database = formats();
    let config = attach(&space, &database, &DEFAULT);
    assert_eq!((place(&config), reason(&config), codes(&config)), (None, "nothing-given", std::vec!["dvsec-revision"]));
    let config = attach(&space, &database, &Policy { operator: Operator::Offset(0x800), ..DEFAULT });
    assert_eq!(chain(&config)[2..], [(0x400, 0x23), (0x800, 0x1b)], "not ours to hide");
}

#[test]
fn no_more_is_read_than_the_search_needs() {
    let space = with_entries(device(&[(0x300, TABLE, 0, 0x14, 2)]), 0x300, &[(0x400, 0x40)]);
    let database = formats();
    let config = attach(&space, &database, &DEFAULT);
    assert!(config.decision().placement.is_some());
    let reads = space.reads();
    let table: Vec<_> = reads.iter().filter(|(at, _)| (0x304..0x314).contains(at)).copied().collect();
    assert_eq!(table, [(0x304, 8), (0x30c, 8)]);
    let inside: Vec<_> =
        reads.iter().filter(|&&(at, length)| (0x400..0x440).contains(&(at + length as u16 - 1))).collect();
    assert_eq!(inside, [&(0x400, 4), &(0x404, 4)], "whether what is about to be used reads 0");
}

/// A DVSEC that an entry declares: index of its format, offset, length, ranges.
type Declared<'a> = (u32, u16, u16, &'a [(u16, u16)]);

/// An entry with a free range, PASID in it, and DVSECs of these formats, offsets, lengths and ranges.
fn declaring(free: &[(u16, u16)], pasid: u16, dvsecs: &[Declared<'_>]) -> Vec<u8> {
    emitting(database(&free_and_pasid(free, pasid)), dvsecs)
}

fn free_and_pasid(free: &[(u16, u16)], pasid: u16) -> String {
    let range = |&(start, end): &(u16, u16)| format!("free @ {start}..{end} {{ evidence vendor \"x\"; }}");
    let free: String = free.iter().map(range).collect();
    format!("{free} pasid {{ place @ {pasid}; }}")
}

/// Tables whose only device has these DVSECs, wherever the compiler would put them.
fn emitting(mut tables: Vec<u8>, dvsecs: &[Declared<'_>]) -> Vec<u8> {
    let mut emitted = Vec::new();
    for &(format, offset, length, entries) in dvsecs {
        let ranges: Vec<_> = entries.iter().map(|&(start, end)| Range { start, end }).collect();
        emitted.push(EmittedDvsec { format, offset, length, entries: add(&mut tables, &ranges) });
    }
    let emitted = add(&mut tables, &emitted);
    patched(tables, 0, |device: &mut crate::tables::Device| device.dvsecs = emitted)
}

#[test]
fn a_declared_gap_is_shown_behind_pasid() {
    let space = device(&[]);
    let database = declaring(&[(0x400, 0x700)], 0x400, &[(0, 0x408, 0x2f8, &[])]);
    let mut config = attach(&space, &database, &DEFAULT);
    assert_eq!(chain(&config), [(0x100, 0x03), (0x200, 0x0f), (0x400, 0x1b), (0x408, 0x23)]);
    assert_eq!(dwords(&config, 0x408, 4), [0x0001_0023, 0x2f80_fffe, 0x0001_0001, 0]);
    assert_eq!(codes(&config), Vec::<&str>::new());
    for offset in 0x400..0x700 {
        let _ = config.write(offset, &[0xff]).unwrap();
    }
    assert_eq!(dwords(&config, 0x408, 4), [0x0001_0023, 0x2f80_fffe, 0x0001_0001, 0]);
    assert!(space.writes().is_empty() && config.overlay().passes_writes(0x700));
    let bare = VirtualConfig::attach(&space, &[Database::load(&database).unwrap()], &identity(), None, &DEFAULT);
    assert!((0..4096).all(|offset| bare.as_ref().unwrap().overlay().passes_writes(offset)));
}

#[test]
fn a_declared_table_is_shown_with_its_entries() {
    let space = device(&[]);
    let entries: &[(u16, u16)] = &[(0xb0, 0xc0), (0x41c, 0x500)];
    let database = declaring(&[(0xb0, 0xc0), (0x400, 0x500)], 0x400, &[(1, 0x408, 0x14, entries)]);
    let config = attach(&space, &database, &DEFAULT);
    let table = [0x0001_0023, 0x0140_fffe, 0x0002_0002, 0x0010_00b0, 0x00e4_041c];
    assert_eq!(dwords(&config, 0x408, 5), table);
    assert!(config.overlay().passes_writes(0x41c) && codes(&config).is_empty());
}

#[test]
fn pasid_elsewhere_never_makes_a_dvsec_lie() {
    let space = device(&[]);
    let at = |offset| Policy { operator: Operator::Offset(offset), ..DEFAULT };
    let gap = declaring(&[(0x400, 0x700)], 0x400, &[(0, 0x408, 0x2f8, &[])]);
    let config = attach(&space, &gap, &at(0x500));
    assert_eq!(chain(&config)[2..], [(0x500, 0x1b), (0x408, 0x23), (0x508, 0x23)]);
    assert_eq!((dwords(&config, 0x40c, 1)[0] >> 20, dwords(&config, 0x50c, 1)[0] >> 20), (0xf8, 0x1f8));
    assert_eq!(codes(&config), ["dvsec-cut"]);
    let small = declaring(&[(0x400, 0x418)], 0x400, &[(0, 0x408, 0x10, &[])]);
    let config = attach(&space, &small, &at(0x40c));
    assert_eq!((chain(&config)[2..].to_vec(), codes(&config)), (std::vec![(0x40c, 0x1b)], std::vec!["dvsec-left-out"]));
    let config = attach(&space, &small, &at(0x800));
    assert_eq!((chain(&config)[2..].to_vec(), codes(&config)), (std::vec![(0x800, 0x1b), (0x408, 0x23)], Vec::new()));

    let entries: &[(u16, u16)] = &[(0x418, 0x500)];
    let table = declaring(&[(0x400, 0x500)], 0x400, &[(1, 0x408, 0x10, entries)]);
    let config = attach(&space, &table, &at(0x440));
    assert_eq!((dwords(&config, 0x414, 1), codes(&config)), (std::vec![0x0028_0418], std::vec!["dvsec-cut"]));
    let config = attach(&space, &table, &at(0x40c));
    assert_eq!(codes(&config), ["dvsec-left-out"]);
}

#[test]
fn what_the_device_or_the_caller_has_is_not_described_as_free() {
    // The device has a capability that the entry does not know: the entry is refused, and nothing of it is free.
    let mut space = device(&[]);
    space.set(0x200, 0x4801_000f);
    space.set(0x480, 0x0001_0003);
    let database = declaring(&[(0x400, 0x700)], 0x400, &[(0, 0x408, 0x2f8, &[])]);
    let config = attach(&space, &database, &Policy { operator: Operator::Offset(0x800), ..DEFAULT });
    assert_eq!(chain(&config)[3..], [(0x800, 0x1b)]);
    assert!(codes(&config).contains(&"dvsec-left-out"));
    let owned = [ByteRange::new(0x500, 0x504)];
    let space = device(&[]);
    let config = attach(&space, &database, &Policy { vmm_owned: &owned, ..DEFAULT });
    assert_eq!(chain(&config)[2..], [(0x400, 0x1b), (0x408, 0x23), (0x504, 0x23)]);
    let weak = Policy { least_evidence: Evidence::Datasheet, operator: Operator::Offset(0x800), ..DEFAULT };
    assert_eq!(codes(&attach(&space, &database, &weak)), ["dvsec-left-out"]);
}

#[test]
fn hostile_declarations_are_left_out() {
    let space = device(&[]);
    for (format, offset, length) in
        [(0, 0x409, 0x20), (0, 0xffff, 0xffff), (1, 0x408, 8), (9, 0x408, 0x20), (0, 0x408, 0xffff), (1, 0xff8, 0x20)]
    {
        let wild: &[(u16, u16)] = &[(0xffff, 3), (3, 0xffff), (0, 0), (0xfffd, 0xffff)];
        let database = declaring(&[(0x400, 0x500)], 0x400, &[(format, offset, length, wild)]);
        let config = attach(&space, &database, &DEFAULT);
        assert_eq!(codes(&config), ["dvsec-left-out"], "{format} {offset:#x} {length:#x}");
        assert_eq!(chain(&config).last(), Some(&(0x400, 0x1b)));
    }
    let wild: &[(u16, u16)] = &[(0xffff, 3), (3, 0xffff), (0, 0), (0xfffd, 0xffff)];
    let database = declaring(&[(0x400, 0x500)], 0x400, &[(1, 0x408, 0x20, wild)]);
    let config = attach(&space, &database, &DEFAULT);
    assert_eq!(codes(&config), ["dvsec-cut"]);
    assert_eq!(
        dwords(&config, 0x414, 2),
        [0x00d8_0428, 0],
        "only what is declared free, and not the DVSEC's own bytes"
    );
}

#[test]
fn more_dvsecs_than_fit_cost_no_pasid() {
    let space = device(&[]);
    let many: Vec<Declared<'_>> = (0..60).map(|at| (0, 0x410 + 0x20 * at, 0x10, &[][..])).collect();
    let database = declaring(&[(0x400, 0xfff)], 0x400, &many);
    let config = attach(&space, &database, &DEFAULT);
    assert_eq!(place(&config), Some((0x400, Source::Entry)));
    assert_eq!(chain(&config).len(), 2 + 32);
}

#[test]
fn a_profile_shows_the_dvsecs_that_it_froze_and_no_other() {
    let space = device(&[]);
    let build = |pasid: u16, frozen: &[u16]| {
        let device = only(&free_and_pasid(&[(0x400, 0x500), (0x600, 0x640)], 0x400));
        let frozen: String = frozen.iter().map(|offset| format!("ext dvsec @ {offset};")).collect();
        let profile = format!("profile frozen for only {{ pasid @ {pasid} width 12; {frozen} released \"1\"; }}");
        let dvsecs: &[Declared<'_>] = &[(0, 0x408, 0xf8, &[]), (0, 0x600, 0x40, &[])];
        emitting(unchecked(&format!("{FORMATS} {device} {profile}")), dvsecs)
    };
    let policy = Policy { profile: Some("frozen"), ..DEFAULT };
    let bytes = build(0x400, &[0x600]);
    let config = attach(&space, &bytes, &policy);
    assert_eq!(chain(&config)[2..], [(0x400, 0x1b), (0x600, 0x23)]);
    let bytes = build(0x400, &[]);
    assert_eq!(chain(&attach(&space, &bytes, &policy))[2..], [(0x400, 0x1b)]);
    for bytes in [build(0x480, &[0x408]), build(0x400, &[0x500])] {
        let config = attach(&space, &bytes, &policy);
        assert_eq!(place(&config), None);
        let refused = config.decision().candidates.iter().find(|each| each.source == Source::Profile).unwrap();
        assert_eq!(refused.reason.code(), "declared-capability-absent");
    }
}

#[test]
fn a_computed_length_beats_a_declaration_in_conventional_space_too() {
    let mut space = device(&[]);
    // Serial ATA, 16 bytes as it says.
    space.link_conventional(&[(0x40, 0x10), (0xa0, 0x12)]);
    space.set(0xa4, 0x0f);
    let entries: &[(u16, u16)] = &[(0xa8, 0xc0)];
    let database = declaring(&[(0xa8, 0xc0), (0x400, 0x500)], 0x400, &[(1, 0x408, 0x14, entries)]);
    let config = attach(&space, &database, &DEFAULT);
    assert_eq!(dwords(&config, 0x414, 1), [0x0010_00b0]);
}

#[test]
fn a_table_does_not_call_free_what_another_dvsec_takes() {
    let space = device(&[]);
    let entries: &[(u16, u16)] = &[(0x500, 0x600)];
    let database = declaring(&[(0x400, 0x600)], 0x400, &[(1, 0x408, 0x18, entries), (0, 0x540, 0x20, &[])]);
    let config = attach(&space, &database, &DEFAULT);
    assert_eq!(chain(&config)[2..], [(0x400, 0x1b), (0x408, 0x23), (0x540, 0x23)]);
    assert_eq!(dwords(&config, 0x414, 2), [0x0040_0500, 0x00a0_0560]);
}

#[test]
fn layers_take_nothing_from_a_description() {
    let space = device(&[]);
    let database = declaring(&[(0x400, 0x700)], 0x400, &[(0, 0x408, 0x2f8, &[])]);
    let layer = |name, block| format!("layer {name} {{ match pci(0xfffe, any); default on; {block} }}");
    let on = layer("on", "hide cap pcie; emulate u32 @ 0x500 = 0 ro;") + &layer("bad", "pcie_type endpoint;");
    let on = patched(quirk_kit::tables(&on), 0, |layer: &mut crate::tables::Layer| layer.port_type = 0x10);
    let databases = [&database, &on].map(|bytes| Database::load(bytes).unwrap());
    let config = VirtualConfig::describe(&space, &databases, &identity()).unwrap();
    assert_eq!(dwords(&config, 0x408, 2), [0x0001_0023, 0x2f80_fffe]);
    assert_eq!(codes(&config), Vec::<&str>::new());
}
