//! What a guest gets of devices that the library describes, imagined and recorded, through vfio-pci's view of them.

use std::collections::{BTreeMap, BTreeSet};

use quirk_db::DATABASE;
use quirk_runtime::capability::Space;
use quirk_runtime::chain::Step;
use quirk_runtime::tables::{Device, EntryKind, PlaceKind};
use quirk_runtime::{
    Finding, Function, HostPasid, Identity, Image, Kernel, Native, Operator, Placement, Policy, Source, VirtualConfig,
    vfio_view,
};

use crate::entries::function_of;
use crate::imagined;
use crate::lookup::{entries, name};
use crate::recorded::walk::Walk;
use crate::recorded::{Described, described, layout};

const PASID: u16 = 0x1b;
const SRIOV: u16 = 0x10;

/// What a host that uses PASIDs would say of the device; the capability's control is enabled as that host has it.
fn enabled(bytes: &[u8]) -> Option<(Vec<u8>, HostPasid)> {
    let walk = Walk::of(bytes);
    let (&at, _) = walk.extended.iter().find(|(_, id)| **id == PASID)?;
    let capability = walk.word(at + 4);
    let host = HostPasid::new((capability >> 8 & 0x1f).try_into().unwrap())
        .with_execute(capability & 2 != 0)
        .with_privileged(capability & 4 != 0);
    let mut bytes = bytes.to_vec();
    bytes[usize::from(at) + 6] = (capability as u8 & 6) | 1;
    Some((bytes, host))
}

fn attach_raw(raw: &Image, host: HostPasid, policy: &Policy<'_>) -> VirtualConfig<'static, Image> {
    let identity = Identity::from_header(raw.bytes().first_chunk().unwrap()).with_function(Function::Physical);
    VirtualConfig::attach(vfio_view(raw, Kernel::LATEST), &[DATABASE], &identity, Some(host), policy).unwrap()
}

fn attach(bytes: &[u8], host: HostPasid, policy: &Policy<'_>) -> VirtualConfig<'static, Image> {
    attach_raw(&Image::new(bytes).unwrap(), host, policy)
}

fn native(device: &Device) -> Option<u16> {
    DATABASE.list(device.places).find(|place| place.kind == PlaceKind::Native).map(|place| place.offset)
}

const HOST: HostPasid = HostPasid::new(16);

/// Offsets of the extended capabilities that the guest walks.
fn chain(guest: &VirtualConfig<'_, Image>) -> Vec<u16> {
    let steps = guest.chain(Space::Extended).unwrap().map(Result::unwrap);
    let offset = |step| if let Step::Capability(capability) = step { Some(capability.offset) } else { None };
    steps.filter_map(offset).collect()
}

#[test]
fn every_entry_fits_a_device_that_is_as_it_says() {
    for entry in entries() {
        let (identity, name) = (function_of(&entry).unwrap(), name(&entry));
        for with_optional in [true, false] {
            let guest = attach_raw(&imagined::raw(&identity, &entry, with_optional), imagined::HOST, &Policy::DEFAULT);
            let decision = guest.decision();
            assert_eq!(decision.entry.map(|entry| entry.name), Some(name));
            // Polaris may lack PASID altogether: the slot is then not one.
            let has_slot = |at: &u16| with_optional || layout(&entry).any(|each| each.offset == *at && !each.optional);
            let expected = native(&entry).filter(has_slot).map(|offset| Placement::new(offset, Source::Entry));
            assert_eq!(decision.placement, expected, "{name}, optional ones {with_optional}: {decision}");
            let last = chain(&guest).last().copied();
            assert!(expected.is_none_or(|place| place.offset == 0x100 || last == Some(place.offset)), "{name}");
        }
    }
}

#[test]
fn pasid_goes_back_to_where_the_silicon_has_it() {
    let Some(described) = described() else { return };
    let mut placed = BTreeMap::new();
    for Described { file, device, bytes } in described {
        let (Some(offset), Some((bytes, host))) = (native(device), enabled(bytes)) else { continue };
        let guest = attach(&bytes, host, &Policy::DEFAULT);
        let decision = guest.decision();
        assert_eq!(decision.placement, Some(Placement::new(offset, Source::Entry)), "{file}: {decision}");
        let mut capability = [0; 8];
        guest.read(offset, &mut capability).unwrap();
        assert_eq!(capability[..2], [0x1b, 0], "{file}");
        assert_eq!(capability[5], host.width, "{file}");
        assert_eq!(capability[6..], [0, 0], "{file}: the guest must enable it itself");
        placed.insert(name(device), offset);
    }
    let expected = [
        ("dsa_spr", 0x230),
        ("graphics_gen9", 0x100),
        ("radeon_fiji", 0x2d0),
        ("radeon_navi2x", 0x2d0),
        ("radeon_raphael", 0x2d0),
    ];
    for (name, offset) in expected {
        assert_eq!(placed.get(name), Some(&offset), "{name}");
    }
}

#[test]
fn no_dump_contradicts_the_entry_that_describes_it() {
    const CONTRADICTIONS: &[&str] = &[
        "declared-capability-absent",
        "declared-capability-differs",
        "declared-length-short",
        "live-capability-in-free",
        "free-not-zero",
    ];
    let Some(described) = described() else { return };
    for Described { file, device, bytes } in described {
        let guest = attach(bytes, HOST, &Policy::DEFAULT);
        // Firmware may leave a null capability where an optional one was.
        let is_optional = |at: u16| layout(device).any(|entry| entry.optional && entry.offset == at);
        let is_null = |finding: &&Finding| matches!(finding, Finding::DeclaredCapabilityDiffers { at, live: 0, .. } if is_optional(*at));
        let mut findings = guest.decision().findings.iter().filter(|finding| !is_null(finding));
        let found = findings.find(|finding| CONTRADICTIONS.contains(&finding.code()));
        assert!(found.is_none(), "{file}: {}: {}", name(device), guest.decision());
    }
}

#[test]
fn a_device_without_a_place_is_left_as_it_is() {
    let Some(described) = described() else { return };
    let mut left = BTreeSet::new();
    for Described { file, device, bytes } in described.iter().filter(|each| native(&each.device).is_none()) {
        let everything = Policy::DEFAULT.with_tail(true).with_native(Native::Probed);
        for policy in [Policy::DEFAULT, everything] {
            let guest = attach(bytes, HOST, &policy);
            let decision = guest.decision();
            let allowed = match decision.placement {
                None => true,
                // On opt-in, bytes that read 0 and that no entry speaks of.
                Some(place) => policy.tail && place.source == Source::Tail,
            };
            assert!(allowed, "{file}: {decision}");
        }
        left.insert(name(device));
    }
    assert!(left.len() >= 15, "{left:?}");
}

#[test]
fn the_last_bytes_of_a_geforce_are_refused_even_on_opt_in() {
    let Some(described) = described() else { return };
    let mut refused = 0;
    let is_whole = |each: &&Described| name(&each.device) == "geforce_ampere" && each.bytes.len() == 0x1000;
    for Described { file, bytes, .. } in described.iter().filter(is_whole) {
        let guest = attach(bytes, HOST, &Policy::DEFAULT.with_tail(true));
        let decision = guest.decision();
        let tail = decision.candidates.iter().find(|each| each.source == Source::Tail).unwrap();
        assert_eq!((tail.offset, tail.reason.code()), (Some(0xff8), "register"), "{file}: {decision}");
        refused += 1;
    }
    assert_eq!(refused, 2);
}

/// The operator's word is not enough for bytes that the library knows better.
#[test]
fn no_operator_places_pasid_on_what_is_declared() {
    let Some(described) = described() else { return };
    let mut reasons = BTreeMap::new();
    for Described { file, device, bytes } in described.iter().filter(|each| each.bytes.len() == 0x1000) {
        for entry in layout(device).filter(|entry| (0x100..0xff9).contains(&entry.offset)) {
            let is_native = entry.kind == EntryKind::Extended && entry.id == PASID;
            if is_native || entry.offset & 3 != 0 {
                continue;
            }
            let policy = Policy::DEFAULT.with_operator(Operator::Offset(entry.offset));
            let guest = attach(bytes, HOST, &policy);
            let decision = guest.decision();
            assert!(decision.operator_refused(), "{file}: {:#x}: {decision}", entry.offset);
            let asked = decision.candidates.iter().find(|each| each.source == Source::Operator).unwrap();
            *reasons.entry(asked.reason.code()).or_insert(0) += 1;
        }
    }
    println!("{reasons:?}");
    for reason in ["register", "capability-header", "hidden-capability"] {
        assert!(reasons.contains_key(reason), "{reasons:?}");
    }
}

#[test]
fn an_unlinked_capability_is_not_taken_for_a_gap() {
    let Some(described) = described() else { return };
    let mut unlinked = BTreeSet::new();
    for Described { file, device, bytes } in described {
        let walk = Walk::of(bytes);
        let hidden = |id, at| bytes.len() == 0x1000 && walk.word(at) == id && !walk.extended.contains_key(&at);
        for entry in layout(device).filter(|entry| entry.kind == EntryKind::Extended && hidden(entry.id, entry.offset))
        {
            let policy = Policy::DEFAULT.with_operator(Operator::Offset(entry.offset));
            let guest = attach(bytes, HOST, &policy);
            assert_eq!(guest.decision().placement, None, "{file}: {}", guest.decision());
            unlinked.insert((name(device), entry.id));
        }
    }
    assert!(unlinked.contains(&("x550", SRIOV)) && unlinked.contains(&("megaraid_sas3", SRIOV)), "{unlinked:?}");
}

#[test]
fn nothing_is_placed_on_an_alias() {
    let Some(described) = described() else { return };
    for Described { file, bytes, .. } in described.iter().filter(|each| each.device.aliased_every == 0x400) {
        for offset in [0x500, 0x600, 0x900, 0xff8] {
            let policy = Policy::DEFAULT.with_operator(Operator::Offset(offset));
            let guest = attach(bytes, HOST, &policy);
            let asked = guest.decision().candidates.iter().find(|each| each.source == Source::Operator).unwrap();
            assert_eq!(asked.reason.code(), "aliased", "{file}: {offset:#x}: {}", guest.decision());
        }
    }
}
