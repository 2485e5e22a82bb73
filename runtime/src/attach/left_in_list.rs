//! The function's own PASID capability, left in the list by vfio-pci: emulated, or not there. One that a driver or a server shows
//! is the driver's or the server's.

#![expect(clippy::unwrap_used, reason = "tests")]

extern crate std;

use std::vec::Vec;

use super::*;
use crate::chain::Step;
use crate::overlay::{Effect, PasidControl, SavedError};
use crate::source::Source;
use crate::testing::Recorder;
use crate::{Finding, Function, Kernel, Operator, vfio_view};
use crate::{ImposeError, Refusal};

const HOST: HostPasid = HostPasid { width: 16, execute: true, privileged: false, ats_not_supported: false };
const PASID: u16 = 0x190;
const ATS: u16 = 0x200;
const PRI: u16 = 0x210;

/// Gives PASID of 20 bits what a host wrote that has 16 of them and execute.
fn enabled(space: &mut Recorder, at: u16) {
    space.set(at + 4, 0x0003_1406);
}

/// After DVSECs that abut, as CXL devices have them.
fn merged() -> Recorder {
    let dvsecs = [(0x100, 0x3c), (0x13c, 0x24), (0x160, 0x10), (0x170, 0x20)];
    let list: Vec<_> =
        dvsecs.iter().map(|&(at, _)| (at, 0x23)).chain([(PASID, 0x1b), (ATS, 0x0f), (PRI, 0x13)]).collect();
    let mut space = Recorder::endpoint(&list);
    dvsecs.iter().for_each(|&(at, length)| space.set(at + 4, length << 20 | 0xfffe));
    enabled(&mut space, PASID);
    space.set(ATS + 4, 0x8000_0020);
    space
}

/// After a null capability at 0x100.
fn null_first() -> Recorder {
    let mut space = Recorder::endpoint(&[(0x100, 0x00), (PASID, 0x1b), (ATS, 0x0f), (PRI, 0x13)]);
    enabled(&mut space, PASID);
    space
}

/// After two ATSs that abut and a mailbox that is hidden too, which leads on as the device has it.
fn behind_a_hidden_one() -> Recorder {
    let mut space =
        Recorder::endpoint(&[(0x100, 0x03), (ATS, 0x0f), (ATS + 8, 0x0f), (0x300, 0x2e), (PASID, 0x1b), (PRI, 0x13)]);
    enabled(&mut space, PASID);
    space
}

fn all() -> [Recorder; 3] {
    [merged(), null_first(), behind_a_hidden_one()]
}

fn identity() -> Identity {
    Identity { vendor: 0xfffe, device: 0x1001, function: Function::Physical, ..Identity::default() }
}

fn attach<'d>(
    space: &'d Recorder,
    host: Option<HostPasid>,
    policy: &Policy<'_>,
) -> VirtualConfig<'static, &'d Recorder> {
    VirtualConfig::attach(space, &[], &identity(), host, policy).unwrap()
}

fn dword<D: ConfigAccess<Error: fmt::Debug>>(config: &VirtualConfig<'_, D>, at: u16) -> u32 {
    let mut bytes = [0; 4];
    config.read(at, &mut bytes).unwrap();
    u32::from_le_bytes(bytes)
}

/// Offset and id of each extended capability that the guest finds.
fn list(config: &VirtualConfig<'_, &Recorder>) -> Vec<(u16, u16)> {
    let steps = config.chain(Space::Extended).unwrap().map(Result::unwrap);
    steps
        .filter_map(|step| match step {
            Step::Capability(found) => Some((found.offset, found.id)),
            Step::Finding(_) => None,
        })
        .collect()
}

/// Writes to every byte of PASID, in all sizes; what reaches the device.
fn written(config: &mut VirtualConfig<'_, &Recorder>, space: &Recorder) -> Vec<(u16, usize)> {
    for size in [1, 2, 4, 8] {
        (PASID - 7..PASID + 8).for_each(|at| config.write(at, &[0xff; 8][..size]).unwrap().for_each(drop));
    }
    let inside = |&(at, length): &(u16, usize)| at < PASID + 8 && at + length as u16 > PASID;
    space.writes().iter().copied().filter(inside).collect()
}

/// Where space repeats, every copy of what is emulated, and of a header that the kernel left in the list, takes no write.
#[test]
fn no_copy_of_it_takes_a_write() {
    const EVERY: u16 = 0x400;
    for mut space in all() {
        for at in (0x100..EVERY).step_by(4) {
            let dword = space.get(at);
            (at..0x1000).step_by(EVERY.into()).for_each(|copy| space.set(copy, dword));
        }
        let bytes = quirk_kit::device(&std::format!("layout {{ aliased every {EVERY}; }}"));
        let databases = [Database::load(&bytes).unwrap()];
        for host in [Some(HOST), None] {
            let mut config = VirtualConfig::attach(&space, &databases, &identity(), host, &Policy::DEFAULT).unwrap();
            assert_eq!(config.decision().placement.is_some(), host.is_some());
            let copies = (PASID..0x1000).step_by(EVERY.into());
            for at in copies.flat_map(|copy| copy..copy + 8) {
                config.write(at, &[0xff]).unwrap().for_each(drop);
            }
            assert_eq!(space.writes(), [], "{host:?}");
        }
    }
}

#[test]
fn the_spaces_are_what_vfio_pci_shows() {
    for space in all() {
        assert_eq!(vfio_view(&space.image(), Kernel::LATEST), space.image());
    }
}

#[test]
fn it_is_emulated_where_it_is() {
    for space in all() {
        let mut config = attach(&space, Some(HOST), &Policy::DEFAULT);
        let decision = config.decision();
        assert_eq!(decision.placement, Some(Placement { offset: PASID, source: Source::Visible }));
        assert_eq!(decision.grant, Grant { width: 16, execute: true, privileged: false });
        assert!(decision.findings.contains(&Finding::PasidLeftLinked { at: PASID }));
        let before = list(&config);
        assert!(before.contains(&(PASID, 0x1b)));
        assert_eq!(dword(&config, PASID), space.get(PASID));
        assert_eq!(dword(&config, PASID + 4), 0x0000_1002, "control is the guest's own");
        let effects: Vec<_> = config.write(PASID + 6, &[0x03, 0x00]).unwrap().collect();
        let enabled = PasidControl { enable: true, execute: true, privileged: false };
        assert_eq!(effects, [Effect::PasidControl(enabled)]);
        assert_eq!(dword(&config, PASID + 4), 0x0003_1002);
        assert_eq!(written(&mut config, &space), []);
        assert_eq!((list(&config), dword(&config, PASID)), (before, space.get(PASID)));
    }
}

#[test]
fn ats_and_pri_control_are_the_guests_own_beside_it() {
    let space = merged();
    let mut config = attach(&space, Some(HOST), &Policy::DEFAULT);
    assert_eq!(dword(&config, ATS + 4), 0x0000_0020, "the host's enable is not the guest's");
    config.write(ATS + 6, &[0x00, 0x80]).unwrap().for_each(drop);
    config.write(PRI + 4, &[0x01, 0x00]).unwrap().for_each(drop);
    assert!(space.writes().is_empty());
    let without_ats = HostPasid { ats_not_supported: true, ..HOST };
    assert_eq!(list(&attach(&space, Some(without_ats), &Policy::DEFAULT)).last(), Some(&(PASID, 0x1b)));
}

#[test]
fn the_least_of_host_entry_and_viommu_is_shown() {
    let block = "free @ 0x800..0x900 { evidence vendor \"x\"; } pasid { max_width 12; execute deny; }";
    let database = quirk_kit::device(block);
    let databases = [Database::load(&database).unwrap()];
    let space = merged();
    for (viommu, width) in [(None, 12), (Some(10), 10), (Some(15), 12)] {
        let policy = Policy { viommu_width: viommu, ..Policy::DEFAULT };
        let config = VirtualConfig::attach(&space, &databases, &identity(), Some(HOST), &policy).unwrap();
        assert_eq!(dword(&config, PASID + 4), width << 8);
    }
}

#[test]
fn without_host_pasid_it_is_neither_seen_nor_written() {
    let no_viommu = Policy { viommu_width: Some(0), ..Policy::DEFAULT };
    let operator = Policy { operator: Operator::Offset(0x800), tail: true, ..Policy::DEFAULT };
    let differs = HostPasid { privileged: true, ..HOST };
    for space in all() {
        for (host, policy) in [
            (None, &Policy::DEFAULT),
            (Some(HostPasid { width: 0, ..HOST }), &Policy::DEFAULT),
            (Some(HOST), &no_viommu),
            (None, &operator),
            (Some(differs), &operator),
        ] {
            let mut config = attach(&space, host, policy);
            assert_eq!(config.decision().placement, None);
            assert_eq!(config.decision().candidates[0].verdict, Verdict::Refused);
            let seen = list(&config);
            assert!(seen.iter().all(|&(_, id)| id != 0x1b), "{seen:x?}");
            assert!(seen.contains(&(PRI, 0x13)), "what is after it stays in the list");
            assert_eq!((dword(&config, PASID), dword(&config, PASID + 4)), (0, 0));
            assert_eq!(written(&mut config, &space), []);
        }
    }
}

#[test]
fn a_host_that_has_not_enabled_it_gives_none() {
    let mut space = merged();
    space.set(PASID + 4, 0x0000_1406);
    let config = attach(&space, Some(HOST), &Policy::DEFAULT);
    assert_eq!(config.decision().candidates[0].reason, Reason::HostPasidNotEnabled { at: PASID });
    assert_eq!((config.decision().placement, dword(&config, PASID)), (None, 0));
    let what_if = Policy { what_if: true, ..Policy::DEFAULT };
    assert_eq!(attach(&space, Some(HOST), &what_if).decision().placement.map(|it| it.offset), Some(PASID));
}

#[test]
fn one_that_is_shown_on_purpose_is_left_alone() {
    // A DVSEC apart from the others, and ATS after a null one: their Next is the kernel's own.
    let mut apart = merged();
    apart.set(0x164, 0x00c0_fffe);
    let mut behind_ats = Recorder::endpoint(&[(0x100, 0x00), (ATS, 0x0f), (PASID, 0x1b), (PRI, 0x13)]);
    enabled(&mut behind_ats, PASID);
    let mut alone = Recorder::endpoint(&[(0x100, 0x1b), (ATS, 0x0f)]);
    enabled(&mut alone, 0x100);
    for (space, at) in [(apart, PASID), (behind_ats, PASID), (alone, 0x100)] {
        for host in [Some(HOST), None] {
            let mut config = attach(&space, host, &Policy::DEFAULT);
            assert_eq!(config.decision().placement, Some(Placement { offset: at, source: Source::Visible }));
            assert!(config.decision().findings.iter().all(|finding| finding.code() != "pasid-left-linked"));
            assert!(config.write(at + 6, &[0x03, 0x00]).unwrap().is_empty());
        }
        assert_eq!(space.writes(), [(at + 6, 2); 2], "it hears the enable");
        // Unless the caller says whose bytes these are.
        space.take();
        let raw = Policy { raw: true, ..Policy::DEFAULT };
        for host in [Some(HOST), None] {
            let mut config = attach(&space, host, &raw);
            assert_eq!(config.decision().placement.map(|it| it.offset), host.map(|_| at));
            config.write(at + 6, &[0x03, 0x00]).unwrap().for_each(drop);
        }
        assert_eq!(space.writes(), []);
    }
}

#[test]
fn one_on_purpose_counts_before_one_by_mistake() {
    let mut space = Recorder::endpoint(&[(0x100, 0x00), (PASID, 0x1b), (ATS, 0x0f), (0x300, 0x1b)]);
    enabled(&mut space, PASID);
    let mut config = attach(&space, Some(HOST), &Policy::DEFAULT);
    assert_eq!(config.decision().placement, Some(Placement { offset: 0x300, source: Source::Visible }));
    assert_eq!(list(&config), [(0x100, 0x00), (ATS, 0x0f), (0x300, 0x1b)]);
    assert_eq!(written(&mut config, &space), []);
}

#[test]
fn one_whose_registers_another_header_is_in_is_hidden() {
    let mut space = null_first();
    space.set(PASID, 0x1941_001b);
    space.set(PASID + 4, 0x2001_0003);
    let config = attach(&space, Some(HOST), &Policy::DEFAULT);
    assert_eq!(config.decision().candidates[0].reason, Reason::CapabilityHeader { id: 3, at: PASID + 4 });
    assert_eq!(list(&config), [(0x100, 0), (PASID + 4, 3), (ATS, 0x0f), (PRI, 0x13)]);
}

#[test]
fn a_virtual_function_has_none() {
    let space = merged();
    let identity = Identity { function: Function::Virtual, ..identity() };
    let config = VirtualConfig::attach(&space, &[], &identity, Some(HOST), &Policy::DEFAULT).unwrap();
    assert_eq!(config.decision().candidates[0].reason, Reason::VirtualFunction);
    assert_eq!(dword(&config, PASID), 0);
}

#[test]
fn it_moves_to_a_like_device_alone() {
    let (here, there) = (merged(), merged());
    let mut config = attach(&here, Some(HOST), &Policy::DEFAULT);
    config.write(PASID + 6, &[0x01, 0x00]).unwrap().for_each(drop);
    let saved = config.save().unwrap();
    let policy = Policy::DEFAULT;
    let (moved, effects) = VirtualConfig::attach_with(&saved, &there, &[], &identity(), Some(HOST), &policy).unwrap();
    assert_eq!((dword(&moved, PASID + 4) >> 16, effects.count()), (1, 3), "PASID, ATS and PRI are to be set up");
    let refusal =
        |space: &Recorder, host| match VirtualConfig::attach_with(&saved, space, &[], &identity(), Some(host), &policy)
        {
            Err(ImposeError::Refused { refusal, .. }) => Some(refusal),
            _ => None,
        };
    let narrower = HostPasid { width: 15, ..HOST };
    assert_eq!(refusal(&there, narrower), Some(Refusal::Placement(Reason::SavedExceedsHost)));
    let mut apart = merged();
    apart.set(0x164, 0x00c0_fffe);
    // There it is the driver's, and nothing is emulated.
    let is_refused =
        matches!(refusal(&apart, HOST), Some(Refusal::Placement(_) | Refusal::Overlay(SavedError::Layout { .. })));
    assert!(is_refused);
}
