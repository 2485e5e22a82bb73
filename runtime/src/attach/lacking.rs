//! What an entry declares and the function lacks stays in the way, as long as it may be; what is declared and there ends where
//! the entry says.

#![expect(clippy::unwrap_used, reason = "tests")]

extern crate std;

use std::format;
use std::string::String;
use std::vec::Vec;

use quirk_kit::unchecked_device;

use super::*;
use crate::capability::{Kind, Rule};
use crate::testing::Recorder;
use crate::{Function, Operator};

const HOST: HostPasid = HostPasid { width: 20, execute: false, privileged: false, ats_not_supported: false };
/// Where the capability in question is.
const AT: u16 = 0x400;
/// Where something else follows.
const NEXT: u16 = 0x700;

fn database(layout: &str, pasid: &str) -> Vec<u8> {
    let free = "free @ 0xe00..0xf00 { evidence datasheet \"x\"; }";
    unchecked_device(&format!("layout {{ {layout} }} {free} {pasid}"))
}

/// A kind in a layout, with its length or without.
fn declared(kind: &Kind, at: u16, has_length: bool) -> String {
    let length = if has_length { format!("len {}", kind.min) } else { String::new() };
    format!("ext {} @ {at} {length}", kind.name)
}

fn attach<'db, 'd>(
    device: &'d Recorder,
    databases: &[Database<'db>],
    policy: &Policy<'_>,
) -> VirtualConfig<'db, &'d Recorder> {
    let identity = Identity { vendor: 0xfffe, device: 0x1001, function: Function::Physical, ..Identity::default() };
    VirtualConfig::attach(device, databases, &identity, Some(HOST), policy).unwrap()
}

/// Whether an operator may put PASID at an offset, gaps scanned or not.
fn is_open(device: &Recorder, databases: &[Database<'_>], offset: u16) -> bool {
    let [plain, scanning] = [false, true].map(|scan_gaps| {
        let policy = Policy { operator: Operator::Offset(offset), scan_gaps, ..Policy::DEFAULT };
        attach(device, databases, &policy).decision().placement.is_some()
    });
    assert_eq!(plain, scanning, "{offset:#x}");
    plain
}

/// Where the longest of a kind ends.
fn end(kind: &Kind) -> u16 {
    AT.saturating_add(kind.max).min(NEXT)
}

/// A capability that may be declared, and whose place is not that of PASID.
fn kinds() -> impl Iterator<Item = &'static Kind> {
    Space::Extended.kinds().iter().filter(|kind| !matches!(kind.id, 0 | 0x1b))
}

#[test]
fn what_the_function_lacks_is_as_long_as_its_kind_may_be() {
    let nothing = Recorder::endpoint(&[(0x100, 0x03), (NEXT, 0x0f)]);
    // Another capability where the declared one would be, of 8 bytes or of 16.
    let other = |kind: &Kind| if kind.id == 0x0f { 0x13 } else { 0x0f };
    for kind in kinds() {
        let replaced = Recorder::endpoint(&[(0x100, 0x03), (AT, other(kind)), (NEXT, 0x18)]);
        for optional in [false, true] {
            let optional = if optional { "optional" } else { "" };
            let bytes = database(&format!("{} {optional};", declared(kind, AT, false)), "");
            let databases = [Database::load(&bytes).unwrap()];
            for device in [&nothing, &replaced] {
                for offset in (AT..end(kind)).step_by(4).chain([end(kind) - 8, AT - 4]) {
                    assert!(!is_open(device, &databases, offset), "{} at {offset:#x}", kind.name);
                }
                let behind = end(kind).next_multiple_of(4).max(AT + 16);
                assert_eq!(is_open(device, &databases, behind), behind < NEXT, "{} at {behind:#x}", kind.name);
            }
        }
    }
}

#[test]
fn a_length_that_is_stated_ends_what_is_there_once_the_entry_holds() {
    for kind in kinds().filter(|kind| !kind.rule.is_exact() && !kind.is_fixed()) {
        let device = Recorder::endpoint(&[(0x100, 0x03), (AT, kind.id), (NEXT, 0x0f)]);
        let behind = AT + kind.min.next_multiple_of(4);
        let stated = declared(kind, AT, true);
        let open = database(&format!("{};", declared(kind, AT, false)), "");
        let closed = database(&format!("{stated};"), "");
        // What the entry says of another capability is not so.
        let refused = database(&format!("{stated}; ext acs @ 0x900;"), "");
        let [open, closed, refused] = [&open, &closed, &refused].map(|bytes| Database::load(bytes).unwrap());
        assert!(is_open(&device, &[closed], behind), "{}", kind.name);
        for (who, databases) in
            [("nobody", &[][..]), ("open", &[open]), ("refused", &[refused]), ("shadowed", &[closed, open])]
        {
            assert!(!is_open(&device, databases, behind), "{} {who}", kind.name);
        }
    }
}

#[test]
fn a_length_that_cannot_be_is_not_mended_by_a_stated_one() {
    // A VSEC of 4 bytes.
    let mut device = Recorder::endpoint(&[(0x100, 0x03), (AT, 0x0b), (NEXT, 0x0f)]);
    device.set(AT + 4, 0x0040_0001);
    assert_eq!(Kind::by_id(Space::Extended, 0x0b).unwrap().rule, Rule::Sized);
    let bytes = database("ext vendor @ 0x400 len 0x40;", "");
    assert!(!is_open(&device, &[Database::load(&bytes).unwrap()], AT + 0x40));
}

#[test]
fn what_looks_like_a_header_in_the_bytes_of_one_that_is_lacking_is_suspected() {
    let bytes = database("ext tph @ 0x400 len 0x20 optional;", "");
    let databases = [Database::load(&bytes).unwrap()];
    // The body, and the header itself.
    for (header, end) in [(AT + 0x1c, AT + 0x1c + 0x60), (AT, AT + 0x60)] {
        let mut device = Recorder::endpoint(&[(0x100, 0x03), (NEXT, 0x0f)]);
        device.set(header, 0x0001_0001);
        let scan = |offset| Policy { operator: Operator::Offset(offset), scan_gaps: true, ..Policy::DEFAULT };
        let placed = |offset| attach(&device, &databases, &scan(offset)).decision().placement.is_some();
        assert!(!placed(end - 4), "{header:#x}");
        assert!(placed(end), "{header:#x}");
    }
    // One that is there owns its body.
    let mut device = Recorder::endpoint(&[(0x100, 0x03), (AT, 0x17), (NEXT, 0x0f)]);
    device.set(AT + 0x1c, 0x0001_0001);
    let policy = Policy { operator: Operator::Offset(AT + 0x20), scan_gaps: true, ..Policy::DEFAULT };
    assert!(attach(&device, &databases, &policy).decision().placement.is_some());
}

#[test]
fn a_hidden_pasid_of_a_function_that_must_not_have_it_is_shielded() {
    let mut device = Recorder::endpoint(&[(0x100, 0x03), (NEXT, 0x0f)]);
    device.set(AT, 0x0001_001b);
    let bytes = database("ext pasid @ 0x400;", "pasid none;");
    for host in [None, Some(HOST)] {
        let identity = Identity { vendor: 0xfffe, device: 0x1001, ..Identity::default() };
        let databases = [Database::load(&bytes).unwrap()];
        let mut config = VirtualConfig::attach(&device, &databases, &identity, host, &Policy::DEFAULT).unwrap();
        assert_eq!(config.decision().placement, None);
        for offset in AT..AT + 8 {
            let _ = config.write(offset, &[0xff]).unwrap();
        }
        let _ = config.write(AT - 2, &[0xff; 4]).unwrap();
        let touched = device.writes().iter().any(|write| usize::from(write.0) + write.1 > usize::from(AT));
        assert!(!touched, "{:x?}", device.writes());
        device.take();
    }
}
