//! Every clause decides for some function.

use std::collections::{BTreeMap, HashSet};

use super::{Check, Fact, Pass};
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::matching::{common, covered};
use crate::model::Clause;

pub(super) const PASS: Pass = Pass { establishes: Fact::ClausesReachable, needs: &[Fact::ClausesDisjoint], run };

/// A clause, the index of its device, and its place among all.
#[derive(Clone, Copy)]
struct Owned<'m> {
    owner: usize,
    order: usize,
    clause: &'m Clause,
}

fn run(check: &mut Check<'_>) {
    let model = check.model;
    let clauses = model
        .devices
        .iter()
        .enumerate()
        .flat_map(|(owner, device)| device.clauses.iter().map(move |clause| (owner, clause)));
    let all: Vec<Owned<'_>> = clauses
        .enumerate()
        .map(|(order, (owner, clause))| Owned { owner, order, clause })
        .filter(|each| check.holds(each.clause.node))
        .collect();
    let mut exact: BTreeMap<(u16, u16), Vec<Owned<'_>>> = BTreeMap::new();
    // The others, by their vendor if they have one.
    let mut other: BTreeMap<Option<u16>, Vec<Owned<'_>>> = BTreeMap::new();
    for &each in &all {
        match each.clause.vendor.single().zip(each.clause.device.single()) {
            Some(key) => exact.entry(key).or_default().push(each),
            None => other.entry(each.clause.vendor.single()).or_default().push(each),
        }
    }
    let mut reported = HashSet::new();
    for each in &all {
        let key = each.clause.vendor.single().zip(each.clause.device.single());
        let near: Vec<Owned<'_>> = match (key, each.clause.vendor.single()) {
            (Some(key), _) => exact.get(&key).cloned().unwrap_or_default(),
            (None, Some(vendor)) => {
                exact.range((vendor, 0)..=(vendor, u16::MAX)).flat_map(|(_, v)| v).copied().collect()
            }
            (None, None) => exact.values().flatten().copied().collect(),
        };
        let others: Vec<Owned<'_>> = match each.clause.vendor.single() {
            None => other.values().flatten().copied().collect(),
            vendor => [None, vendor].iter().filter_map(|vendor| other.get(vendor)).flatten().copied().collect(),
        };
        let stronger: Vec<&Clause> = near
            .into_iter()
            .chain(others)
            .filter(|better| wins(better, each) && common(better.clause, each.clause).is_some())
            .map(|better| better.clause)
            .collect();
        if covered(each.clause, &stronger) && reported.insert(each.clause.place) {
            shadowed(check, each.clause, &stronger);
        }
    }
    layers(check);
}

/// Every layer that matches applies, so only clauses of one layer make each other idle: the best of them gives its rank.
fn layers(check: &mut Check<'_>) {
    let model = check.model;
    for layer in &model.layers {
        let own = layer.clauses.iter().enumerate().map(|(order, clause)| Owned { owner: 0, order, clause });
        let own: Vec<Owned<'_>> = own.collect();
        let mut reported = HashSet::new();
        for each in &own {
            let stronger: Vec<&Clause> =
                own.iter().filter(|better| wins(better, each)).map(|better| better.clause).collect();
            if covered(each.clause, &stronger) && reported.insert(each.clause.place) {
                shadowed(check, each.clause, &stronger);
            }
        }
    }
}

fn shadowed(check: &mut Check<'_>, clause: &Clause, stronger: &[&Clause]) {
    let message = "this `match` never decides: more specific ones match all that it does";
    let mut found = Diagnostic::new(&catalogue::MATCHER_SHADOWED, clause.place, message);
    for better in stronger.iter().filter(|better| better.place != clause.place).take(3) {
        found = found.also(better.place, "this one wins");
    }
    check.fail(clause.node, found);
}

/// Whether a clause wins over another where both match; of two of one device that are equal, the first counts.
fn wins(better: &Owned<'_>, each: &Owned<'_>) -> bool {
    better.clause.rank > each.clause.rank
        || (better.clause.rank == each.clause.rank && better.owner == each.owner && better.order < each.order)
}
