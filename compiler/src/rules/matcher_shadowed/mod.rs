//! Every clause decides for some function.

use std::collections::HashSet;

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::matching::{Near, Owned, common, covered};
use crate::model::Clause;
use crate::passes::{Check, Fact, Pass, Run};
use quirk_dsl::Ordered as _;

pub(crate) const PASS: Pass =
    Pass { establishes: Fact::ClausesReachable, needs: &[Fact::ClausesDisjoint], run: Run::Whole(run) };

/// So many of the clauses that may win are looked at. Only a clause that they cover is reported.
const MOST_NEAR: usize = 4096;

/// So many of those that do are counted together, if the first few do not cover it.
const MOST_STRONGER: usize = 512;

/// Of clauses that are written again and again, these are enough.
const FIRST_STRONGER: usize = 16;

fn run(check: &mut Check<'_>) {
    let model = check.model;
    let all = check.clauses();
    let unsound = check.shared(&all, |at, (.., clause)| (!check.holds(clause.node)).then_some(at));
    if unsound.is_empty() {
        look(check, &all, Some(check.plans.neighbours.clauses(model)), true);
    } else {
        let sound = all.into_iter().filter(|(.., clause)| check.holds(clause.node));
        look(check, &numbered(sound.map(|(owner, _, clause)| (owner, clause))), None, true);
    }
    // Every layer that matches applies, so only clauses of one layer make each other idle: the best of them gives its rank.
    let of_layers = model.layers.iter().map(|layer| &layer.clauses).enumerate();
    let clauses = of_layers.flat_map(|(owner, clauses)| clauses.iter().map(move |clause| (owner, clause)));
    look(check, &numbered(clauses), None, false);
}

fn numbered<'m>(clauses: impl Iterator<Item = (usize, &'m Clause)>) -> Vec<Owned<'m>> {
    clauses.enumerate().map(|(number, (owner, clause))| (owner, number, clause)).collect()
}

/// Looks at clauses; `near` is where they are looked up, if that is known.
fn look(check: &mut Check<'_>, all: &[Owned<'_>], near: Option<&Near>, across_owners: bool) {
    let own;
    let near = if let Some(near) = near {
        near
    } else {
        own = check.near(all);
        &own
    };
    let found = check.shared(all, |at, &(owner, _, clause)| {
        let above = clause.rank.checked_add(1).filter(|_| across_owners);
        let of_any = above.into_iter().flat_map(|rank| near.runs(clause, None, rank..=u8::MAX).flatten());
        // Of two clauses of one device that are equally specific, the first counts.
        let wins = |other: &usize| all[*other].2.rank > clause.rank || *other < at;
        let of_owner = near.runs(clause, Some(owner), clause.rank..=u8::MAX);
        let of_owner = of_owner.flat_map(|run| run.take_while(wins));
        let near = of_owner.chain(of_any).take(MOST_NEAR);
        let stronger = near.filter(|other| common(all[*other].2, clause).is_some());
        Some((clause, covering(clause, all, stronger)?))
    });
    let mut reported = HashSet::new();
    for (clause, stronger) in found {
        if reported.insert(clause.place) {
            shadowed(check, clause, &stronger);
        }
    }
}

/// Those clauses of some that are stronger that leave nothing of a clause, if they do.
fn covering<'m>(
    clause: &Clause,
    all: &[Owned<'m>],
    mut stronger: impl Iterator<Item = usize>,
) -> Option<Vec<&'m Clause>> {
    let exact = |clause: &Clause| clause.vendor.single().zip(clause.device.single());
    let mut looked_at = Vec::new();
    for most in [FIRST_STRONGER, MOST_STRONGER] {
        let before = looked_at.len();
        looked_at.extend(stronger.by_ref().take(most - before));
        if looked_at.len() == before {
            return None;
        }
        looked_at
            .order_by_key(|&at: &usize| (exact(all[at].2).is_none(), exact(all[at].2), all[at].2.vendor.single(), at));
        looked_at.dedup();
        let stronger: Vec<&Clause> = looked_at.iter().map(|at| all[*at].2).collect();
        if covered(clause, &stronger) {
            return Some(stronger);
        }
    }
    None
}

fn shadowed(check: &mut Check<'_>, clause: &Clause, stronger: &[&Clause]) {
    let message = "this `match` never decides: more specific ones match all that it does";
    let mut found = Diagnostic::new(&catalogue::MATCHER_SHADOWED, clause.place, message);
    for better in stronger.iter().filter(|better| better.place != clause.place).take(3) {
        found = found.also(better.place, "this one wins");
    }
    check.fail(clause.node, found);
}
