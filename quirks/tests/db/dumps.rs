//! What the library says, against what recorded configuration spaces show to an independent walk.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use quirk_db::DATABASE;
use quirk_runtime::tables::{Claim, Device, EntryKind, Evidence, PlaceKind};
use quirk_runtime::{Function, Identity};
use serde_json::Value;

use crate::lookup::{entries, entry_for, name};
use crate::recorded::walk::Walk;
use crate::recorded::{Described, corpus, described, layout};

#[test]
fn every_declared_capability_is_where_the_dumps_have_it() {
    let Some(described) = described() else { return };
    let (mut devices, mut checked) = (BTreeMap::new(), 0);
    for Described { file, device, bytes } in described {
        let walk = Walk::of(bytes);
        for entry in layout(device).filter(|entry| !entry.optional) {
            let list = match entry.kind {
                EntryKind::Capability => &walk.conventional,
                EntryKind::Extended if bytes.len() == 0x1000 => &walk.extended,
                _ => continue,
            };
            assert_eq!(list.get(&entry.offset), Some(&entry.id), "{file}: {} at {:#x}", name(device), entry.offset);
            if entry.has_sub_id {
                let (vendor, id) = match entry.id {
                    0x23 => (walk.word(entry.offset + 4), walk.word(entry.offset + 8)),
                    _ => (0, walk.word(entry.offset + 4)),
                };
                assert_eq!((vendor, id), (entry.sub_vendor, entry.sub_id), "{file}: {:#x}", entry.offset);
            }
            checked += 1;
        }
        *devices.entry(name(device)).or_insert(0) += 1;
    }
    println!("{checked} capabilities of {} devices on {} functions", devices.len(), devices.values().sum::<i32>());
    assert!(devices.len() >= 19, "{devices:?}");
}

#[test]
fn every_linked_capability_is_declared() {
    let Some(described) = described() else { return };
    for Described { file, device, bytes } in described {
        let walk = Walk::of(bytes);
        for (kind, list) in [(EntryKind::Capability, &walk.conventional), (EntryKind::Extended, &walk.extended)] {
            for (&offset, &id) in list {
                let is_declared =
                    layout(device).any(|entry| (entry.kind, entry.offset, entry.id) == (kind, offset, id));
                assert!(is_declared, "{file}: {} has {id:#x} at {offset:#x}", name(device));
            }
        }
    }
}

#[test]
fn registers_and_free_ranges_lie_in_no_capability() {
    let Some(described) = described() else { return };
    for Described { file, device, bytes } in described {
        let owned = Walk::of(bytes).owned();
        let declared = layout(device)
            .filter(|entry| matches!(entry.kind, EntryKind::Register | EntryKind::Reserved))
            .map(|entry| entry.offset..entry.offset + entry.length);
        let free = DATABASE.list(device.free).map(|free| free.start..free.end);
        for range in declared.chain(free) {
            let hit = owned.iter().find(|owned| owned.start < range.end && range.start < owned.end);
            assert!(hit.is_none(), "{file}: {} declares {range:x?} inside {hit:x?}", name(device));
        }
    }
}

/// A dump cannot show that bytes are free, but that they are not.
#[test]
fn free_bytes_read_zero_in_every_dump() {
    let Some(described) = described() else { return };
    let mut compared = 0;
    for Described { file, device, bytes } in described {
        for free in DATABASE.list(device.free) {
            let Some(bytes) = bytes.get(usize::from(free.start)..usize::from(free.end)) else { continue };
            let taken = bytes.iter().position(|&byte| byte != 0);
            assert_eq!(taken, None, "{file}: {} at {:#x}", name(device), free.start);
            compared += bytes.len();
        }
    }
    println!("{compared} free bytes read 0");
    assert!(compared > 0x1000, "{compared}");
}

/// Evidence of a dump is honest if some dump shows something there.
#[test]
fn registers_from_dumps_are_not_zero_in_all_of_them() {
    let Some(described) = described() else { return };
    let mut shown: BTreeMap<(&str, u16), bool> = BTreeMap::new();
    for Described { device, bytes, .. } in described {
        for entry in layout(device).filter(|entry| entry.kind == EntryKind::Register) {
            let mut claims = DATABASE.list::<Claim>(entry.evidence);
            let range = usize::from(entry.offset)..usize::from(entry.offset + entry.length);
            if claims.any(|claim| claim.evidence == Evidence::Dump)
                && let Some(bytes) = bytes.get(range)
            {
                *shown.entry((name(device), entry.offset)).or_default() |= bytes.iter().any(|&byte| byte != 0);
            }
        }
    }
    let silent: Vec<_> = shown.iter().filter(|(_, is_shown)| !**is_shown).map(|(at, _)| at).collect();
    assert!(silent.is_empty(), "{silent:x?}");
    assert!(shown.len() > 40);
}

#[test]
fn spaces_that_are_said_to_repeat_do_repeat() {
    let Some(described) = described() else { return };
    let mut repeating = 0;
    for Described { file, device, bytes } in described {
        let distance = usize::from(device.aliased_every);
        if distance != 0 && bytes.len() == 0x1000 {
            let mut copies = bytes.chunks(distance);
            let first = copies.next().unwrap();
            assert!(copies.all(|copy| copy == first), "{file}");
            repeating += 1;
        }
    }
    assert!(repeating >= 11, "{repeating}");
}

/// `seen N` for the collection of pciconf output is the number of its machines that agree with the layout.
#[test]
fn counts_are_those_of_the_collected_layouts() {
    let Some(corpus) = corpus() else { return };
    let text = fs::read_to_string(corpus.join("layouts/pciconf.jsonl")).unwrap();
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for line in text.lines() {
        let machine: Value = serde_json::from_str(line).unwrap();
        let Some(device) = entry_for(&identity_of(&machine)) else { continue };
        let present: Vec<_> = machine["caps"].as_array().unwrap().iter().map(capability).collect();
        if !present.iter().any(|(kind, ..)| *kind == EntryKind::Extended) && has_extended(&device) {
            continue; // only 256 bytes were readable
        }
        let missing = layout(&device)
            .filter(|entry| matches!(entry.kind, EntryKind::Capability | EntryKind::Extended) && !entry.optional)
            .find(|entry| !present.contains(&(entry.kind, entry.offset, entry.id)));
        assert!(missing.is_none(), "{}: {missing:?} is not in {machine}", name(&device));
        let is_declared = |each| layout(&device).any(|entry| (entry.kind, entry.offset, entry.id) == each);
        if present.iter().all(|&each| is_declared(each)) {
            *counts.entry(name(&device)).or_default() += machine["count"].as_u64().unwrap();
        }
    }
    for device in entries() {
        let claimed: u64 = device_claims(&device)
            .filter(|claim| DATABASE.text(claim.text) == "github.com/bsdhw/PCIconf")
            .map(|claim| u64::from(claim.seen))
            .sum();
        if claimed != 0 {
            assert_eq!(counts.get(name(&device)), Some(&claimed), "{}", name(&device));
        }
    }
}

/// Whatever was seen with a PASID capability has an entry that gives it back its place.
#[test]
fn every_collected_layout_with_pasid_has_its_native_place() {
    let Some(corpus) = corpus() else { return };
    let text = fs::read_to_string(corpus.join("layouts/pciconf.jsonl")).unwrap();
    let (mut ids, mut missing) = (BTreeSet::new(), BTreeSet::new());
    for machine in text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let present: Vec<_> = machine["caps"].as_array().unwrap().iter().map(capability).collect();
        let Some((_, offset, _)) = present.iter().find(|each| each.0 == EntryKind::Extended && each.2 == 0x1b) else {
            continue;
        };
        let identity = identity_of(&machine);
        let native = |device: Device| {
            DATABASE.list(device.places).any(|place| (place.kind, place.offset) == (PlaceKind::Native, *offset))
        };
        ids.insert((identity.vendor, identity.device));
        if !entry_for(&identity).is_some_and(native) {
            missing.insert((identity.vendor, identity.device));
        }
    }
    println!("{} ids with a PASID capability", ids.len());
    assert!(missing.is_empty(), "{missing:04x?}");
    assert!(ids.len() >= 133);
}

/// The claims of the device as a whole; the tables keep them with each capability.
fn device_claims(device: &Device) -> impl Iterator<Item = Claim> + use<> {
    let capability = layout(device).find(|entry| entry.kind == EntryKind::Capability && !entry.inherited);
    capability.into_iter().flat_map(|entry| DATABASE.list(entry.evidence))
}

fn has_extended(device: &Device) -> bool {
    layout(device).any(|entry| entry.kind == EntryKind::Extended)
}

pub(crate) fn identity_of(machine: &Value) -> Identity {
    let number = |key: &str| u32::from_str_radix(machine[key].as_str().unwrap(), 16).unwrap();
    Identity::new(number("vendor").try_into().unwrap(), number("device").try_into().unwrap())
        .with_revision(number("rev").try_into().unwrap())
        .with_class(number("class"))
        .with_subsystem(None)
        .with_function(Function::Physical)
}

fn capability(json: &Value) -> (EntryKind, u16, u16) {
    let kind = if json["ext"] == Value::Bool(true) { EntryKind::Extended } else { EntryKind::Capability };
    let number = |key: &str| u16::try_from(json[key].as_u64().unwrap()).unwrap();
    (kind, number("offset"), number("id"))
}
