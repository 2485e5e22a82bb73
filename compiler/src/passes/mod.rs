//! The proofs: one file for each fact, with the facts that it stands on.
//!
//! A part of the model that was found wrong is left out of every proof that needs what it lacks, so no finding is a
//! consequence of another. The order of the passes does not show in the findings.

mod alias_distance;
mod aliases_disjoint;
mod capabilities_aligned;
mod capabilities_apart;
mod clauses_disjoint;
mod clauses_reachable;
mod cover;
mod dvsec_lies_in_free;
mod evidence_given;
mod lengths_fit;
mod offsets_distinct;
#[cfg(test)]
mod order;
mod pasid_lies_in_free;
mod regions_disjoint;
mod regions_in_bounds;
mod tested;
mod virtual_functions_bare;
mod wishes_have_room;
mod witness;

use std::collections::HashSet;

pub(crate) use pasid_lies_in_free::native_slot;

use crate::catalogue::{self, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::{Allowance, Model, NodeId};
use crate::source::Place;

/// What a pass establishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Fact {
    InBounds,
    Aligned,
    LengthsFit,
    OffsetsDistinct,
    RegionsDisjoint,
    AliasDistance,
    AliasesDisjoint,
    CapabilitiesApart,
    EvidenceGiven,
    VirtualFunctionsBare,
    PasidLiesInFree,
    DvsecLiesInFree,
    WishesHaveRoom,
    ClausesDisjoint,
    ClausesReachable,
    Tested,
}

/// One pass.
pub(crate) struct Pass {
    /// What holds where it finds nothing.
    pub(crate) establishes: Fact,
    /// What must hold of a part of the model for the pass to look at it.
    pub(crate) needs: &'static [Fact],
    /// Looks at the whole model.
    pub(crate) run: fn(&mut Check<'_>),
}

/// All passes, in an order in which each comes behind what it needs.
pub(crate) const PASSES: &[Pass] = &[
    regions_in_bounds::PASS,
    capabilities_aligned::PASS,
    lengths_fit::PASS,
    alias_distance::PASS,
    offsets_distinct::PASS,
    regions_disjoint::PASS,
    aliases_disjoint::PASS,
    capabilities_apart::PASS,
    evidence_given::PASS,
    virtual_functions_bare::PASS,
    pasid_lies_in_free::PASS,
    dvsec_lies_in_free::PASS,
    wishes_have_room::PASS,
    clauses_disjoint::PASS,
    clauses_reachable::PASS,
    tested::PASS,
];

/// What the passes know and found so far.
pub(crate) struct Check<'m> {
    pub(crate) model: &'m Model,
    pub(crate) diagnostics: Vec<Diagnostic>,
    failed: HashSet<(NodeId, Fact)>,
    used_allowances: HashSet<usize>,
    /// The pass that runs.
    establishes: Fact,
    needs: &'static [Fact],
}

impl<'m> Check<'m> {
    pub(crate) fn new(model: &'m Model) -> Self {
        Self {
            model,
            diagnostics: vec![],
            failed: HashSet::new(),
            used_allowances: HashSet::new(),
            establishes: Fact::InBounds,
            needs: &[],
        }
    }

    pub(crate) fn run(&mut self, pass: &Pass) {
        self.establishes = pass.establishes;
        self.needs = pass.needs;
        (pass.run)(self);
    }

    /// Whether all that the running pass needs holds of a part.
    pub(crate) fn holds(&self, node: NodeId) -> bool {
        self.needs.iter().all(|fact| !self.failed.contains(&(node, *fact)))
    }

    /// A part lacks what the running pass establishes.
    pub(crate) fn fail(&mut self, node: NodeId, found: Diagnostic) {
        if self.report(found) {
            self.failed.insert((node, self.establishes));
        }
    }

    /// Reports, unless the item allows it. Says whether it was reported.
    pub(crate) fn report(&mut self, found: Diagnostic) -> bool {
        if let Some(allowance) = self.allowance(found.rule, found.primary.place) {
            self.used_allowances.insert(allowance);
            return false;
        }
        self.diagnostics.push(found);
        true
    }

    fn allowance(&self, rule: &Rule, place: Place) -> Option<usize> {
        let fits = |allowance: &Allowance| allowance.rule == rule && allowance.item.holds(place);
        if rule.silenceable { self.model.allowances.iter().position(fits) } else { None }
    }

    /// Reports what is allowed and does not happen, in items without an error: one with an error was not looked at in full.
    pub(crate) fn unused_allowances(&mut self, before: &[Diagnostic]) {
        let errors: Vec<Place> = before
            .iter()
            .chain(&self.diagnostics)
            .filter(|found| found.severity == Severity::Error)
            .map(|found| found.primary.place)
            .collect();
        for (at, allowance) in self.model.allowances.iter().enumerate() {
            if !self.used_allowances.contains(&at) && !errors.iter().any(|error| allowance.item.holds(*error)) {
                let message = format!("nothing here breaks `{}`", allowance.rule.name);
                let found = Diagnostic::new(&catalogue::UNUSED_ALLOW, allowance.place, message);
                self.diagnostics.push(found.help("take this `allow` away"));
            }
        }
    }
}
