//! Finds functions that another description gets than before, or none.
//!
//! Clauses cut the space of identities into cells, and in each of them both sides give one answer. One identity of every cell
//! that a clause of the old side reaches into is asked about; of masks, whose cells have no corners, a few.

use std::collections::{BTreeMap, BTreeSet};

use quirk_runtime::tables::{Clause, Device, FunctionKind, Guard, IdKind, IdSet};
use quirk_runtime::{Database, Function, Identity, lookup};

use super::compare::{Change, What};
use super::rule::BreakingRule;
use crate::clause;

/// The most identities that are asked about for one clause.
const MOST: usize = 4096;

/// What happened to functions of a description, each pair of descriptions once.
pub(super) fn changes(old: &[Database<'_>], new: &[Database<'_>]) -> Vec<Change> {
    let all: Vec<Placed<'_>> = old.iter().chain(new).flat_map(|&database| clauses(database)).collect();
    let mut found: BTreeMap<(String, Option<String>), (Identity, String)> = BTreeMap::new();
    for database in old {
        for mine in clauses(*database) {
            let near: Vec<_> = all.iter().filter(|other| meet(&mine.clause, &other.clause)).collect();
            let text = clause::text(mine.database, &mine.clause);
            for (identity, guards) in witnesses(&mine, &near) {
                let before = winner(old, &identity, &guards);
                let after = winner(new, &identity, &guards);
                if let Some(before) = before.filter(|before| after.as_ref() != Some(before)) {
                    found.entry((before, after)).or_insert_with(|| (identity, text.clone()));
                }
            }
        }
    }
    let names: BTreeSet<&str> =
        new.iter().flat_map(|database| database.all::<Device>().map(|device| database.text(device.name))).collect();
    found
        .into_iter()
        .filter_map(|((before, after), (identity, text))| {
            let ids = format!("{:04x}:{:04x} of revision {:02x}", identity.vendor, identity.device, identity.revision);
            let (rule, message) = match after {
                Some(after) => {
                    (BreakingRule::MatchTaken, format!("`{after}` takes functions of {text}, {ids} among them"))
                }
                // A device that is gone is told once.
                None if !names.contains(before.as_str()) => return None,
                None => (BreakingRule::MatchLost, format!("functions of {text} have no description, {ids} among them")),
            };
            Some(Change {
                kind: "device",
                name: before,
                what: What::Changed,
                source: String::new(),
                rule: Some(rule),
                message,
            })
        })
        .collect()
}

/// A clause and where it is.
struct Placed<'db> {
    database: Database<'db>,
    clause: Clause,
}

fn clauses<'db>(database: Database<'db>) -> impl Iterator<Item = Placed<'db>> {
    database.clauses().filter(|clause| !clause.layer).map(move |clause| Placed { database, clause })
}

/// The name of the entry that applies; conditions on bytes hold if they are among `guards`.
fn winner(databases: &[Database<'_>], identity: &Identity, guards: &[Guard]) -> Option<String> {
    databases.iter().rev().find_map(|&database| {
        let mut holds = |guard: &Guard| Ok::<_, core::convert::Infallible>(guards.contains(guard));
        let (index, _) = lookup::device_in(database, identity, &mut holds).ok()??;
        let device = database.record::<Device>(index)?;
        Some(database.text(device.name).to_owned())
    })
}

/// Whether two sets of ids may have one in common.
fn overlap(one: IdSet, other: IdSet) -> bool {
    match (one.kind, other.kind) {
        (IdKind::Range, IdKind::Range) => one.a <= other.b && other.a <= one.b,
        (IdKind::Mask, IdKind::Mask) => (one.a ^ other.a) & one.b & other.b == 0,
        (IdKind::Mask, IdKind::Range) => (other.a..=other.b).any(|id| one.contains(id)),
        (IdKind::Range, IdKind::Mask) => (one.a..=one.b).any(|id| other.contains(id)),
        (IdKind::Any, _) | (_, IdKind::Any) => true,
    }
}

fn meet(one: &Clause, other: &Clause) -> bool {
    overlap(one.vendor, other.vendor)
        && overlap(one.device, other.device)
        && overlap(one.subsystem_vendor, other.subsystem_vendor)
        && overlap(one.subsystem_device, other.subsystem_device)
        && overlap(one.revision, other.revision)
        && (one.class_value ^ other.class_value) & one.class_mask & other.class_mask == 0
}

/// Where the cells of a set begin.
fn corners(set: IdSet) -> Vec<u16> {
    match set.kind {
        IdKind::Any => vec![0],
        IdKind::Range => vec![set.a, set.b, set.b.saturating_add(1)],
        IdKind::Mask => vec![set.a, set.a | !set.b],
    }
}

/// Values of one dimension: corners of all sets that lie in the clause's own.
fn values(own: IdSet, others: impl Iterator<Item = IdSet>) -> Vec<u16> {
    let values: BTreeSet<u16> = others.chain([own]).flat_map(corners).filter(|&id| own.contains(id)).collect();
    values.into_iter().collect()
}

/// Identities that a clause matches, one of each cell, and the conditions on bytes that hold for them.
fn witnesses(mine: &Placed<'_>, near: &[&Placed<'_>]) -> Vec<(Identity, Vec<Guard>)> {
    let own = &mine.clause;
    let of = |set: fn(&Clause) -> IdSet| values(set(own), near.iter().map(|other| set(&other.clause)));
    // Vendor and device go together: of a clause for any device every described pair is a cell.
    let mut ids: BTreeSet<(u16, u16)> = BTreeSet::new();
    for other in near {
        let vendors = values(own.vendor, [other.clause.vendor].into_iter());
        let devices = values(own.device, [other.clause.device].into_iter());
        ids.extend(vendors.iter().flat_map(|&vendor| devices.iter().map(move |&device| (vendor, device))));
    }
    let subsystems = of(|clause| clause.subsystem_vendor)
        .into_iter()
        .flat_map(|vendor| of(|clause| clause.subsystem_device).into_iter().map(move |device| (vendor, device)));
    let subsystems: Vec<_> = subsystems.collect();
    let revisions: Vec<u8> = of(|clause| clause.revision).into_iter().filter_map(|id| u8::try_from(id).ok()).collect();
    let class = |other: &Clause| own.class_value | other.class_value & !own.class_mask;
    let classes: BTreeSet<u32> = near
        .iter()
        .map(|other| class(&other.clause))
        .chain([own.class_value, own.class_value | !own.class_mask & 0xff_ffff])
        .collect();
    let functions: &[Function] = match own.function {
        FunctionKind::Any => &[Function::Unknown, Function::Physical, Function::Virtual],
        FunctionKind::Physical => &[Function::Physical],
        FunctionKind::Virtual => &[Function::Virtual],
    };
    let guards = |placed: &Placed<'_>| -> Vec<Guard> { placed.database.list(placed.clause.guards).collect() };
    let mut held: Vec<Vec<Guard>> = vec![guards(mine)];
    for other in near.iter().filter(|other| !other.clause.guards.is_empty()) {
        held.push([guards(mine), guards(other)].concat());
    }
    let mut out = Vec::new();
    for &(vendor, device) in &ids {
        for &subsystem in &subsystems {
            for &revision in &revisions {
                for &class in &classes {
                    for &function in functions {
                        for guards in &held {
                            if out.len() == MOST {
                                return out;
                            }
                            let subsystem = Some(subsystem);
                            let identity = Identity::new(vendor, device)
                                .with_subsystem(subsystem)
                                .with_revision(revision)
                                .with_class(class)
                                .with_function(function);
                            out.push((identity, guards.clone()));
                        }
                    }
                }
            }
        }
    }
    out
}

#[cfg(test)]
#[path = "winners_tests.rs"]
mod tests;
