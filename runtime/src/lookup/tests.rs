//! Lookup against its definition: the highest rank among all clauses that match, the first of equal ones.

#![expect(clippy::unwrap_used, reason = "tests")]

extern crate std;

use proptest::prelude::*;
use std::vec::Vec;

use super::*;
use crate::tables::{IdKind, List, LoadError, Section};
use crate::testing::Recorder;
use crate::testing::database::{Builder, clause};

#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) owner: u32,
    pub(super) rank: u8,
    pub(super) vendor: (u8, u16, u16),
    pub(super) device: (u8, u16, u16),
    pub(super) subsystem: Option<(u16, u16)>,
    pub(super) revision: Option<u8>,
    pub(super) class: Option<u32>,
    pub(super) function: u8,
    pub(super) guard: Option<(u16, u32)>,
}

fn set((kind, a, b): (u8, u16, u16)) -> IdSet {
    match kind {
        0 => IdSet::ANY,
        1 => IdSet::exactly(a),
        2 => IdSet { kind: IdKind::Range, a: a.min(b), b: a.max(b) },
        _ => IdSet { kind: IdKind::Mask, a: a & b, b },
    }
}

pub(super) fn draft() -> impl Strategy<Value = Draft> {
    // Half of the ids are exact, or more.
    let ids = || (prop_oneof![Just(1), 0u8..4], 0u16..4, 0u16..4);
    let conditions = (
        proptest::option::of((0u16..2, 0u16..2)),
        proptest::option::of(0u8..2),
        proptest::option::of(0u32..3),
        0u8..3,
        proptest::option::of((0u16..2, 0u32..2)),
    );
    // Half of the clauses ask for nothing but ids.
    let conditions = prop_oneof![Just((None, None, None, 0, None)), conditions];
    let ranks = prop_oneof![Just(Clause::PLAIN_RANK), 0u8..0x20];
    (0u32..6, ranks, ids(), ids(), conditions).prop_map(
        |(owner, rank, vendor, device, (subsystem, revision, class, function, guard))| Draft {
            owner,
            rank,
            vendor,
            device,
            subsystem,
            revision,
            class,
            function,
            guard,
        },
    )
}

pub(super) fn identity() -> impl Strategy<Value = Identity> {
    (0u16..4, 0u16..4, proptest::option::of((0u16..2, 0u16..2)), 0u8..2, 0u32..3, 0u8..3).prop_map(
        |(vendor, device, subsystem, revision, class, function)| Identity {
            vendor,
            device,
            subsystem,
            revision,
            class,
            function: [Function::Unknown, Function::Physical, Function::Virtual][usize::from(function)],
        },
    )
}

impl Draft {
    fn key(&self) -> Option<u32> {
        let (vendor, device) = (set(self.vendor).single()?, set(self.device).single()?);
        Some(u32::from(vendor) << 16 | u32::from(device))
    }

    fn is_plain(&self) -> bool {
        let conditions = self.subsystem.is_some() || self.revision.is_some() || self.class.is_some();
        self.rank == Clause::PLAIN_RANK && !conditions && self.function == 0 && self.guard.is_none()
    }
}

/// What a database's hash says of keys.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Hash {
    /// There is none.
    None,
    /// Where their clauses are.
    Clauses,
    /// The device, where it can.
    Devices,
}

pub(super) fn hash() -> impl Strategy<Value = Hash> {
    prop_oneof![Just(Hash::None), Just(Hash::Clauses), Just(Hash::Devices)]
}

fn targets(drafts: &[Draft], hash: Hash) -> Vec<(u32, Target)> {
    let mut targets = Vec::new();
    let mut first = 0;
    for same in drafts.chunk_by(|draft, next| draft.key() == next.key()) {
        let Some(key) = same[0].key() else { break };
        let is_plain = same.len() == 1 && same[0].is_plain() && hash == Hash::Devices;
        targets.push((key, if is_plain { Target::Device(same[0].owner) } else { Target::Clause(first) }));
        first += same.len() as u32;
    }
    targets
}

/// The database of the drafts; keyed clauses first, as the compiler orders them.
pub(super) fn database(drafts: &mut [Draft], hash: Hash) -> Vec<u8> {
    let mut builder = Builder::default();
    drafts.sort_by_key(|draft| (draft.key().is_none(), draft.key()));
    if hash != Hash::None {
        builder.hash(&targets(drafts, hash));
    }
    for draft in drafts.iter() {
        if let Some(key) = draft.key() {
            builder.key(key);
        }
        let guards = match draft.guard {
            Some((offset, value)) => builder.list(&[Guard { offset: 0x50 + 4 * offset, width: 4, mask: 0xf, value }]),
            None => List::EMPTY,
        };
        let mut record = clause(draft.owner, set(draft.vendor), set(draft.device));
        record.rank = draft.rank;
        record.guards = guards;
        if let Some((vendor, device)) = draft.subsystem {
            record.subsystem_vendor = IdSet::exactly(vendor);
            record.subsystem_device = IdSet::exactly(device);
        }
        if let Some(revision) = draft.revision {
            record.revision = IdSet::exactly(revision.into());
        }
        if let Some(class) = draft.class {
            record.class_mask = 0xff_ffff;
            record.class_value = class;
        }
        record.function =
            [FunctionKind::Any, FunctionKind::Physical, FunctionKind::Virtual][usize::from(draft.function)];
        builder.push(&record);
    }
    for _ in 0..6 {
        let device = builder.device("one");
        builder.push(&device);
    }
    // A layer for every function, which is no entry.
    let record = Clause { layer: true, rank: u8::MAX, ..clause(0, IdSet::ANY, IdSet::ANY) };
    push_layer(&mut builder, "all", record);
    builder.build()
}

fn push_layer(builder: &mut Builder, name: &str, clause: Clause) {
    let clauses = builder.list(&[clause]);
    let name = builder.text(name);
    builder.push(&Layer {
        name,
        source: crate::tables::Text(0),
        clauses,
        default_on: false,
        params: List::EMPTY,
        emulations: List::EMPTY,
        hides: List::EMPTY,
        mirrors: List::EMPTY,
        unassigned: crate::tables::Unassigned::Unspecified,
        allows: List::EMPTY,
        port_type: 0xff,
        pin_resizable_bar: false,
        over: List::EMPTY,
    });
}

/// Whether a draft's set holds an id.
pub(super) fn in_set((kind, a, b): (u8, u16, u16), id: u16) -> bool {
    match kind {
        0 => true,
        1 => id == a,
        2 => id >= a.min(b) && id <= a.max(b),
        _ => id & b == a & b,
    }
}

/// The definition, written without any of the code under test.
fn by_definition(drafts: &[Draft], identity: &Identity, device: &Recorder) -> Option<(u32, u8)> {
    let mut best = None;
    for draft in drafts {
        let mut holds = in_set(draft.vendor, identity.vendor) && in_set(draft.device, identity.device);
        holds &= draft.subsystem.is_none() || draft.subsystem == identity.subsystem;
        holds &= draft.revision.is_none_or(|revision| revision == identity.revision);
        holds &= draft.class.is_none() || draft.class == Some(identity.class);
        holds &= match draft.function {
            0 => true,
            1 => identity.function == Function::Physical,
            _ => identity.function == Function::Virtual,
        };
        if let Some((offset, value)) = draft.guard {
            holds &= device.get(0x50 + 4 * offset) & 0xf == value;
        }
        if holds && best.is_none_or(|(_, rank)| draft.rank > rank) {
            best = Some((draft.owner, draft.rank));
        }
    }
    best
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn lookup_equals_its_definition(
        mut first in proptest::collection::vec(draft(), 0..12),
        mut second in proptest::collection::vec(draft(), 0..4),
        identity in identity(),
        bytes in (0u32..2, 0u32..2),
        hashes in (hash(), hash()),
    ) {
        let mut device = Recorder::endpoint(&[]);
        device.set(0x50, bytes.0);
        device.set(0x54, bytes.1);
        let (one, two) = (database(&mut first, hashes.0), database(&mut second, hashes.1));
        let databases = [Database::load(&one).unwrap(), Database::load(&two).unwrap()];
        let found = find_device(&databases, &identity, &device).unwrap();
        let expected = match by_definition(&second, &identity, &device) {
            Some(found) => Some((1, found)),
            None => by_definition(&first, &identity, &device).map(|found| (0, found)),
        };
        prop_assert_eq!(found.map(|found| (found.database, (found.index, found.rank))), expected);
    }

    #[test]
    fn hostile_databases_give_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..600), identity in identity()) {
        let device = Recorder::endpoint(&[]);
        let header = [&crate::tables::MAGIC[..], &crate::tables::VERSION.to_le_bytes()].concat();
        let bytes = [header, bytes].concat();
        let database = Database::from_static(&bytes);
        let _ = find_device(&[database], &identity, &device).unwrap();
        layer_matches(&[database], &identity, &device, |_| {}).unwrap();
    }
}

#[test]
fn a_key_is_found_at_its_first_clause_however_many_there_are() {
    for count in 0..80 {
        // Every third key has two clauses.
        let keys: Vec<u16> = (0..count).flat_map(|at| [2 * at + 1].repeat(if at % 3 == 0 { 2 } else { 1 })).collect();
        let mut builder = Builder::default();
        for &key in &keys {
            builder.key(0xfffe << 16 | u32::from(key));
            builder.push(&clause(0, IdSet::exactly(0xfffe), IdSet::exactly(key)));
        }
        let device = builder.device("one");
        builder.push(&device);
        let bytes = builder.build();
        let database = Database::load(&bytes).unwrap();
        for device in 0..2 * count + 2 {
            let first = (0..).zip(&keys).find(|(_, key)| **key == device).map(|(at, _)| Target::Clause(at));
            assert_eq!(database.find_key(0xfffe, device), first, "{device} among {keys:?}");
            assert_eq!(database.find_key(0xfffd, device), None);
        }
    }
}

#[test]
fn a_hash_that_leads_astray_does_not_load() {
    let plain = |id| Clause { rank: Clause::PLAIN_RANK, ..clause(1, IdSet::exactly(1), IdSet::exactly(id)) };
    let load = |clauses: &[Clause], targets: &[(u32, Target)]| {
        let mut builder = Builder::default();
        for record in clauses {
            builder.key(1 << 16 | u32::from(record.device.a));
            builder.push(record);
        }
        builder.hash(targets);
        for _ in 0..2 {
            let device = builder.device("one");
            builder.push(&device);
        }
        Database::load(&builder.build()).map(|_| ())
    };
    let (one, two) = (0x1_0001, 0x1_0002);
    let broken = Err(LoadError::Section(Section::Hash));
    for target in [Target::Clause(0), Target::Device(1)] {
        assert_eq!(load(&[plain(1)], &[(one, target)]), Ok(()));
    }
    for target in [Target::Clause(1), Target::Device(0), Target::Device(2)] {
        assert_eq!(load(&[plain(1)], &[(one, target)]), broken, "{target:?}");
    }
    // A key that is not there, one too many, and one that has more clauses.
    assert_eq!(load(&[plain(1), plain(2)], &[(one, Target::Device(1))]), broken);
    assert_eq!(load(&[plain(1)], &[(one, Target::Device(1)), (two, Target::Device(1))]), broken);
    assert_eq!(load(&[plain(1), plain(1)], &[(one, Target::Device(1))]), broken);
    assert_eq!(load(&[plain(1), plain(1)], &[(one, Target::Clause(0))]), Ok(()));
    // A clause that is not plain, in one way after the other.
    let guards = List::new(0, 1);
    for record in [
        Clause { rank: 0x32, ..plain(1) },
        Clause { revision: IdSet::exactly(0), ..plain(1) },
        Clause { subsystem_device: IdSet::exactly(0), ..plain(1) },
        Clause { class_mask: 1, ..plain(1) },
        Clause { class_value: 1, ..plain(1) },
        Clause { function: FunctionKind::Virtual, ..plain(1) },
        Clause { guards, ..plain(1) },
    ] {
        assert_eq!(load(&[record], &[(one, Target::Device(1))]), broken, "{record:?}");
    }
}

#[test]
fn clauses_in_disorder_or_without_an_owner_do_not_load() {
    let of_layer = |owner| Clause { layer: true, ..clause(owner, IdSet::ANY, IdSet::ANY) };
    let of_device = |owner| clause(owner, IdSet::ANY, IdSet::ANY);
    let load = |clauses: &[Clause]| {
        let mut builder = Builder::default();
        let device = builder.device("one");
        builder.push(&device);
        for record in clauses.iter().filter(|record| !record.layer) {
            builder.push(record);
        }
        push_layer(&mut builder, "one", of_layer(0));
        for record in clauses.iter().filter(|record| record.layer) {
            builder.push(record);
        }
        Database::load(&builder.build()).map(|_| ())
    };
    let broken = Err(LoadError::Section(Section::Clauses));
    assert_eq!(load(&[of_device(0), of_layer(0)]), Ok(()));
    assert_eq!(load(&[of_device(1)]), broken);
    assert_eq!(load(&[of_layer(1)]), broken);

    let mut builder = Builder::default();
    push_layer(&mut builder, "one", of_layer(0));
    builder.push(&of_device(0));
    let device = builder.device("one");
    builder.push(&device);
    assert_eq!(Database::load(&builder.build()).map(|_| ()), broken);
}

#[test]
fn layers_out_of_order_or_with_clauses_of_others_do_not_load() {
    let load = |layers: &[(&'static str, u32)]| {
        let mut builder = Builder::default();
        for (name, owner) in layers {
            push_layer(&mut builder, name, Clause { layer: true, ..clause(*owner, IdSet::ANY, IdSet::ANY) });
        }
        Database::load(&builder.build()).map(|_| ())
    };
    let broken = Err(LoadError::Section(Section::Layers));
    assert_eq!(load(&[("a", 0), ("b", 1), ("c", 2)]), Ok(()));
    assert_eq!(load(&[("a", 0), ("c", 1), ("b", 2)]), broken);
    assert_eq!(load(&[("a", 0), ("a", 1)]), broken);
    assert_eq!(load(&[("a", 1), ("b", 0)]), broken);
}

#[test]
fn a_guard_outside_the_space_does_not_hold() {
    let device = Recorder::endpoint(&[]);
    let guard = |offset, width| Guard { offset, width, mask: 0, value: 0 };
    assert_eq!(guard_holds(&device, &guard(0xffc, 4)), Ok(true));
    assert_eq!(guard_holds(&device, &guard(0xffd, 4)), Ok(false));
    assert_eq!(guard_holds(&device, &guard(u16::MAX, 4)), Ok(false));
    assert_eq!(guard_holds(&device, &guard(0x40, 3)), Ok(false));
}

#[test]
fn a_layer_of_a_later_database_replaces_one_of_the_same_name() {
    let build = |names: &[&str]| {
        let mut builder = Builder::default();
        for (owner, name) in (0..).zip(names) {
            let record = Clause { layer: true, ..clause(owner, IdSet::exactly(0xfffe), IdSet::ANY) };
            push_layer(&mut builder, name, record);
        }
        builder.build()
    };
    let (one, two) = (build(&["a", "b"]), build(&["b", "c"]));
    let databases = [Database::load(&one).unwrap(), Database::load(&two).unwrap()];
    let device = Recorder::endpoint(&[]);
    let identity = Identity { vendor: 0xfffe, ..Identity::default() };
    let mut found = Vec::new();
    layer_matches(&databases, &identity, &device, |layer| found.push((layer.database, layer.index))).unwrap();
    assert_eq!(found, [(0, 0), (1, 0), (1, 1)]);
}
