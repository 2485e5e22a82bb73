//! What the library holds, without any dump.

use std::collections::BTreeSet;

use quirk_db::DATABASE;
use quirk_runtime::tables::{
    Claim, Clause, Device, EntryKind, Evidence, FunctionKind, IdKind, IdSet, LayoutEntry, PlaceKind,
};
use quirk_runtime::{Database, Function, Identity};

use crate::lookup::{clauses, entries, entry_for, name};

const PASID: u16 = 0x1b;

/// Functions whose entries the library must keep: name, vendor, device, revision, class.
pub(crate) const DEVICES: &[(&str, u16, u16, u8, u32)] = &[
    ("aqc113cs", 0x1d6a, 0x94c0, 0x03, 0x02_0000),
    ("ar9285", 0x168c, 0x002b, 0x01, 0x02_8000),
    ("ar9462", 0x168c, 0x0034, 0x01, 0x02_8000),
    ("bcm5719", 0x14e4, 0x1657, 0x01, 0x02_0000),
    ("bcm57810", 0x14e4, 0x168e, 0x10, 0x02_0000),
    ("chipset_600_usb", 0x1022, 0x43f7, 0x01, 0x0c_0330),
    ("dlb_2_0", 0x8086, 0x2710, 0x00, 0x0b_4000),
    ("dlb_2_5", 0x8086, 0x2714, 0x00, 0x0b_4000),
    ("dsa_spr", 0x8086, 0x0b25, 0x00, 0x08_8000),
    ("geforce_ampere", 0x10de, 0x2486, 0xa1, 0x03_0000),
    ("geforce_gp108m", 0x10de, 0x1d12, 0xa1, 0x03_0200),
    ("graphics_gen11", 0x8086, 0x8a52, 0x07, 0x03_0000),
    ("graphics_gen12", 0x8086, 0x9a49, 0x01, 0x03_0000),
    ("graphics_gen9", 0x8086, 0x191e, 0x07, 0x03_0000),
    ("i350", 0x8086, 0x1521, 0x01, 0x02_0000),
    ("megaraid_sas3", 0x1000, 0x005f, 0x02, 0x01_0400),
    ("nfp_3800", 0x19ee, 0x3800, 0x00, 0x02_0000),
    ("nfp_6000", 0x19ee, 0x4000, 0x00, 0x02_0000),
    ("nvme_pm981", 0x144d, 0xa808, 0x00, 0x01_0802),
    ("oneconnect_be3", 0x19a2, 0x0710, 0x02, 0x02_0000),
    ("oneconnect_skyhawk", 0x10df, 0x0720, 0x10, 0x02_0000),
    ("radeon_navi1x", 0x1002, 0x731f, 0xc1, 0x03_0000),
    ("radeon_navi2x", 0x1002, 0x73ff, 0xc3, 0x03_0000),
    ("radeon_polaris", 0x1002, 0x67df, 0xe7, 0x03_0000),
    ("radeon_raphael", 0x1002, 0x164e, 0xc1, 0x03_0000),
    ("radeon_renoir", 0x1002, 0x1638, 0xc4, 0x03_0000),
    ("radeon_vega", 0x1002, 0x687f, 0xc1, 0x03_0000),
    ("rtl8125b", 0x10ec, 0x8125, 0x05, 0x02_0000),
    ("rts5227", 0x10ec, 0x522a, 0x01, 0xff_0000),
    ("rts525a", 0x10ec, 0x525a, 0x01, 0xff_0000),
    ("vmd_client", 0x8086, 0x467f, 0x00, 0x01_0400),
    ("vmd_xeon", 0x8086, 0x201d, 0x07, 0x01_0400),
    ("x550", 0x8086, 0x1563, 0x01, 0x02_0000),
    ("yukon_88e8040", 0x11ab, 0x4354, 0x13, 0x02_0000),
];

pub(crate) fn identity(vendor: u16, device: u16, revision: u8, class: u32) -> Identity {
    Identity::new(vendor, device)
        .with_revision(revision)
        .with_class(class)
        .with_subsystem(Some((vendor, 1)))
        .with_function(Function::Physical)
}

/// A function that an entry is for, made from what it matches: a new entry needs no line in a table here.
pub(crate) fn function_of(device: &Device) -> Option<Identity> {
    let first = |set: IdSet| if set.kind == IdKind::Any { 1 } else { set.a };
    let is_own = |clause: &&Clause| DATABASE.record::<Device>(clause.owner).is_some_and(|own| own.name == device.name);
    clauses().iter().filter(is_own).find_map(|clause| {
        let identity = Identity::new(first(clause.vendor), first(clause.device))
            .with_revision(first(clause.revision).try_into().ok()?)
            .with_class(clause.class_value)
            .with_subsystem(Some((first(clause.subsystem_vendor), first(clause.subsystem_device))))
            .with_function(if clause.function == FunctionKind::Virtual {
                Function::Virtual
            } else {
                Function::Physical
            });
        entry_for(&identity).filter(|found| found.name == device.name).map(|_| identity)
    })
}

#[test]
fn the_library_holds_these_devices() {
    let held: BTreeSet<_> = entries().iter().map(name).collect();
    let missing: Vec<_> = DEVICES.iter().map(|each| each.0).filter(|name| !held.contains(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_entry_has_a_function_that_is_its_own() {
    for device in entries() {
        assert!(function_of(&device).is_some(), "another entry takes every function of {}", name(&device));
    }
}

#[test]
fn every_device_is_found_by_its_ids() {
    for &(expected, vendor, device, revision, class) in DEVICES {
        let found = entry_for(&identity(vendor, device, revision, class)).map(|each| name(&each));
        assert_eq!(found, Some(expected), "{vendor:04x}:{device:04x}");
    }
}

#[test]
fn a_device_that_nobody_described_is_not_found() {
    assert!(entry_for(&identity(0x8086, 0xffff, 0, 0x02_0000)).is_none());
    // RTL8125A, whose layout is another.
    assert!(entry_for(&identity(0x10ec, 0x8125, 0x01, 0x02_0000)).is_none());
}

#[test]
fn virtual_functions_with_the_ids_of_their_physical_function_are_not_taken_for_it() {
    for (vendor, device) in [(0x8086, 0x9a49), (0x19a2, 0x0710), (0x10df, 0x0720)] {
        let function = identity(vendor, device, 1, 0x03_0000);
        for kind in [Function::Virtual, Function::Unknown] {
            assert!(entry_for(&function.with_function(kind)).is_none(), "{vendor:04x}:{device:04x} {kind:?}");
        }
    }
}

#[test]
fn names_and_titles_are_unique() {
    let all = entries();
    let names: BTreeSet<_> = all.iter().map(name).collect();
    let titles: BTreeSet<_> = all.iter().map(|each| DATABASE.text(each.title)).collect();
    assert_eq!((names.len(), titles.len()), (all.len(), all.len()));
    assert!(titles.iter().all(|title| !title.is_empty()));
}

#[test]
fn entries_stand_in_the_order_of_their_names() {
    assert!(entries().iter().map(name).is_sorted(), "the order must not depend on the order of files");
}

#[test]
fn every_entry_says_where_it_was_written() {
    let is_place = |source: &str| source.rsplit_once(".quirk:").is_some_and(|(_, line)| line.parse::<u32>().is_ok());
    for device in entries() {
        let source = DATABASE.text(device.source);
        assert!(is_place(source), "{} is said to come from `{source}`", name(&device));
    }
}

#[test]
fn the_database_holds_as_a_file_too() {
    let loaded = Database::load(DATABASE.bytes()).unwrap();
    assert_eq!(loaded.hash(), DATABASE.hash());
}

#[test]
fn nothing_is_free_on_the_word_of_a_dump_alone() {
    for device in entries() {
        for free in DATABASE.list(device.free) {
            let mut claims = DATABASE.list::<Claim>(free.evidence);
            assert!(claims.any(|claim| claim.evidence > Evidence::Probe), "{} {free:?}", name(&device));
        }
    }
}

/// A source is a project or an archive and a place in it: the account that holds a copy is nobody's business.
#[test]
fn no_source_names_a_person() {
    const ORGANISATIONS: &[&str] = &["bsdhw"];
    for claim in DATABASE.all::<Claim>() {
        let text = DATABASE.text(claim.text);
        let account = text.split_once("github.com/").and_then(|(_, rest)| rest.split('/').next());
        assert!(account.is_none_or(|account| ORGANISATIONS.contains(&account)), "`{text}`");
        assert!(!text.contains('@') && !text.contains(" by "), "`{text}`");
    }
}

#[test]
fn every_entry_of_a_layout_has_evidence() {
    for device in entries() {
        for entry in DATABASE.list::<LayoutEntry>(device.layout) {
            let is_capability = matches!(entry.kind, EntryKind::Capability | EntryKind::Extended);
            let needs_none = entry.kind == EntryKind::Reserved || entry.inherited && is_capability;
            assert!(needs_none || !entry.evidence.is_empty(), "{} {entry:?}", name(&device));
        }
    }
}

#[test]
fn a_native_place_is_a_declared_pasid_capability() {
    let mut native = 0;
    for device in entries() {
        for place in DATABASE.list(device.places).filter(|place| place.kind == PlaceKind::Native) {
            let mut layout = DATABASE.list::<LayoutEntry>(device.layout);
            let declared = layout.find(|entry| entry.kind == EntryKind::Extended && entry.id == PASID);
            assert_eq!(declared.map(|entry| entry.offset), Some(place.offset), "{}", name(&device));
            native += 1;
        }
    }
    assert!(native >= 10, "{native}");
}
