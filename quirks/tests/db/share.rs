//! How much of what was recorded the library speaks of: `cargo test -p quirk-db --test db share -- --nocapture` prints it.

use std::collections::BTreeSet;
use std::fs;

use quirk_db::DATABASE;
use quirk_runtime::Function;
use quirk_runtime::tables::{EntryKind, PlaceKind};
use serde_json::Value;

use crate::lookup::{entry_for, name};
use crate::recorded::walk::Walk;
use crate::recorded::{corpus, layout};

/// Dumps in a hundred of which an entry must speak.
const DUMPS: usize = 50;

/// A part of a whole, in tenths of a percent.
fn share(part: usize, whole: usize) -> String {
    let tenths = (part * 1000 + whole / 2) / whole.max(1);
    format!("{part} of {whole} ({}.{} %)", tenths / 10, tenths % 10)
}

#[test]
fn share_of_the_recorded_functions_that_an_entry_describes() {
    let Some(corpus) = corpus() else { return };
    let (mut all, mut described, mut named, mut entries) = (0, 0, 0, BTreeSet::new());
    for file in fs::read_dir(corpus.join("hex")).unwrap() {
        let recorded = fs::read(file.unwrap().path()).unwrap();
        // One function in each file; what is not one is counted too.
        all += 1;
        let Ok(functions) = quirk_recorded::parse(&recorded) else { continue };
        let Some(identity) = functions.first().map(quirk_recorded::Recorded::identity) else { continue };
        if let Some(device) = entry_for(&identity.with_function(Function::Physical)) {
            described += 1;
            named += usize::from(layout(&device).any(|entry| entry.kind == EntryKind::Register));
            entries.insert(name(&device));
        }
    }
    println!("dumps described: {} by {} entries", share(described, all), entries.len());
    println!("dumps with registers outside capabilities: {}", share(named, all));
    assert!(described * 100 >= all * DUMPS, "{}", share(described, all));
}

#[test]
fn share_of_the_collected_layouts_that_an_entry_describes() {
    let Some(corpus) = corpus() else { return };
    let text = fs::read_to_string(corpus.join("layouts/pciconf.jsonl")).unwrap();
    let (mut ids, mut described) = (BTreeSet::new(), BTreeSet::new());
    for line in text.lines() {
        let identity = crate::dumps::identity_of(&serde_json::from_str::<Value>(line).unwrap());
        ids.insert((identity.vendor, identity.device));
        if entry_for(&identity).is_some() {
            described.insert((identity.vendor, identity.device));
        }
    }
    println!("ids of collected layouts described: {}", share(described.len(), ids.len()));
    assert!(described.len() * 5 >= ids.len() * 2, "{}", share(described.len(), ids.len()));
}

/// Whatever was recorded with a PASID capability gets it back, by an entry of its own.
#[test]
fn every_recorded_function_with_pasid_has_its_native_place() {
    let Some(corpus) = corpus() else { return };
    let mut found = BTreeSet::new();
    for file in fs::read_dir(corpus.join("hex")).unwrap() {
        let recorded = fs::read(file.unwrap().path()).unwrap();
        for function in quirk_recorded::parse(&recorded).unwrap_or_default() {
            let bytes = function.original();
            let (true, identity) = (bytes.len() == 0x1000, function.identity()) else { continue };
            let Some((&offset, _)) = Walk::of(bytes).extended.iter().find(|(_, id)| **id == 0x1b) else { continue };
            let entry = entry_for(&identity.with_function(Function::Physical)).unwrap();
            let mut places = DATABASE.list(entry.places);
            let is_native = places.any(|place| (place.kind, place.offset) == (PlaceKind::Native, offset));
            assert!(is_native, "{} has PASID at {offset:#x}", name(&entry));
            found.insert((identity.vendor, identity.device));
        }
    }
    println!("{} recorded ids with a PASID capability", found.len());
    assert!(found.len() >= 7, "{found:04x?}");
}
