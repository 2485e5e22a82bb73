//! Near misses against their definition, and their words.

#![expect(clippy::unwrap_used, reason = "tests")]

extern crate std;

use proptest::prelude::*;
use std::string::ToString;
use std::vec::Vec;

use super::near::{Condition, near_match};
use super::tests::{Draft, database, draft, hash, identity, in_set};
use crate::identity::{Function, Identity};
use crate::tables::{Database, FunctionKind, Guard, IdSet};
use crate::testing::Recorder;

/// The conditions of a draft that do not hold, counted one by one.
fn failures(draft: &Draft, identity: &Identity, device: &Recorder) -> Vec<&'static str> {
    let kind = match draft.function {
        0 => true,
        1 => identity.function == Function::Physical,
        _ => identity.function == Function::Virtual,
    };
    let bytes = |(offset, value): (u16, u32)| device.get(0x50 + 4 * offset) & 0xf == value;
    let all = [
        (kind, "function"),
        (draft.subsystem.is_none() || draft.subsystem == identity.subsystem, "subsystem"),
        (draft.revision.is_none_or(|revision| revision == identity.revision), "revision"),
        (draft.class.is_none_or(|class| class == identity.class), "class"),
        (draft.guard.is_none_or(bytes), "config"),
    ];
    all.into_iter().filter_map(|(holds, code)| (!holds).then_some(code)).collect()
}

fn by_definition(drafts: &[Draft], identity: &Identity, device: &Recorder) -> Option<&'static str> {
    let mut best = None;
    for draft in drafts {
        let has_ids = in_set(draft.vendor, identity.vendor) && in_set(draft.device, identity.device);
        if let [one] = failures(draft, identity, device)[..]
            && has_ids
            && draft.device.0 != 0
            && best.is_none_or(|(rank, _)| draft.rank() > rank)
        {
            best = Some((draft.rank(), one));
        }
    }
    best.map(|(_, code)| code)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn a_near_miss_is_an_entry_with_the_ids_and_one_condition_that_fails(
        mut first in proptest::collection::vec(draft(), 0..12),
        mut second in proptest::collection::vec(draft(), 0..4),
        identities in proptest::collection::vec(identity(), 40),
        bytes in (0u32..2, 0u32..2),
        hashes in (hash(), hash()),
    ) {
        let mut device = Recorder::endpoint(&[]);
        device.set(0x50, bytes.0);
        device.set(0x54, bytes.1);
        let (one, two) = (database(&mut first, hashes.0), database(&mut second, hashes.1));
        let databases = [Database::load(&one).unwrap(), Database::load(&two).unwrap()];
        for identity in identities {
            let found = near_match(&databases, &identity, &device).unwrap();
            let expected = match by_definition(&second, &identity, &device) {
                Some(code) => Some((1, code)),
                None => by_definition(&first, &identity, &device).map(|code| (0, code)),
            };
            prop_assert_eq!(found.map(|found| (found.database, found.condition.code())), expected, "{:?}", identity);
        }
    }
}

#[test]
fn each_condition_says_what_is_wanted_and_what_was_found() {
    let range = IdSet { kind: crate::tables::IdKind::Range, a: 2, b: 4 };
    let guard = Guard { offset: 0x50, width: 1, mask: 0xf, value: 3 };
    for (condition, words) in [
        (
            Condition::Function { wanted: FunctionKind::Physical, found: Function::Unknown },
            "it is for physical functions, and nothing proves what this one is",
        ),
        (
            Condition::Function { wanted: FunctionKind::Virtual, found: Function::Physical },
            "it is for virtual functions, and this one is physical",
        ),
        (
            Condition::Subsystem { vendor: IdSet::exactly(0x10), device: IdSet::ANY, found: Some((1, 2)) },
            "it is for subsystem 0x10:any, and this one is 0x0001:0x0002",
        ),
        (Condition::Revision { wanted: range, found: 5 }, "it is for revision 0x2..=0x4, and this one is 0x5"),
        (
            Condition::Class { mask: 0xff_0000, value: 0x03_0000, found: 0x12_0000 },
            "it is for class 0x030000 in the bits 0xff0000, and this one has 0x120000",
        ),
        (
            Condition::Config { guard, found: Some(1) },
            "it is for functions with 0x3 at 0x050 in the bits 0xf, and this one has 0x1",
        ),
        (
            Condition::Config { guard, found: None },
            "it is for functions with 0x3 at 0x050 in the bits 0xf, and this one has no such bytes",
        ),
    ] {
        assert_eq!(condition.to_string(), words);
    }
}
