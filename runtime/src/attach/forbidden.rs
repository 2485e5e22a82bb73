//! A device that must not have PASID has none, no matter who asks for it.

#![expect(clippy::unwrap_used, reason = "tests")]

extern crate std;

use std::format;
use std::string::ToString;
use std::vec::Vec;

use super::*;
use crate::source::Sources;
use crate::testing::Recorder;
use crate::{ByteRange, Function, Hidden, Operator};

const HOST: HostPasid = HostPasid { width: 20, execute: true, privileged: true, ats_not_supported: false };

/// An entry that says no, over bytes that are free and a slot that is known.
fn database(name: &str, forbids: bool, layout: &str) -> Vec<u8> {
    let pasid = if forbids { "pasid none;" } else { "" };
    let free = "free @ 0x400..0x500 { evidence datasheet \"x\"; }";
    let block = format!("name \"x\"; match pci(0xfffe, 0x1001); layout {{ {layout} }} {free} {pasid}");
    quirk_kit::tables(&format!("device {name} {{ {block} }}"))
}

fn identity() -> Identity {
    Identity { vendor: 0xfffe, device: 0x1001, function: Function::Physical, ..Identity::default() }
}

/// What a caller can ask for, each alone and all at once.
fn policies<'a>(confirmed: &'a [Hidden], ranges: &'a [ByteRange]) -> Vec<Policy<'a>> {
    let plain = Policy { confirmed, ..Policy::DEFAULT };
    let mut policies = std::vec![plain];
    policies.push(Policy { operator: Operator::Offset(0x400), ..plain });
    policies.push(Policy { operator: Operator::Ranges(ranges), ..plain });
    policies.push(Policy { tail: true, ..plain });
    policies.push(Policy { native: crate::Native::Probed, scan_gaps: true, ..plain });
    let all = Policy {
        tail: true,
        native: crate::Native::Probed,
        expose_free_space: true,
        operator: Operator::Offset(0xff8),
        ..plain
    };
    policies.push(all);
    policies.push(Policy { sources: Sources::NONE, ..plain });
    policies
}

/// Spaces in which PASID is absent, hidden by the kernel's relinking, or visible first, between and last.
fn spaces() -> Vec<Recorder> {
    let aer_ats = [(0x100, 0x03), (0x200, 0x0f)];
    let mut hidden = Recorder::endpoint(&aer_ats);
    hidden.set(0x300, 0x0001_001b);
    hidden.set(0x304, 0x0007_1406);
    let mut spaces = std::vec![Recorder::endpoint(&aer_ats), hidden];
    for order in [[(0x100, 0x1b), (0x200, 0x0f)], [(0x100, 0x03), (0x300, 0x1b)]] {
        spaces.push(Recorder::endpoint(&order));
    }
    spaces.push(Recorder::endpoint(&[(0x100, 0x03), (0x300, 0x1b), (0x340, 0x1b), (0x200, 0x0f)]));
    for space in &mut spaces {
        for at in [0x100, 0x300, 0x340] {
            if space.get(at) & 0xffff == 0x1b {
                space.set(at + 4, 0x0007_1406);
            }
        }
    }
    spaces
}

fn chain(config: &VirtualConfig<'_, &Recorder>) -> Vec<(u16, u16)> {
    let steps = config.chain(Space::Extended).unwrap();
    let each = |step: Result<chain::Step, _>| match step.unwrap() {
        chain::Step::Capability(found) if found.id != 0 => Some((found.offset, found.id)),
        chain::Step::Capability(_) | chain::Step::Finding(_) => None,
    };
    steps.filter_map(each).collect()
}

#[test]
fn nobody_gets_it() {
    let confirmed = [Hidden { id: 0x1b, version: 1, offset: 0x300, length: 8 }];
    let ranges = [ByteRange::new(0x400, 0x500)];
    let bytes = database("no_pasid", true, "");
    let database = Database::load(&bytes).unwrap();
    for device in spaces() {
        for policy in policies(&confirmed, &ranges) {
            for host in [Some(HOST), None] {
                let mut config = VirtualConfig::attach(&device, &[database], &identity(), host, &policy).unwrap();
                let decision = config.decision().clone();
                assert_eq!(decision.placement, None, "{decision}");
                assert_eq!(decision.forbidden_by.unwrap().name, "no_pasid");
                let refused = decision.candidates.iter().find(|each| each.verdict == Verdict::Refused).unwrap();
                assert_eq!(refused.reason.code(), "pasid-forbidden", "{decision}");
                assert!(decision.because(refused.reason).to_string().contains("`no_pasid` (example.quirk:1)"));
                assert_eq!(decision.operator_refused(), policy.operator != Operator::None, "{decision}");

                let left: Vec<_> = chain(&device_as_is(&device)).into_iter().filter(|&(_, id)| id != 0x1b).collect();
                assert_eq!(chain(&config), left, "{decision}");
                for (offset, id) in chain(&device_as_is(&device)) {
                    if id == 0x1b {
                        assert_eq!(config.write(offset + 4, &[0xff; 4]).unwrap().count(), 0);
                    }
                }
                assert!(device.writes().is_empty(), "{decision}");
            }
        }
    }
}

/// The device as it is without any entry.
fn device_as_is(device: &Recorder) -> VirtualConfig<'static, &Recorder> {
    VirtualConfig::attach(device, &[], &Identity::default(), None, &Policy::DEFAULT).unwrap()
}

#[test]
fn an_entry_that_is_shadowed_or_contradicted_still_says_so() {
    let built_in = database("built_in", true, "ext l1ss @ 0x600;");
    let mine = database("mine", false, "");
    let databases = [Database::load(&built_in).unwrap(), Database::load(&mine).unwrap()];
    let device = Recorder::endpoint(&[(0x100, 0x03)]);
    let policy = Policy { operator: Operator::Offset(0x400), ..Policy::DEFAULT };
    for databases in [&databases[..], &databases[..1]] {
        let config = VirtualConfig::attach(&device, databases, &identity(), Some(HOST), &policy).unwrap();
        let decision = config.decision();
        assert_eq!((decision.placement, decision.forbidden_by.unwrap().name), (None, "built_in"), "{decision}");
    }
    let config = VirtualConfig::attach(&device, &databases[1..], &identity(), Some(HOST), &policy).unwrap();
    assert!(config.decision().placement.is_some(), "the other entry alone forbids nothing");
}

#[test]
fn what_was_saved_with_pasid_is_refused_and_without_it_restored() {
    let free = database("open", false, "");
    let forbids = database("no_pasid", true, "");
    let (free, forbids) = (Database::load(&free).unwrap(), Database::load(&forbids).unwrap());
    let policy = Policy { operator: Operator::Offset(0x400), ..Policy::DEFAULT };
    for device in spaces() {
        let there = VirtualConfig::attach(&device, &[free], &identity(), Some(HOST), &policy).unwrap();
        let has_pasid = there.decision().placement.is_some();
        let restored =
            VirtualConfig::attach_with(&there.save().unwrap(), &device, &[forbids], &identity(), Some(HOST), &policy);
        assert_eq!(restored.is_err(), has_pasid);
        let without = VirtualConfig::attach(&device, &[forbids], &identity(), Some(HOST), &policy).unwrap();
        let again =
            VirtualConfig::attach_with(&without.save().unwrap(), &device, &[forbids], &identity(), Some(HOST), &policy);
        assert!(again.is_ok_and(|(config, _)| config.decision().placement.is_none()));
    }
}
