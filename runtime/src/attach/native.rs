//! When the function's own PASID capability is the answer: each rule, and what beats it.

#![expect(clippy::unwrap_used, reason = "tests")]

extern crate std;

use std::format;
use std::string::String;
use std::vec::Vec;

use quirk_kit::unchecked_device;

use super::*;
use crate::source::Source;
use crate::testing::Recorder;
use crate::{Function, Hidden, Native, Operator};

const HOST: HostPasid = HostPasid { width: 20, execute: true, privileged: false, ats_not_supported: false };
const SLOT: u16 = 0x300;
/// What sysfs shows of it.
const SEEN: [Hidden; 1] = [Hidden { id: 0x1b, version: 1, offset: SLOT, length: 0 }];
const KNOWN: Policy<'static> = Policy { confirmed: &SEEN, ..Policy::DEFAULT };

/// An endpoint whose PASID, enabled as [`HOST`] says, is in no list.
fn endpoint() -> Recorder {
    let mut device = Recorder::endpoint(&[(0x100, 0x03), (0x200, 0x0f)]);
    device.set(SLOT, 0x0001_001b);
    device.set(SLOT + 4, 0x0003_1402);
    device
}

fn database(layout: &str, free: &str, places: &str) -> Vec<u8> {
    let free = if free.is_empty() { String::new() } else { format!("free @ {free} {{ evidence driver \"x\"; }}") };
    let pasid = if places.is_empty() { String::new() } else { format!("pasid {{ place {places}; }}") };
    unchecked_device(&format!("layout {{ {layout} }} {free} {pasid}"))
}

fn identity() -> Identity {
    Identity { vendor: 0xfffe, device: 0x1001, function: Function::Physical, ..Identity::default() }
}

/// Where PASID is, and by which source; or why the source `native` has nothing.
fn answer(device: &Recorder, database: Option<&[u8]>, policy: &Policy<'_>) -> Result<(u16, Source), &'static str> {
    let databases: Vec<_> = database.into_iter().map(|bytes| Database::load(bytes).unwrap()).collect();
    let config = VirtualConfig::attach(device, &databases, &identity(), Some(HOST), policy).unwrap();
    let decision = config.decision();
    let native = decision.candidates.iter().find(|each| each.source == Source::Native);
    decision.placement.map(|it| (it.offset, it.source)).ok_or(native.unwrap().reason.code())
}

#[test]
fn a_known_slot_is_used_without_an_entry_and_beside_one_that_is_silent() {
    let device = endpoint();
    assert_eq!(answer(&device, None, &KNOWN), Ok((SLOT, Source::Native)));
    let silent = database("ext dsn @ 0x100;", "", "");
    assert_eq!(answer(&device, Some(&silent), &KNOWN), Ok((SLOT, Source::Native)));
    assert_eq!(answer(&device, None, &Policy::DEFAULT), Err("native-unknown"));
    assert_eq!(answer(&device, None, &Policy { native: Native::Never, ..KNOWN }), Err("not-allowed"));
}

#[test]
fn a_place_list_decides_alone() {
    let device = endpoint();
    let listed = database("ext pasid @ 0x300;", "", "native");
    for policy in [Policy::DEFAULT, KNOWN, Policy { native: Native::Never, ..KNOWN }] {
        assert_eq!(answer(&device, Some(&listed), &policy), Ok((SLOT, Source::Entry)));
    }
    let elsewhere = database("ext pasid @ 0x300;", "0x400..0x420", "free");
    assert_eq!(answer(&device, Some(&elsewhere), &KNOWN), Ok((0x400, Source::Entry)));
    // Its only place is taken, and the slot is no place of its own.
    let policy = Policy { vmm_owned: &[crate::ByteRange::new(0x400, 0x420)], ..KNOWN };
    assert_eq!(answer(&device, Some(&elsewhere), &policy), Err("entry-decides"));
}

#[test]
fn a_declared_capability_without_a_word_on_pasid_waits_for_somebody_who_saw_it() {
    let device = endpoint();
    let declared = database("ext pasid @ 0x300;", "", "");
    for native in Native::ALL {
        let policy = Policy { native, scan_gaps: true, ..Policy::DEFAULT };
        let code = if native == Native::Never { "not-allowed" } else { "native-unknown" };
        assert_eq!(answer(&device, Some(&declared), &policy), Err(code), "{native:?}");
    }
    assert_eq!(answer(&device, Some(&declared), &KNOWN), Ok((SLOT, Source::Native)));
}

#[test]
fn an_entry_that_the_device_refuses_confirms_nothing() {
    let device = endpoint();
    // The device has no capability at 0x250.
    let wrong = database("ext pasid @ 0x300; ext sriov @ 0x250;", "", "native");
    assert_eq!(answer(&device, Some(&wrong), &Policy::DEFAULT), Err("entry-decides"));
    let asked = Policy { operator: Operator::Offset(SLOT), ..Policy::DEFAULT };
    assert_eq!(answer(&device, Some(&wrong), &asked), Err("operator-refused"));
    // Nor does it for a guest that comes from where it was right.
    let databases = [Database::load(&wrong).unwrap()];
    let right = database("ext pasid @ 0x300;", "", "native");
    let there = [Database::load(&right).unwrap()];
    let config = VirtualConfig::attach(&device, &there, &identity(), Some(HOST), &Policy::DEFAULT).unwrap();
    let saved = config.save().unwrap();
    let restore = |databases: &[Database<'_>], policy| {
        VirtualConfig::attach_with(&saved, &device, databases, &identity(), Some(HOST), policy).is_ok()
    };
    assert!(restore(&there, &Policy::DEFAULT) && !restore(&databases, &Policy::DEFAULT));
    assert!(restore(&databases, &KNOWN) && restore(&[], &KNOWN) && !restore(&[], &Policy::DEFAULT));
}

#[test]
fn a_guest_that_saw_no_pasid_sees_none_where_the_slot_is_known() {
    let device = endpoint();
    let config = VirtualConfig::attach(&device, &[], &identity(), None, &KNOWN).unwrap();
    let saved = config.save().unwrap();
    let restored = VirtualConfig::attach_with(&saved, &device, &[], &identity(), Some(HOST), &KNOWN);
    let (restored, effects) = restored.map_err(|error| std::format!("{error:?}")).unwrap();
    assert_eq!((restored.decision().placement, effects.count()), (None, 0));
    assert_eq!(restored.overlay().owned_bytes(), config.overlay().owned_bytes());
}

#[test]
fn the_operators_offset_names_the_slot_as_well_as_anybody() {
    let device = endpoint();
    let at = |offset| Policy { operator: Operator::Offset(offset), ..KNOWN };
    assert_eq!(answer(&device, None, &at(SLOT)), Ok((SLOT, Source::Operator)));
    assert_eq!(answer(&device, None, &at(SLOT + 4)), Err("operator-refused"));
    assert_eq!(answer(&device, None, &Policy { confirmed: &[], ..at(SLOT) }), Ok((SLOT, Source::Operator)));
    let scan = Policy { confirmed: &[], scan_gaps: true, ..at(SLOT) };
    assert_eq!(answer(&device, None, &scan), Err("operator-refused"), "it merely looks like one");
}

#[test]
fn what_the_slot_says_must_be_what_the_host_says() {
    for (registers, code) in [
        (0x0002_1402, "host-pasid-not-enabled"),
        (0x0001_1402, "host-pasid-differs"),
        (0x0003_1002, "host-pasid-differs"),
    ] {
        let mut device = endpoint();
        device.set(SLOT + 4, registers);
        assert_eq!(answer(&device, None, &KNOWN), Err(code), "{registers:#x}");
    }
    let mut device = endpoint();
    device.set(SLOT, 0x0001_001e);
    assert_eq!(answer(&device, None, &KNOWN), Err("no-native-slot"), "another capability is there");
}

#[test]
fn a_slot_in_which_another_hidden_capability_lies_is_not_used() {
    let hidden = |offset| Hidden { id: 0x2e, version: 1, offset, length: 0 };
    for offset in [SLOT - 4, SLOT + 4] {
        let confirmed = [SEEN[0], hidden(offset)];
        let policy = Policy { confirmed: &confirmed, ..Policy::DEFAULT };
        assert_eq!(answer(&endpoint(), None, &policy), Err("hidden-capability"), "{offset:#x}");
    }
}

#[test]
fn what_if_the_host_enabled_it_the_control_register_does_not_count() {
    let what_if = Policy { what_if: true, ..KNOWN };
    let listed = database("ext pasid @ 0x300;", "", "native");
    let probed = Policy { confirmed: &[], native: Native::Probed, scan_gaps: true, ..what_if };
    for control in [0, 1, 2, 7] {
        let mut device = endpoint();
        device.set(SLOT + 4, control << 16 | 0x1402);
        assert_eq!(answer(&device, None, &what_if), Ok((SLOT, Source::Native)), "{control}");
        assert_eq!(answer(&device, Some(&listed), &what_if), Ok((SLOT, Source::Entry)), "{control}");
        assert_eq!(answer(&device, None, &probed), Ok((SLOT, Source::Native)), "{control}");
    }
}

#[test]
fn what_if_gives_at_most_what_the_capability_has_and_each_cut_is_a_finding() {
    let what_if = Policy { what_if: true, ..KNOWN };
    for (width, execute, privileged) in (0..20).flat_map(|bits| [(bits % 20 + 1, bits & 1 != 0, bits & 2 != 0)]) {
        for has in [(20, true, true), (16, false, true), (8, true, false), (20, false, false)] {
            let mut device = endpoint();
            device.set(SLOT + 4, u32::from(has.0) << 8 | u32::from(has.1) << 1 | u32::from(has.2) << 2);
            let host = HostPasid { width, execute, privileged, ats_not_supported: false };
            let config = VirtualConfig::attach(&device, &[], &identity(), Some(host), &what_if).unwrap();
            let (decision, grant) = (config.decision(), config.decision().grant);
            assert!(decision.placement.is_some(), "{width} {has:?}");
            let expected = (width.min(has.0), execute && has.1, privileged && has.2);
            assert_eq!((grant.width, grant.execute, grant.privileged), expected);
            let cuts = [
                (width > has.0, "host-width-cut"),
                (execute && !has.1, "host-execute-cut"),
                (privileged && !has.2, "host-privileged-cut"),
            ];
            for (is_cut, code) in cuts {
                assert_eq!(decision.findings.iter().any(|finding| finding.code() == code), is_cut, "{code}");
            }
        }
    }
}
