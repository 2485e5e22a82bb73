//! A guest moves: from one device to another revision of it, with other bytes free.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

extern crate std;

use std::format;
use std::string::ToString;
use std::vec;
use std::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::overlay::{Effect, PasidControl};
use crate::testing::Recorder;
use crate::{Database, HostPasid, ImposeError, Operator, Policy, Reason, Refusal, Reset, VirtualConfig};

const HOST: HostPasid = HostPasid { width: 16, execute: true, privileged: true, ats_not_supported: false };
const POLICY: Policy<'static> = Policy::DEFAULT;

fn revision(revision: u8) -> Identity {
    Identity { vendor: 0xfffe, device: 0x1001, revision, function: Function::Physical, ..Identity::default() }
}

fn device() -> Recorder {
    Recorder::endpoint(&[(0x100, 0x03), (0x200, 0x0f)])
}

/// Free `start..end`; PASID lowest, and a per-gap DVSEC after it.
fn free(start: u16, end: u16) -> Vec<u8> {
    let block = format!("free @ {start}..{end} {{ evidence vendor \"x\"; }} pasid; dvsec gap in free;");
    let frozen = format!("pasid @ {start} width 12 execute; ext dvsec @ {}; released \"1\";", start + 8);
    quirk_kit::tables(&format!(
        "dvsec_format gap {{ vendor 0xfffe; id 1; revision 0; form per_gap; }}
        {} profile frozen for only {{ {frozen} }}",
        quirk_kit::only(&block)
    ))
}

fn load(bytes: &[u8]) -> [Database<'_>; 1] {
    [Database::load(bytes).unwrap()]
}

fn through_bytes(saved: &Saved) -> Saved {
    let mut bytes = vec![0; Saved::MAX_LENGTH];
    let length = saved.encode(&mut bytes).unwrap();
    let read = Saved::decode(&bytes[..length]).unwrap();
    assert_eq!(read, *saved);
    read
}

/// A guest that has enabled PASID, saved.
fn saved(database: &[u8], policy: &Policy<'_>) -> Saved {
    let device = device();
    let mut config = VirtualConfig::attach(&device, &load(database), &revision(1), Some(HOST), policy).unwrap();
    let offset = config.decision().placement.unwrap().offset;
    config.write(offset + 6, &[0x03, 0x00]).unwrap().for_each(drop);
    through_bytes(&config.save().unwrap())
}

fn refused(
    result: Result<(VirtualConfig<'_, &Recorder>, crate::Effects), ImposeError<core::convert::Infallible>>,
) -> (Refusal, Layout) {
    match result {
        Err(ImposeError::Refused { refusal, here, .. }) => (refusal, here),
        other => std::panic!("{:?}", other.map(|(config, _)| config.decision().to_string())),
    }
}

#[test]
fn what_is_saved_is_what_the_guest_saw_and_where_it_came_from() {
    let database = free(0x400, 0x700);
    let saved = saved(&database, &POLICY);
    assert_eq!(saved.identity(), revision(1));
    let Layout { placement, grant, owned } = saved.layout();
    assert_eq!(placement, Some(Placement { offset: 0x400, source: Source::Entry }));
    assert_eq!(grant.register(), 16 << 8 | 6);
    let expected = [0x202..0x204, 0x206..0x208, 0x400..0x700];
    for at in 0..4096 {
        assert_eq!(owned.contains(at), expected.iter().any(|range| range.contains(&at)), "{at:#x}");
    }
    let text =
        "PASID at 0x400 (entry), width 16, execute, privileged; emulated 0x202..0x204, 0x206..0x208, 0x400..0x700";
    assert_eq!(saved.layout().to_string(), text);
    assert_eq!(saved.profile(), None);
    let same = VirtualConfig::attach(device(), &load(&database), &revision(1), None, &POLICY).unwrap().save().unwrap();
    assert_eq!(same.databases(), saved.databases());
    let other = free(0x400, 0x704);
    let other = VirtualConfig::attach(device(), &load(&other), &revision(1), None, &POLICY).unwrap().save().unwrap();
    assert_ne!(other.databases(), saved.databases());
}

#[test]
fn a_revision_with_more_free_bytes_shows_what_the_first_showed() {
    let saved = saved(&free(0x400, 0x700), &POLICY);
    let (there, larger) = (device(), free(0x300, 0x800));
    let (mut config, effects) =
        VirtualConfig::attach_with(&saved, &there, &load(&larger), &revision(2), Some(HOST), &POLICY).unwrap();
    let enabled = PasidControl { enable: true, execute: true, privileged: false };
    assert!(effects.into_iter().any(|effect| effect == Effect::PasidControl(enabled)));
    assert_eq!(config.layout(), saved.layout());
    let mut bytes = [0; 24];
    crate::ConfigRead::read(&config, 0x400, &mut bytes).unwrap();
    let pasid = [0x1b, 0, 0x81, 0x40, 6, 16, 3, 0];
    let dvsec = [0x23, 0, 1, 0, 0xfe, 0xff, 0x80, 0x2f, 1, 0, 1, 0, 0, 0, 0, 0];
    assert_eq!((&bytes[..8], &bytes[8..]), (&pasid[..], &dvsec[..]));
    // It goes on from there.
    assert_eq!(config.save().unwrap().layout(), saved.layout());
    config.reset(Reset::Flr);
    assert_eq!(config.overlay().value(0x406), 0);
    assert!(there.writes().is_empty());
}

#[test]
fn a_smaller_gap_is_refused_since_the_guest_was_told_more() {
    let saved = saved(&free(0x400, 0x700), &POLICY);
    let (there, smaller) = (device(), free(0x400, 0x600));
    let databases = load(&smaller);
    let result = VirtualConfig::attach_with(&saved, &there, &databases, &revision(2), Some(HOST), &POLICY);
    let text = result.as_ref().err().unwrap().to_string();
    assert!(text.contains("saved: PASID at 0x400 (entry)") && text.ends_with("0x400..0x600"), "{text}");
    let (refusal, here) = refused(result);
    assert_eq!(refusal, Refusal::Overlay(SavedError::Layout { offset: 0x600, saved: true }));
    assert_eq!(here.placement, Some(Placement { offset: 0x400, source: Source::Entry }));
    assert!(there.writes().is_empty());
}

#[test]
fn where_the_place_is_not_safe_it_is_refused_with_the_reason() {
    let saved = saved(&free(0x400, 0x700), &POLICY);
    let attach = |there: &Recorder, database: &[u8], host| {
        refused(VirtualConfig::attach_with(&saved, there, &load(database), &revision(2), host, &POLICY)).0
    };
    let all = free(0x400, 0x700);
    let taken = Recorder::endpoint(&[(0x100, 0x03), (0x200, 0x0f), (0x400, 0x0e)]);
    let header = Reason::CapabilityHeader { id: 0x0e, at: 0x400 };
    assert_eq!(attach(&taken, &free(0x500, 0x700), Some(HOST)), Refusal::Placement(header));
    let undeclared = Refusal::Placement(Reason::NotDeclaredFree);
    assert_eq!(attach(&device(), &free(0x500, 0x700), Some(HOST)), undeclared);
    let exceeds = Refusal::Placement(Reason::SavedExceedsHost);
    for host in
        [HostPasid { width: 15, ..HOST }, HostPasid { execute: false, ..HOST }, HostPasid { privileged: false, ..HOST }]
    {
        assert_eq!(attach(&device(), &all, Some(host)), exceeds);
    }
    let none = Refusal::Placement(Reason::NoHostPasid { viommu: false });
    assert_eq!(attach(&device(), &all, None), none);
    // The list leads to PASID from another capability.
    let longer = Recorder::endpoint(&[(0x100, 0x03), (0x200, 0x0f), (0x300, 0x0e)]);
    let layout = SavedError::Layout { offset: 0x202, saved: true };
    assert_eq!(attach(&longer, &all, Some(HOST)), Refusal::Overlay(layout));
    // A wider host is as good.
    let wider = HostPasid { width: 20, ..HOST };
    let there = device();
    let same = VirtualConfig::attach_with(&saved, &there, &load(&all), &revision(2), Some(wider), &POLICY).unwrap();
    assert_eq!(same.0.decision().grant.width, 16);
}

#[test]
fn an_operator_vouches_here_for_what_nobody_described() {
    let saved = saved(&free(0x400, 0x700), &POLICY);
    let there = device();
    let policy = Policy { operator: Operator::Offset(0x400), ..POLICY };
    let undescribed = VirtualConfig::attach_with(&saved, &there, &[], &revision(2), Some(HOST), &policy);
    assert_eq!(refused(undescribed).0, Refusal::Overlay(SavedError::Layout { offset: 0x408, saved: true }));
    let alone = {
        let device = device();
        let config = VirtualConfig::attach(&device, &[], &revision(1), Some(HOST), &policy).unwrap();
        through_bytes(&config.save().unwrap())
    };
    assert!(VirtualConfig::attach_with(&alone, &there, &[], &revision(2), Some(HOST), &POLICY).is_ok());
}

#[test]
fn another_device_is_refused_and_another_revision_is_not() {
    let database = free(0x400, 0x700);
    let saved = saved(&database, &POLICY);
    let there = device();
    for identity in [
        Identity { device: 0x1002, ..revision(1) },
        Identity { class: 0x03_0000, ..revision(1) },
        revision(1).with_function(Function::Virtual),
    ] {
        let result = VirtualConfig::attach_with(&saved, &there, &load(&database), &identity, Some(HOST), &POLICY);
        assert_eq!(result.err(), Some(ImposeError::Identity { saved: revision(1), here: identity }));
    }
    let small = crate::Image::new(&[0; 64]).unwrap();
    let result = VirtualConfig::attach_with(&saved, &small, &load(&database), &revision(1), Some(HOST), &POLICY);
    assert!(matches!(result, Err(ImposeError::Refused { refusal: Refusal::Placement(_), .. })));
}

#[test]
fn a_guest_that_saw_no_pasid_sees_none() {
    let database = free(0x400, 0x700);
    let here = device();
    let without = VirtualConfig::attach(&here, &load(&database), &revision(1), None, &POLICY).unwrap().save().unwrap();
    let without = through_bytes(&without);
    let (config, effects) =
        VirtualConfig::attach_with(&without, &here, &load(&database), &revision(1), Some(HOST), &POLICY).unwrap();
    assert!(effects.is_empty() && config.decision().placement.is_none());
    assert!((0..4096).all(|offset| config.overlay().passes_writes(offset)));
    let shows = Recorder::endpoint(&[(0x100, 0x03), (0x200, 0x1b)]);
    let result = VirtualConfig::attach_with(&without, &shows, &[], &revision(1), Some(HOST), &POLICY);
    assert_eq!(refused(result).0, Refusal::Placement(Reason::Visible { at: 0x200 }));
}

#[test]
fn a_device_that_shows_pasid_itself_goes_only_to_one_that_does() {
    let mut shows = Recorder::endpoint(&[(0x100, 0x03), (0x200, 0x1b)]);
    shows.set(0x204, 0x1006);
    let visible = VirtualConfig::attach(&shows, &[], &revision(1), Some(HOST), &POLICY).unwrap().save().unwrap();
    let visible = through_bytes(&visible);
    assert!(VirtualConfig::attach_with(&visible, &shows, &[], &revision(1), Some(HOST), &POLICY).is_ok());
    let there = device();
    let result = VirtualConfig::attach_with(&visible, &there, &[], &revision(1), Some(HOST), &POLICY);
    assert!(matches!(refused(result).0, Refusal::Placement(_)));
    shows.set(0x204, 0x0806);
    let result = VirtualConfig::attach_with(&visible, &shows, &[], &revision(1), Some(HOST), &POLICY);
    assert!(matches!(refused(result).0, Refusal::Placement(_)), "it is narrower");
}

#[test]
fn a_dvsec_of_the_device_vouches_and_is_hidden_alike() {
    let with_gap = |at: u16, length: u32| {
        let mut device = Recorder::endpoint(&[(0x100, 0x03), (at, 0x23)]);
        device.set(at + 4, length << 20 | 0xfffe);
        device.set(at + 8, 0x0001_0001);
        device
    };
    let formats = free(0x900, 0xa00);
    let policy = Policy { sources: crate::Sources::NONE.with(Source::Dvsec), ..POLICY };
    let here = with_gap(0x400, 0x40);
    let config = VirtualConfig::attach(&here, &load(&formats), &revision(1), Some(HOST), &policy).unwrap();
    let saved = through_bytes(&config.save().unwrap());
    assert_eq!(saved.layout().placement, Some(Placement { offset: 0x400, source: Source::Dvsec }));
    let attach = |there: &Recorder| {
        VirtualConfig::attach_with(&saved, there, &load(&formats), &revision(2), Some(HOST), &policy)
            .map(|(config, _)| config.layout())
            .map_err(|error| if let ImposeError::Refused { refusal, .. } = error { Some(refusal) } else { None })
    };
    assert_eq!(attach(&with_gap(0x400, 0x40)), Ok(saved.layout()));
    let smaller = Refusal::Overlay(SavedError::Layout { offset: 0x430, saved: true });
    assert_eq!(attach(&with_gap(0x400, 0x30)), Err(Some(smaller)));
    assert_eq!(attach(&with_gap(0x500, 0x30)), Err(Some(Refusal::Placement(Reason::NotDeclaredFree))));
}

#[test]
fn a_profile_is_named() {
    let database = free(0x400, 0x700);
    let policy = Policy { profile: Some("frozen"), ..POLICY };
    let saved = saved(&database, &policy);
    assert_eq!((saved.profile(), saved.layout().grant.width), (Some("frozen"), 12));
    let there = device();
    let (config, _) =
        VirtualConfig::attach_with(&saved, &there, &load(&database), &revision(2), Some(HOST), &policy).unwrap();
    assert_eq!(config.layout(), saved.layout());
    assert_eq!(config.save().unwrap().profile(), Some("frozen"));
}

#[test]
fn other_versions_and_broken_bytes_are_refused() {
    let saved = saved(&free(0x400, 0x700), &POLICY);
    let mut bytes = vec![0; Saved::MAX_LENGTH];
    let length = saved.encode(&mut bytes).unwrap();
    for short in 0..length {
        assert_eq!(Saved::decode(&bytes[..short]), Err(SavedError::Short));
    }
    let with = |at: usize, byte: u8| {
        let mut bytes = bytes.clone();
        bytes[at] = byte;
        Saved::decode(&bytes).map(|_| ())
    };
    for version in [0, 1, 3, 0xff] {
        assert_eq!(with(0, version), Err(SavedError::Version(version.into())));
    }
    let malformed = Err(SavedError::Malformed);
    assert_eq!(with(6, 2), malformed, "a flag");
    assert_eq!(with(15, 1), malformed, "a class of more than 24 bits");
    assert_eq!(with(16, 3), malformed, "a kind of function");
    assert_eq!(with(18, 7), malformed, "a source");
    assert_eq!(with(19, 1), malformed, "an offset that is not 4-byte aligned");
    assert_eq!(with(22, 0xff), malformed, "reserved bits of the capability register");
    assert_eq!(with(31, 65), malformed, "a name that is too long");
    assert_eq!(with(31, 1), Ok(()), "a name of NUL");
    assert_eq!(saved.encode(&mut [0; 64]), Err(SavedError::Short));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn hostile_bytes_do_no_harm(changes in proptest::collection::vec((0usize..Saved::MAX_LENGTH, any::<u8>()), 0..6), cut in any::<u16>()) {
        let database = free(0x400, 0x700);
        let mut bytes = vec![0; Saved::MAX_LENGTH];
        let length = saved(&database, &POLICY).encode(&mut bytes).unwrap();
        for (at, byte) in changes {
            // Mostly before the set of owned bytes, or in it.
            bytes[at % length] = byte;
        }
        let end = if cut.is_multiple_of(3) { usize::from(cut) % bytes.len() } else { bytes.len() };
        if let Ok(hostile) = Saved::decode(&bytes[..end]) {
            let there = device();
            let imposed = VirtualConfig::attach_with(&hostile, &there, &load(&database), &revision(1), Some(HOST), &POLICY);
            if let Ok((config, _)) = imposed {
                let Layout { placement, grant, owned } = config.layout();
                let expected = hostile.layout();
                prop_assert_eq!((placement, grant), (expected.placement, expected.grant));
                prop_assert_eq!(owned, expected.owned);
                let most = Grant { width: 16, execute: true, privileged: true };
                prop_assert!(grant.is_within(most));
                prop_assert!(placement.is_none_or(|placement| (0x400..0x6f9).contains(&placement.offset)));
            }
            prop_assert!(there.writes().is_empty());
        }
    }
}
