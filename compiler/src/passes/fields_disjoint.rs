//! No two statements of a layer own the same bit.

use std::collections::{BTreeMap, HashSet};

use super::claims::{self, Byte, Claim};
use super::{Check, Fact, Pass};
use crate::catalogue;
use crate::diagnostic::Diagnostic;

pub(super) const PASS: Pass =
    Pass { establishes: Fact::FieldsDisjoint, needs: &[Fact::LayersInBounds, Fact::FieldsInside], run };

fn run(check: &mut Check<'_>) {
    let model = check.model;
    for layer in &model.layers {
        let mut owned: BTreeMap<Byte, Vec<Claim>> = BTreeMap::new();
        let mut reported = HashSet::new();
        for claim in claims::of(layer) {
            if claim.node.is_some_and(|node| !check.holds(node)) {
                continue;
            }
            let before = owned.entry(claim.byte).or_default();
            if let Some(first) = before.iter().find(|first| first.bits & claim.bits != 0)
                && reported.insert(claim.place)
            {
                let message =
                    format!("bits {:#04x} of {} are owned twice in this layer", first.bits & claim.bits, claim.byte);
                let found = Diagnostic::new(&catalogue::FIELDS_OVERLAP, claim.place, message);
                let found = found.also(first.place, "they are owned here first");
                match claim.node {
                    Some(node) => check.fail(node, found),
                    None => drop(check.report(found)),
                }
            }
            before.push(claim);
        }
    }
}
