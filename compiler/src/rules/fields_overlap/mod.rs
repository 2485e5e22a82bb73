//! No two statements of a layer own the same bit.

use std::collections::HashSet;

use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::passes::claims::{self, Claim};
use crate::passes::{Check, Fact, Pass, Run};

pub(crate) const PASS: Pass = Pass {
    establishes: Fact::FieldsDisjoint,
    needs: &[Fact::LayersInBounds, Fact::FieldsInside],
    run: Run::Whole(run),
};

fn run(check: &mut Check<'_>) {
    let model = check.model;
    for layer in &model.layers {
        let mut owned: Vec<Claim> = claims::of(layer);
        owned.retain(|claim| claim.node.is_none_or(|node| check.holds(node)));
        let mut reported = HashSet::new();
        claims::overlaps(&owned, |first, claim, byte| {
            let shared = first.bits & claim.bits;
            if !reported.insert(claim.place) {
                return;
            }
            let message = format!("bits {shared:#04x} of {byte} are owned twice in this layer");
            let found = Diagnostic::new(&catalogue::FIELDS_OVERLAP, claim.place, message);
            let found = found.also(first.place, "they are owned here first");
            match claim.node {
                Some(node) => check.fail(node, found),
                None => drop(check.report(found)),
            }
        });
    }
}
