//! Facts of attach on spaces built by hand.

#![expect(clippy::unwrap_used, reason = "tests")]

extern crate std;

use std::format;
use std::string::String;
use std::vec::Vec;

use quirk_kit::{only, unchecked, unchecked_device};

use super::*;
use crate::decision::{Grant, Placement};
use crate::source::Source;
use crate::tables::Evidence;
use crate::testing::Recorder;
use crate::{ByteRange, Effect, Function, Hidden, Native, Operator};

const HOST: HostPasid = HostPasid { width: 20, execute: true, privileged: false, ats_not_supported: false };
const EMPTY: Policy<'static> = Policy::DEFAULT;

fn at<'a>(offset: u16) -> Policy<'a> {
    Policy { operator: Operator::Offset(offset), ..Policy::DEFAULT }
}

fn identity() -> Identity {
    Identity { vendor: 0xfffe, device: 0x1001, function: Function::Physical, ..Identity::default() }
}

fn attach<'db, 'd>(
    device: &'d Recorder,
    databases: &[Database<'db>],
    host: Option<HostPasid>,
    policy: &Policy<'_>,
) -> VirtualConfig<'db, &'d Recorder> {
    VirtualConfig::attach(device, databases, &identity(), host, policy).unwrap()
}

fn place(device: &Recorder, policy: &Policy<'_>) -> Result<u16, &'static str> {
    let config = attach(device, &[], Some(HOST), policy);
    let decision = config.decision();
    let of_operator = decision.candidates.iter().find(|each| each.source == Source::Operator).unwrap();
    assert_eq!(decision.operator_refused(), decision.placement.is_none());
    decision.placement.map(|placement| placement.offset).ok_or(of_operator.reason.code())
}

fn offsets(config: &VirtualConfig<'_, &Recorder>) -> Vec<(u16, u16)> {
    let steps = config.chain(Space::Extended).unwrap();
    let each = |step: Result<chain::Step, _>| match step.unwrap() {
        chain::Step::Capability(found) => Some((found.offset, found.id)),
        chain::Step::Finding(_) => None,
    };
    steps.filter_map(each).collect()
}

fn dword(config: &VirtualConfig<'_, &Recorder>, offset: u16) -> u32 {
    let mut bytes = [0; 4];
    config.read(offset, &mut bytes).unwrap();
    u32::from_le_bytes(bytes)
}

fn endpoint() -> Recorder {
    Recorder::endpoint(&[(0x100, 0x03), (0x200, 0x0f), (0x150, 0x0e)])
}

/// A database with one entry for the fictional endpoint.
fn database(layout: &str, free: &str, places: &str) -> Vec<u8> {
    let free = if free.is_empty() { String::new() } else { format!("free @ {free} {{ evidence driver \"x\"; }}") };
    let pasid = if places.is_empty() { String::new() } else { format!("pasid {{ max_width 16; place {places}; }}") };
    unchecked_device(&format!("layout {{ {layout} }} {free} {pasid}"))
}

#[test]
fn without_a_host_the_device_is_as_before() {
    let device = endpoint();
    let config = attach(&device, &[], None, &at(0x400));
    assert_eq!(config.decision().placement, None);
    assert!(config.decision().operator_refused());
    assert!((0..4096).all(|offset| config.overlay().passes_writes(offset)));
    assert_eq!(config.decision().candidates[1].reason.code(), "no-host-pasid");
}

#[test]
fn the_operators_offset_is_linked_behind_the_last_capability() {
    let device = endpoint();
    let mut config = attach(&device, &[], Some(HOST), &at(0x400));
    assert_eq!(config.decision().placement, Some(Placement { offset: 0x400, source: Source::Operator }));
    assert_eq!(offsets(&config), [(0x100, 0x03), (0x200, 0x0f), (0x150, 0x0e), (0x400, 0x1b)]);
    assert_eq!(dword(&config, 0x404), 20 << 8 | 2);
    let effects: Vec<_> = config.write(0x406, &[7, 0]).unwrap().collect();
    assert!(matches!(effects[..], [Effect::PasidControl(control)] if control.enable && control.execute));
    assert_eq!(dword(&config, 0x404) >> 16, 3, "privileged was not granted");
    assert!(device.writes().is_empty());
}

#[test]
fn the_operators_offset_is_refused_with_its_reason() {
    let device = endpoint();
    for (offset, code) in [
        (0x402, "unaligned"),
        (0x0fc, "out-of-bounds"),
        (0xffc, "out-of-bounds"),
        (0xfff8, "out-of-bounds"),
        (0x100, "capability-header"),
        (0x0f8, "out-of-bounds"),
        (0x200, "capability-header"),
        (0x1fc, "capability-header"),
        (0x14c, "capability-header"),
        (0x104, "capability-body"),
        (0x154, "capability-body"),
    ] {
        assert_eq!(place(&device, &at(offset)), Err(code), "{offset:#x}");
    }
    for offset in [0x10c, 0x158, 0x208, 0xff8] {
        assert_eq!(place(&device, &at(offset)), Ok(offset));
    }
}

#[test]
fn policy_ranges_are_kept_clear() {
    let device = endpoint();
    let owned = [ByteRange::new(0x404, 0x405)];
    let policy = Policy { vmm_owned: &owned, ..at(0x400) };
    assert_eq!(place(&device, &policy), Err("vmm-owned"));
    let hidden = [Hidden { id: 0x2e, version: 1, offset: 0x300, length: 0 }];
    let policy = Policy { confirmed: &hidden, ..at(0x2fc) };
    assert_eq!(place(&device, &policy), Err("hidden-capability"));
    assert_eq!(place(&device, &Policy { operator: Operator::Offset(0x318), ..policy }), Ok(0x318));
    assert_eq!(place(&device, &Policy { viommu_width: Some(0), ..at(0x400) }), Err("no-host-pasid"));
}

#[test]
fn ranges_give_the_lowest_free_offset() {
    let device = endpoint();
    let ranges = [ByteRange::new(0x600, 0x700), ByteRange::new(0x1f9, 0x220)];
    assert_eq!(place(&device, &Policy { operator: Operator::Ranges(&ranges), ..EMPTY }), Ok(0x208));
    let ranges = [ByteRange::new(0x200, 0x20c), ByteRange::new(0x300, 0x307)];
    assert_eq!(place(&device, &Policy { operator: Operator::Ranges(&ranges), ..EMPTY }), Err("capability-header"));
    let top = [ByteRange::new(0xfff8, 0xffff)];
    assert_eq!(place(&device, &Policy { operator: Operator::Ranges(&top), ..EMPTY }), Err("no-room"));
}

#[test]
fn a_visible_capability_is_left_alone() {
    let mut device = Recorder::endpoint(&[(0x100, 0x03), (0x200, 0x1b)]);
    device.set(0x204, 0x1404);
    let config = attach(&device, &[], Some(HOST), &EMPTY);
    assert_eq!(config.decision().placement, Some(Placement { offset: 0x200, source: Source::Visible }));
    assert_eq!(config.decision().grant, Grant { width: 20, execute: false, privileged: true });
    assert!((0..4096).all(|offset| config.overlay().passes_writes(offset)));
    let config = attach(&device, &[], Some(HOST), &at(0x400));
    assert!(config.decision().operator_refused());
    assert_eq!(config.decision().candidates[1].reason, Reason::Visible { at: 0x200 });
}

#[test]
fn without_pci_express_nothing_is_placed() {
    let mut device = endpoint();
    device.link_conventional(&[(0x80, 0x05)]);
    assert_eq!(place(&device, &at(0x400)), Err("no-extended-space"));
}

#[test]
fn a_gone_device_has_no_list() {
    let mut device = endpoint();
    for offset in (0..4096).step_by(4) {
        device.set(offset, u32::MAX);
    }
    let config = attach(&device, &[], Some(HOST), &at(0x400));
    assert_eq!(config.decision().findings[0].code(), "device-gone");
    assert_eq!(config.decision().placement, None);
    assert_eq!(place(&device, &at(0x400)), Err("device-gone"));
}

#[test]
fn an_empty_list_gets_an_anchor() {
    let device = Recorder::endpoint(&[]);
    let config = attach(&device, &[], Some(HOST), &at(0x400));
    assert_eq!(offsets(&config), [(0x100, 0), (0x400, 0x1b)]);
    assert_eq!(dword(&config, 0x100), 0x4000_0000);
    assert_eq!(place(&device, &at(0x100)), Err("list-head"));
    assert_eq!(place(&device, &at(0x104)), Err("list-head"));
    assert_eq!(place(&device, &at(0x108)), Ok(0x108));
}

#[test]
fn bytes_behind_the_kernels_anchor_are_not_free() {
    let device = Recorder::endpoint(&[(0x100, 0x00), (0x200, 0x0f)]);
    let mut anchored = device;
    anchored.set(0x100, 0x2000_0000);
    assert_eq!(place(&anchored, &at(0x104)), Err("capability-body"));
    assert_eq!(place(&anchored, &at(0x1f0)), Err("capability-body"));
    assert_eq!(place(&anchored, &at(0x208)), Ok(0x208));
}

#[test]
fn a_wild_next_of_the_last_capability_is_replaced() {
    for next in [0x100, 0x150, 0x400, 0x040, 0x203] {
        let mut device = endpoint();
        device.set(0x150, next << 20 | 0x1_000e);
        let config = attach(&device, &[], Some(HOST), &at(0x500));
        let list = [(0x100, 0x03), (0x200, 0x0f), (0x150, 0x0e), (0x500, 0x1b)];
        assert_eq!(offsets(&config), list, "{next:#x}");
        assert_eq!(dword(&config, 0x150) & 0xf_ffff, 0x1_000e);
    }
}

#[test]
fn the_entrys_place_is_taken() {
    let device = endpoint();
    let bytes = database("ext ats @ 0x200;", "0x400..0x500", "free");
    let databases = [Database::load(&bytes).unwrap()];
    let config = attach(&device, &databases, Some(HOST), &EMPTY);
    let decision = config.decision();
    assert_eq!(decision.placement, Some(Placement { offset: 0x400, source: Source::Entry }));
    assert_eq!(decision.entry.map(|entry| (entry.name, entry.source)), Some(("only", "example.quirk:1")));
    assert_eq!(decision.grant, Grant { width: 16, execute: true, privileged: false });
}

#[test]
fn the_operator_beats_the_entry_and_a_refused_one_ends_the_search() {
    let device = endpoint();
    let bytes = database("", "0x400..0x500", "free");
    let databases = [Database::load(&bytes).unwrap()];
    let config = attach(&device, &databases, Some(HOST), &at(0x600));
    assert_eq!(config.decision().placement, Some(Placement { offset: 0x600, source: Source::Operator }));
    let config = attach(&device, &databases, Some(HOST), &at(0x200));
    assert_eq!(config.decision().placement, None);
    let reasons: Vec<_> = config.decision().candidates.iter().map(|each| each.reason.code()).collect();
    assert_eq!(reasons[1..4], ["capability-header", "operator-refused", "operator-refused"]);
}

#[test]
fn an_entry_that_the_device_contradicts_places_nothing_and_still_excludes() {
    let device = endpoint();
    let bytes = database("ext acs @ 0x600; ext doe @ 0x700;", "0x400..0x500", "free");
    let databases = [Database::load(&bytes).unwrap()];
    let config = attach(&device, &databases, Some(HOST), &EMPTY);
    assert_eq!(config.decision().placement, None);
    let entry = config.decision().candidates.iter().find(|each| each.source == Source::Entry).unwrap();
    assert_eq!((entry.offset, entry.reason.code()), (Some(0x400), "declared-capability-absent"));
    for offset in [0x600, 0x710] {
        let config = attach(&device, &databases, Some(HOST), &at(offset));
        assert_eq!(config.decision().candidates[1].reason.code(), "hidden-capability");
    }
    let bytes = database("ext acs @ 0x600 optional;", "0x400..0x500", "free");
    let config = attach(&device, &[Database::load(&bytes).unwrap()], Some(HOST), &EMPTY);
    assert!(config.decision().findings.is_empty(), "an optional capability may be absent");
    assert_eq!(config.decision().placement.map(|placement| placement.offset), Some(0x400));
}

/// What a host shows without ECAM: the entry is of 4096 bytes, and what it declares past the end is not there to be read.
#[test]
fn an_entry_may_declare_what_lies_behind_the_end_of_the_space() {
    let short = crate::Image::new(&endpoint().image().bytes()[..256]).unwrap();
    let bytes = database("ext pasid @ 0x230; ext aer @ 0x100;", "0x400..0x500", "");
    for block in ["emulate u8 @ 0xf0 = 5 ro;", "unassigned deny;", "hide ext ats;"] {
        let layer = quirk_kit::tables(&format!("layer x {{ match pci(0xfffe, any); default on; {block} }}"));
        let databases = [&bytes, &layer].map(|bytes| Database::load(bytes).unwrap());
        for host in [Some(HOST), None] {
            let config = VirtualConfig::attach(short.clone(), &databases, &identity(), host, &EMPTY).unwrap();
            assert_eq!(config.decision().placement, None);
        }
    }
}

#[test]
fn nothing_is_placed_where_the_space_repeats_itself() {
    let device = endpoint();
    for (offset, found) in [(0x7f8, "free"), (0x7fc, "aliased"), (0x900, "aliased")] {
        let bytes = database("aliased every 0x800;", "0x400..0xa00", &format!("@ {offset}"));
        let config = attach(&device, &[Database::load(&bytes).unwrap()], Some(HOST), &EMPTY);
        let entry = config.decision().candidates.iter().find(|each| each.source == Source::Entry).unwrap();
        assert_eq!(entry.reason.code(), found, "{offset:#x}");
    }
}

#[test]
fn what_cannot_be_a_capability_is_none_that_is_hidden() {
    let device = endpoint();
    for offset in [0x0, 0x3c, 0x402, 0x1000, 0xfffc] {
        let hidden = [Hidden { id: 0x2e, version: 1, offset, length: 0x18 }];
        assert_eq!(place(&device, &Policy { confirmed: &hidden, ..at(0x400) }), Ok(0x400), "{offset:#x}");
    }
}

#[test]
fn a_live_capability_in_a_free_range_refuses_the_entry() {
    let device = endpoint();
    let bytes = database("", "0x1f0..0x500", "free");
    let config = attach(&device, &[Database::load(&bytes).unwrap()], Some(HOST), &EMPTY);
    let entry = config.decision().candidates.iter().find(|each| each.source == Source::Entry).unwrap();
    assert_eq!(entry.reason, Reason::LiveCapabilityInFree { id: 0x0f, at: 0x200 });
}

#[test]
fn registers_and_reserved_bytes_are_kept_clear() {
    let device = endpoint();
    let bytes = database("register @ 0x700..0x900; reserved @ 0xf00..0xf80;", "", "");
    let databases = [Database::load(&bytes).unwrap()];
    for (offset, code) in [(0x6fc, "register"), (0x8fc, "register"), (0xf78, "reserved")] {
        let config = attach(&device, &databases, Some(HOST), &at(offset));
        assert_eq!(config.decision().candidates[1].reason.code(), code);
    }
}

#[test]
fn evidence_that_is_too_weak_refuses() {
    let device = endpoint();
    let bytes = database("", "0x400..0x500", "[free, @ 0x600]");
    let policy = Policy { least_evidence: Evidence::Datasheet, ..EMPTY };
    let config = attach(&device, &[Database::load(&bytes).unwrap()], Some(HOST), &policy);
    let reasons: Vec<_> = config.decision().candidates.iter().map(|each| each.reason.code()).collect();
    assert_eq!(reasons[3..5], ["evidence-too-weak", "not-declared-free"]);
}

#[test]
fn the_native_slot_is_used_if_it_says_what_the_host_says() {
    // vfio-pci unlinked it between ATS and ARI; its bytes still read.
    let mut device = endpoint();
    device.set(0x300, 0x0001_001b);
    device.set(0x304, 0x0003_1402);
    let bytes = database("ext pasid @ 0x300;", "", "native");
    let databases = [Database::load(&bytes).unwrap()];
    let mut config = attach(&device, &databases, Some(HOST), &EMPTY);
    assert_eq!(config.decision().placement, Some(Placement { offset: 0x300, source: Source::Entry }));
    assert_eq!(offsets(&config).last(), Some(&(0x300, 0x1b)));
    assert_eq!(dword(&config, 0x304) >> 16, 0, "the guest does not see the host's control");
    let _ = config.write(0x306, &[0, 0]).unwrap();
    assert!(device.writes().is_empty());

    for (registers, code) in [(0x0002_1402, "host-pasid-not-enabled"), (0x0001_1402, "host-pasid-differs")] {
        device.set(0x304, registers);
        let config = attach(&device, &databases, Some(HOST), &EMPTY);
        let entry = config.decision().candidates.iter().find(|each| each.source == Source::Entry).unwrap();
        assert_eq!(entry.reason.code(), code);
    }
    device.set(0x304, 0x0002_1402);
    let config = attach(&device, &databases, Some(HOST), &at(0x400));
    assert_eq!(config.decision().candidates[1].reason.code(), "host-pasid-not-enabled");
}

#[test]
fn a_native_slot_at_0x100_takes_the_anchors_place() {
    let mut device = Recorder::endpoint(&[(0x100, 0), (0x200, 0x0f)]);
    device.set(0x100, 0x2000_0000);
    device.set(0x104, 0x0003_1402);
    let bytes = database("ext pasid @ 0x100;", "", "native");
    let config = attach(&device, &[Database::load(&bytes).unwrap()], Some(HOST), &EMPTY);
    assert_eq!(offsets(&config), [(0x100, 0x1b), (0x200, 0x0f)]);
    assert_eq!(dword(&config, 0x100), 0x2001_001b);
}

#[test]
fn without_an_entry_the_native_slot_needs_somebody_who_knows_it_and_a_physical_function() {
    let mut device = endpoint();
    device.set(0x300, 0x0001_001b);
    device.set(0x304, 0x0003_1402);
    let hidden = [Hidden { id: 0x1b, version: 1, offset: 0x300, length: 8 }];
    let policy = Policy { confirmed: &hidden, ..EMPTY };
    let config = attach(&device, &[], Some(HOST), &policy);
    assert_eq!(config.decision().placement, Some(Placement { offset: 0x300, source: Source::Native }));
    let config = attach(&device, &[], Some(HOST), &Policy { native: Native::Never, ..policy });
    assert_eq!(config.decision().placement, None);
    let is_virtual = identity().with_function(Function::Virtual);
    let config = VirtualConfig::attach(&device, &[], &is_virtual, Some(HOST), &policy).unwrap();
    assert_eq!(config.decision().placement, None);
    // Seen in a scan of the gaps.
    let scan = Policy { confirmed: &[], scan_gaps: true, ..policy };
    assert_eq!(attach(&device, &[], Some(HOST), &scan).decision().placement, None);
    let config = attach(&device, &[], Some(HOST), &Policy { native: Native::Probed, ..scan });
    assert_eq!(config.decision().placement, Some(Placement { offset: 0x300, source: Source::Native }));
}

#[test]
fn what_looks_like_a_header_is_not_placed_on() {
    let mut device = endpoint();
    device.set(0x500, 0x0001_002e);
    device.set(0x400, 0x5001_002f);
    device.set(0x600, 0x3001_0030);
    let policy = Policy { scan_gaps: true, ..at(0x500) };
    assert_eq!(place(&device, &policy), Err("suspected-capability"));
    assert_eq!(place(&device, &Policy { operator: Operator::Offset(0x400), ..policy }), Err("suspected-capability"));
    assert_eq!(
        place(&device, &Policy { operator: Operator::Offset(0x600), ..policy }),
        Ok(0x600),
        "Next leads nowhere"
    );
}

#[test]
fn the_tail_needs_an_opt_in_and_zeros() {
    let mut device = endpoint();
    let policy = Policy { tail: true, ..EMPTY };
    let config = attach(&device, &[], Some(HOST), &policy);
    assert_eq!(config.decision().placement, Some(Placement { offset: 0xff8, source: Source::Tail }));
    device.set(0xff8, 0xffff_ff8f);
    let config = attach(&device, &[], Some(HOST), &policy);
    assert_eq!(config.decision().candidates.last().unwrap().reason, Reason::NotZero { at: 0xff8 });
}

#[test]
fn ats_and_pri_are_the_guests_own_or_hidden() {
    let mut device = Recorder::endpoint(&[(0x100, 0x03), (0x200, 0x0f), (0x300, 0x10), (0x400, 0x13)]);
    device.set(0x204, 0x8000_0020);
    let config = attach(&device, &[], Some(HOST), &at(0x500));
    assert_eq!(dword(&config, 0x204), 0x0000_0020, "the host's enable bit is not the guest's");
    let without = HostPasid { ats_not_supported: true, ..HOST };
    let config = attach(&device, &[], Some(without), &at(0x500));
    assert_eq!(offsets(&config), [(0x100, 0x03), (0x300, 0x10), (0x500, 0x1b)]);
    assert_eq!((dword(&config, 0x200), dword(&config, 0x204), dword(&config, 0x40c)), (0, 0, 0));
    // The first one is hidden behind an anchor.
    let device = Recorder::endpoint(&[(0x100, 0x0f), (0x300, 0x10)]);
    let config = attach(&device, &[], Some(without), &at(0x500));
    assert_eq!(offsets(&config), [(0x100, 0), (0x300, 0x10), (0x500, 0x1b)]);
    let device = Recorder::endpoint(&[(0x100, 0x0f)]);
    let config = attach(&device, &[], Some(without), &at(0x500));
    assert_eq!(offsets(&config), [(0x100, 0), (0x500, 0x1b)]);
}

#[test]
fn a_header_inside_a_hidden_or_owned_body_stays() {
    let without = HostPasid { ats_not_supported: true, ..HOST };
    for host in [HOST, without] {
        let device = Recorder::endpoint(&[(0x100, 0x13), (0x104, 0x0f), (0x108, 0x0e)]);
        let config = attach(&device, &[], Some(host), &at(0x400));
        let list = offsets(&config);
        assert!(list.contains(&(0x108, 0x0e)) && list.ends_with(&[(0x400, 0x1b)]), "{list:x?}");
    }
}

#[test]
fn a_later_database_wins_and_the_shadowed_one_still_excludes() {
    let device = endpoint();
    let vendor = database("register @ 0x800..0x900;", "0x400..0x500", "free");
    let site = database("", "0x800..0xa00", "[@ 0x800, @ 0x900]");
    let databases = [Database::load(&vendor).unwrap(), Database::load(&site).unwrap()];
    let config = attach(&device, &databases, Some(HOST), &EMPTY);
    assert_eq!(config.decision().placement.map(|placement| placement.offset), Some(0x900));
    assert_eq!(config.decision().entry.map(|entry| entry.database), Some(1));
    let finding = config.decision().findings[0];
    assert_eq!(finding, crate::Finding::EntryShadowed { database: 0, by: 1 });
    assert_eq!(
        std::string::ToString::to_string(&finding),
        "an entry of database 0 matches too, and is shadowed by that of database 1"
    );
}

#[test]
fn a_profile_is_imposed_or_refused() {
    let device = endpoint();
    let build = |pasid: &str, entries: &str| {
        let device = only("free @ 0x400..0x500 { evidence vendor \"x\"; } pasid;");
        let profile =
            format!("profile one_v1 for only {{ pasid @ {pasid} width 12 execute; {entries} released \"1\"; }}");
        unchecked(&(device + &profile))
    };
    let policy = Policy { profile: Some("one_v1"), ..EMPTY };
    let bytes = build("0x480", "ext ats @ 0x200;");
    let databases = [Database::load(&bytes).unwrap()];
    let config = attach(&device, &databases, Some(HOST), &policy);
    assert_eq!(config.decision().placement, Some(Placement { offset: 0x480, source: Source::Profile }));
    assert_eq!(config.decision().grant, Grant { width: 12, execute: true, privileged: false });

    let refused = |bytes: &[u8], host, name| {
        let databases = [Database::load(bytes).unwrap()];
        let policy = Policy { profile: Some(name), ..EMPTY };
        let config = attach(&device, &databases, Some(host), &policy);
        assert_eq!(config.decision().placement, None);
        assert_eq!(config.decision().candidates[3].reason.code(), "profile-refused");
        config.decision().candidates[2].reason.code()
    };
    let weak = HostPasid { execute: false, ..HOST };
    assert_eq!(refused(&bytes, HOST, "one_v2"), "profile-unknown");
    assert_eq!(refused(&bytes, weak, "one_v1"), "profile-exceeds-host");
    assert_eq!(refused(&build("0x500", ""), HOST, "one_v1"), "not-declared-free");
    assert_eq!(refused(&build("0x480", "ext ats @ 0x208;"), HOST, "one_v1"), "declared-capability-absent");
}

#[test]
fn permissions_are_denied_by_the_entry() {
    let device = endpoint();
    let bytes = quirk_kit::device("free @ 0x600..0x700 { evidence vendor \"x\"; } pasid { execute deny; }");
    let policy = Policy { viommu_width: Some(9), ..at(0x400) };
    let config = attach(&device, &[Database::load(&bytes).unwrap()], Some(HOST), &policy);
    assert_eq!(config.decision().grant, Grant { width: 9, execute: false, privileged: false });
}

#[test]
fn attach_reads_little_and_writes_nothing() {
    let device = Recorder::endpoint(&[(0x100, 0x03), (0x200, 0x0f), (0x150, 0x0e), (0x300, 0x23)]);
    let bytes = database("ext ats @ 0x200;", "0x400..0x500", "free");
    let databases = [Database::load(&bytes).unwrap()];
    let config = VirtualConfig::attach(&device, &databases, &identity(), Some(HOST), &EMPTY).unwrap();
    assert!(config.decision().placement.is_some());
    let reads = device.reads();
    let dwords: usize = reads.iter().map(|&(_, length)| length.div_ceil(4)).sum();
    let (capabilities, vendor) = (5, 1);
    assert!(reads.len() <= capabilities + 5 + vendor, "{reads:x?}");
    assert!(dwords <= capabilities + 7 + 2 * vendor, "{reads:x?}");
    assert!(device.writes().is_empty());
}

#[test]
fn a_virtual_config_is_small_and_send() {
    fn is_send<T: Send>() {}
    is_send::<VirtualConfig<'static, Vec<u8>>>();
    assert!(size_of::<VirtualConfig<'static, u64>>() <= 10 * 1024, "{}", size_of::<VirtualConfig<'static, u64>>());
}

#[test]
fn a_null_capability_is_not_what_the_kernel_always_shows() {
    let device = Recorder::endpoint(&[(0x100, 0), (0x200, 0x0f)]);
    let bytes = database("ext aer @ 0x100;", "0x400..0x500", "free");
    let config = attach(&device, &[Database::load(&bytes).unwrap()], Some(HOST), &EMPTY);
    assert_eq!(config.decision().placement, None);
    let entry = config.decision().candidates.iter().find(|each| each.source == Source::Entry).unwrap();
    assert_eq!(entry.reason.code(), "declared-capability-absent");
    // A DVSEC is hidden by older kernels, and says what it is after its header.
    let mut device = Recorder::endpoint(&[(0x100, 0), (0x200, 0x0f)]);
    device.set(0x104, 0x0140_fffe);
    device.set(0x108, 7);
    for (sub_id, place) in [(7, Some(0x400)), (8, None)] {
        let dvsec = format!("ext dvsec(vendor: 0xfffe, id: {sub_id}) @ 0x100 len 0x14;");
        let bytes = database(&dvsec, "0x400..0x500", "free");
        let config = attach(&device, &[Database::load(&bytes).unwrap()], Some(HOST), &EMPTY);
        assert_eq!(config.decision().placement.map(|placed| placed.offset), place);
    }
}

#[test]
fn the_native_slot_must_be_its_own() {
    let mut device = endpoint();
    device.set(0x300, 0x0001_001b);
    device.set(0x304, 0x0003_1402);
    let alone = database("ext pasid @ 0x300;", "", "native");
    let taken = database("ext pasid @ 0x300; register @ 0x304 len 4;", "", "native");
    let owned = [ByteRange::new(0x304, 0x308)];
    let emulated = Policy { vmm_owned: &owned, ..EMPTY };
    for (bytes, policy, code) in
        [(&taken, &EMPTY, "register"), (&alone, &emulated, "vmm-owned"), (&alone, &EMPTY, "free")]
    {
        let config = attach(&device, &[Database::load(bytes).unwrap()], Some(HOST), policy);
        let entry = config.decision().candidates.iter().find(|each| each.source == Source::Entry).unwrap();
        assert_eq!(entry.reason.code(), code);
    }
    // A list leads into it.
    let mut device = Recorder::endpoint(&[(0x100, 0), (0x104, 0x140f)]);
    device.set(0x104, 0x0003_140f);
    let bytes = database("ext pasid @ 0x100;", "", "native");
    let host = HostPasid { execute: true, privileged: false, ..HOST };
    let config = attach(&device, &[Database::load(&bytes).unwrap()], Some(host), &EMPTY);
    assert_eq!(offsets(&config), [(0x100, 0), (0x104, 0x140f)]);
}

#[test]
fn a_capability_is_measured_once_whatever_it_says() {
    // A resizable BAR capability of no BAR, and one that may reach anywhere.
    let device = Recorder::endpoint(&[(0x100, 0x03), (0x200, 0x15), (0x300, 0x7777)]);
    let ranges = [ByteRange::new(0x300, 0x1000)];
    let policy = Policy { operator: Operator::Ranges(&ranges), ..EMPTY };
    let config = attach(&device, &[], Some(HOST), &policy);
    assert_eq!(config.decision().placement, None);
    assert_eq!(device.reads().iter().filter(|read| read.0 == 0x208).count(), 1);
    let codes: Vec<_> = config.decision().findings.iter().map(crate::Finding::code).collect();
    assert_eq!(codes, ["length-below-minimum"]);
}

#[test]
fn a_length_below_the_minimum_counts_as_the_minimum_and_is_generous_behind_it() {
    for (id, least) in [(0x0b, 8), (0x23, 12)] {
        let mut device = Recorder::endpoint(&[(0x100, id), (0x200, 0x0f)]);
        let bytes = database("", "0x100..0x200", "");
        let entry = [Database::load(&bytes).unwrap()];
        for stated in [0, 4, least - 1] {
            device.set(0x104, u32::from(stated) << 20 | 1);
            let verdict = |databases: &[Database<'_>], offset| {
                attach(&device, databases, Some(HOST), &at(offset)).decision().candidates[1].reason.code()
            };
            // A live capability in the range refuses the entry, and with it what is declared free.
            let free = database("", "0x104..0x200", "");
            let free = [Database::load(&free).unwrap()];
            assert_eq!(verdict(&entry, 0x180), "capability-body");
            for offset in [0x100 + least, 0x1f8] {
                assert_eq!((verdict(&[], offset), verdict(&free, offset)), ("capability-body", "free"), "{offset:#x}");
            }
            assert_eq!(verdict(&free, 0x104), "capability-body", "{id:#x} of {stated}");
            assert_eq!(verdict(&[], 0x208), "free");
        }
    }
}
