//! Lookup against its definition: the highest rank among all clauses that match, the first of equal ones.

#![expect(clippy::unwrap_used, reason = "tests")]

extern crate std;

use proptest::prelude::*;
use quirk_kit::unchecked;
use std::format;
use std::string::String;
use std::vec::Vec;

use super::*;
use crate::tables::hash::slot;
use crate::tables::{List, LoadError, Optional, Section};
use crate::testing::{Recorder, empty, patch, patched, seal, section};

#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) owner: u32,
    pub(super) vendor: (u8, u16, u16),
    pub(super) device: (u8, u16, u16),
    pub(super) subsystem: Option<(u16, u16)>,
    pub(super) revision: Option<u8>,
    pub(super) class: Option<u32>,
    pub(super) function: u8,
    pub(super) guard: Option<(u16, u32)>,
}

pub(super) fn draft() -> impl Strategy<Value = Draft> {
    // Half of the ids are exact, or more. A range has several.
    let ids = || {
        (prop_oneof![Just(1), 0u8..4], 0u16..4, 0u16..4)
            .prop_map(|(kind, a, b)| if kind > 1 && (a == b || b == 0) { (kind, a, a + 1) } else { (kind, a, b) })
    };
    let conditions = (
        proptest::option::of((0u16..2, 0u16..2)),
        proptest::option::of(0u8..2),
        proptest::option::of(0u32..3),
        0u8..3,
        proptest::option::of((0u16..2, 0u32..2)),
    );
    // Half of the clauses ask for nothing but ids.
    let conditions = prop_oneof![Just((None, None, None, 0, None)), conditions];
    (0u32..6, ids(), ids(), conditions).prop_map(
        |(owner, vendor, device, (subsystem, revision, class, function, guard))| Draft {
            owner,
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
        let ((1, vendor, _), (1, device, _)) = (self.vendor, self.device) else { return None };
        Some(u32::from(vendor) << 16 | u32::from(device))
    }

    /// A bit for each condition, in the order of `docs/language.md`, "Which device wins".
    pub(super) fn rank(&self) -> u8 {
        let asks = [
            self.subsystem.is_some(),
            self.guard.is_some(),
            self.revision.is_some(),
            self.device.0 == 1,
            self.device.0 > 1,
            self.class.is_some(),
            self.vendor.0 != 0,
            self.function != 0,
        ];
        asks.iter().fold(0, |rank, &asks| rank << 1 | u8::from(asks))
    }

    fn text(&self) -> String {
        let ids = |(kind, a, b): (u8, u16, u16)| match kind {
            0 => String::from("any"),
            1 => format!("{a}"),
            2 => format!("{}..={}", a.min(b), a.max(b)),
            _ => format!("{} mask {b}", a & b),
        };
        let subsystem = self.subsystem.map(|(vendor, device)| format!("subsystem {vendor}, {device};"));
        let revision = self.revision.map(|revision| format!("revision {revision};"));
        let class = self.class.map(|class| format!("class {class};"));
        let function = ["", "function physical;", "function virtual;"][usize::from(self.function)];
        let config = self.guard.map(|(at, value)| format!("config u32 @ {} == {value} mask 0xf;", 0x50 + 4 * at));
        let conditions = [subsystem, revision, class, config].into_iter().flatten().collect::<String>();
        format!("match pci({}, {}) {{ {conditions} {function} }}", ids(self.vendor), ids(self.device))
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

/// Changes what the hash says of each key, from what the compiler wrote.
fn change_hash(tables: &mut [u8], hash: Hash) {
    let keys: Vec<u32> =
        tables[section(tables, Section::Keys)].as_chunks().0.iter().map(|key| u32::from_le_bytes(*key)).collect();
    match hash {
        Hash::None => empty(tables, Section::Hash),
        Hash::Clauses => {
            for key in keys.iter().copied() {
                let first = keys.iter().position(|each| *each == key).unwrap();
                set_target(tables, key, Target::Clause(first as u32));
            }
        }
        Hash::Devices => {}
    }
}

/// Writes where the hash leads from a key.
fn set_target(tables: &mut [u8], key: u32, target: Target) {
    let hash = section(tables, Section::Hash);
    let entries = tables[hash].as_chunks_mut::<8>().0;
    let entry = entries.iter_mut().find(|entry| entry[..4] == key.to_le_bytes() && entry[4..7] != [0xff; 3]).unwrap();
    entry[4..7].copy_from_slice(&target.pack().unwrap().to_le_bytes()[..3]);
    seal(tables);
}

/// The database of the drafts, which are put in the order of their clauses.
pub(super) fn database(drafts: &mut [Draft], hash: Hash) -> Vec<u8> {
    let device = |owner| {
        let own: String = drafts.iter().filter(|draft| draft.owner == owner).map(Draft::text).collect();
        // Each has a clause at least, here one that no function of these tests matches.
        format!("device d{owner} {{ name \"x\"; match pci(0x1000, {owner}); {own} }}")
    };
    let devices: String = (0..6).map(device).collect();
    // A layer for every function, which is no entry whatever its rank.
    let mut tables = unchecked(&(devices + "layer all { match pci(any, any); }"));
    let last = section(&tables, Section::Clauses).len() / ClauseIds::SIZE - 1;
    patch(&mut tables, last, |clause: &mut ClauseIds| clause.rank = u8::MAX);
    change_hash(&mut tables, hash);
    drafts.sort_by_key(|draft| (draft.key().is_none(), draft.key(), draft.owner));
    tables
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
        if holds && best.is_none_or(|(_, rank)| draft.rank() > rank) {
            best = Some((draft.owner, draft.rank()));
        }
    }
    best
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn lookup_equals_its_definition(
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
            let found = find_device(&databases, &identity, &device).unwrap();
            let expected = match by_definition(&second, &identity, &device) {
                Some(found) => Some((1, found)),
                None => by_definition(&first, &identity, &device).map(|found| (0, found)),
            };
            prop_assert_eq!(found.map(|found| (found.database, (found.index, found.rank))), expected, "{:?}", identity);
        }
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

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
        let matches: String = keys.iter().map(|key| format!("match pci(0xfffe, {key});")).collect();
        let mut bytes = unchecked(&format!("device d {{ name \"x\"; match pci(any, any); {matches} }}"));
        empty(&mut bytes, Section::Hash);
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
    // The second device has the clause in question; of the first, none has a key.
    let tables = |clauses: &str| unchecked(&format!("{} device d1 {{ name \"x\"; {clauses} }}", device("d0")));
    let load = |bytes: &[u8]| Database::load(bytes).map(|_| ());
    let (one, two) = (0x1_0001, 0x1_0002);
    let broken = Err(LoadError::Section(Section::Hash));
    let leading = |clauses: &str, target| {
        let mut bytes = tables(clauses);
        set_target(&mut bytes, one, target);
        load(&bytes)
    };
    for target in [Target::Clause(0), Target::Device(1)] {
        assert_eq!(leading("match pci(1, 1);", target), Ok(()));
    }
    for target in [Target::Clause(1), Target::Device(0), Target::Device(2)] {
        assert_eq!(leading("match pci(1, 1);", target), broken, "{target:?}");
    }
    // A key that is not there, one too many, and one that has more clauses.
    let mut bytes = tables("match pci(1, 1); match pci(1, 2);");
    assert_eq!(load(&bytes), Ok(()));
    let at = section(&bytes, Section::Hash);
    let entry = bytes[at].as_chunks_mut::<8>().0.iter_mut().find(|entry| entry[..4] == u32::to_le_bytes(two)).unwrap();
    entry[4..7].copy_from_slice(&[0xff; 3]);
    seal(&mut bytes);
    assert_eq!(load(&bytes), broken);
    let mut bytes = tables("match pci(1, 1);");
    let at = section(&bytes, Section::Hash);
    let entries = bytes[at].as_chunks_mut::<8>().0;
    let vacant = entries.iter().position(|entry| entry[4..7] == [0xff; 3]).unwrap();
    let key = (2..).map(|id| 1 << 16 | id).find(|key| slot(*key, 0, entries.len() as u32) as usize == vacant).unwrap();
    let packed = Target::Device(1).pack().unwrap();
    entries[vacant] = (u64::from(key) | u64::from(packed) << 32).to_le_bytes();
    seal(&mut bytes);
    assert_eq!(load(&bytes), broken);
    assert_eq!(leading("match pci(1, 1); match pci(1, 1);", Target::Device(1)), broken);
    assert_eq!(leading("match pci(1, 1); match pci(1, 1);", Target::Clause(0)), Ok(()));
    // A clause that is not plain, in one way after the other.
    for condition in
        ["revision 0;", "subsystem any, 0;", "class 1 mask 1;", "function virtual;", "config u32 @ 0 == 0 mask 1;"]
    {
        let clause = format!("match pci(1, 1) {{ {condition} }}");
        let of_rank = patched(tables(&clause), 0, |clause: &mut ClauseIds| clause.rank = Clause::PLAIN_RANK);
        for mut bytes in [tables(&clause), of_rank] {
            set_target(&mut bytes, one, Target::Device(1));
            assert_eq!(load(&bytes), broken, "{condition}");
        }
    }
    let plain = || tables("match pci(1, 1);");
    assert_eq!(load(&patched(plain(), 0, |clause: &mut ClauseIds| clause.rank = 0x32)), broken);
    let asked = Optional::new(0).unwrap();
    let mut other = tables("match pci(1, 1); match pci(1, 2) { class 1 mask 1; }");
    assert_eq!(load(&other), Ok(()));
    patch(&mut other, 0, |clause: &mut ClauseIds| clause.conditions = asked);
    assert_eq!(load(&other), broken);
}

/// A device without a key.
fn device(name: &str) -> String {
    format!("device {name} {{ name \"x\"; match pci(any, any); }} ")
}

#[test]
fn clauses_in_disorder_or_without_an_owner_do_not_load() {
    // Clauses 1 and 2 are the layer's.
    let tables = || unchecked(&(device("one") + "layer two { match pci(any, any); match pci(0xfffe, any); }"));
    let broken = Err(LoadError::Section(Section::Clauses));
    assert_eq!(Database::load(&tables()).map(|_| ()), Ok(()));
    for index in 0..3 {
        let astray = patched(tables(), index, |clause: &mut ClauseIds| clause.owner = 1);
        assert_eq!(Database::load(&astray).map(|_| ()), broken, "{index}");
    }
    let mut swapped = tables();
    let at = section(&swapped, Section::Clauses).start;
    swapped[at..at + 2 * ClauseIds::SIZE].rotate_left(ClauseIds::SIZE);
    patch(&mut swapped, 0, |layer: &mut Layer| layer.clauses = List::new(0, 1));
    assert_eq!(Database::load(&swapped).map(|_| ()), broken);
}

#[test]
fn conditions_that_are_not_there_do_not_load() {
    let tables = unchecked("device d { name \"x\"; match pci(1, 1) { class 1 mask 1; } }");
    assert_eq!(Database::load(&tables).map(|_| ()), Ok(()));
    for index in [1, u32::MAX - 1] {
        let conditions = Optional::new(index).unwrap();
        let astray = patched(tables.clone(), 0, |clause: &mut ClauseIds| clause.conditions = conditions);
        assert_eq!(Database::load(&astray).map(|_| ()), Err(LoadError::Section(Section::Clauses)));
        // A program's own tables are not checked: a clause without its conditions matches nothing.
        let database = Database::new(&astray);
        assert_eq!(database.clauses().count(), 0);
        assert_eq!(find_device(&[database], &Identity::new(1, 1).with_class(1), &Recorder::endpoint(&[])), Ok(None));
    }
    assert_eq!(Optional::<crate::tables::Conditions>::new(u32::MAX), None);
}

#[test]
fn layers_out_of_order_or_with_clauses_of_others_do_not_load() {
    let tables = || layers(&["a", "b", "c"]);
    let names = tables();
    let names: Vec<_> = (0..3).map(|at| Database::load(&names).unwrap().record::<Layer>(at).unwrap().name).collect();
    let broken = Err(LoadError::Section(Section::Layers));
    for (index, name) in [(1, names[2]), (1, names[0]), (0, names[1])] {
        let renamed = patched(tables(), index, |layer: &mut Layer| layer.name = name);
        assert_eq!(Database::load(&renamed).map(|_| ()), broken);
    }
    let swapped = patched(tables(), 0, |clause: &mut ClauseIds| clause.owner = 1);
    let swapped = patched(swapped, 1, |clause: &mut ClauseIds| clause.owner = 0);
    assert_eq!(Database::load(&swapped).map(|_| ()), broken);
}

fn layers(names: &[&str]) -> Vec<u8> {
    unchecked(&names.iter().map(|name| format!("layer {name} {{ match pci(0xfffe, any); }}")).collect::<String>())
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
    let (one, two) = (layers(&["a", "b"]), layers(&["b", "c"]));
    let databases = [Database::load(&one).unwrap(), Database::load(&two).unwrap()];
    let device = Recorder::endpoint(&[]);
    let identity = Identity { vendor: 0xfffe, ..Identity::default() };
    let mut found = Vec::new();
    layer_matches(&databases, &identity, &device, |layer| found.push((layer.database, layer.index))).unwrap();
    assert_eq!(found, [(0, 0), (1, 0), (1, 1)]);
}
