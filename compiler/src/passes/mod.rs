//! The proofs: one file for each fact, with the facts that it stands on.
//!
//! A part of the model that was found wrong is left out of every proof that needs what it lacks, so no finding is a
//! consequence of another. The order of the passes does not show in the findings.

mod alias_distance;
mod anchors;
mod anchors_hold;
mod bytes_owned_whole;
mod capabilities_aligned;
mod capabilities_apart;
mod check;
mod claims;
mod clauses_disjoint;
mod clauses_reachable;
mod dvsec_lies_in_free;
mod emulations_apart;
mod evidence_given;
mod fields_beside_copies;
mod fields_beside_free;
mod fields_beside_headers;
mod fields_beside_pasid;
mod fields_disjoint;
mod fields_inside;
mod free_behind_capabilities;
mod in_first_copy;
mod layer_lengths_fit;
mod layer_ranges_disjoint;
mod layer_regions_in_bounds;
mod layers_agree;
mod layers_apply;
mod layers_have_room;
mod lengths_fit;
mod locks_held;
mod obstacles;
mod offsets_distinct;
#[cfg(test)]
mod order;
mod over_acyclic;
mod params_used;
mod pasid_lies_in_free;
mod placed_apart;
mod plausible;
mod profiles_hold;
mod regions_disjoint;
mod regions_in_bounds;
mod tested;
mod virtual_functions_bare;
mod wishes_have_room;

pub(crate) use check::{Check, Fact, Pass};

/// All passes, in an order in which each comes after what it needs.
pub(crate) const PASSES: &[Pass] = &[
    regions_in_bounds::PASS,
    capabilities_aligned::PASS,
    lengths_fit::PASS,
    alias_distance::PASS,
    offsets_distinct::PASS,
    regions_disjoint::PASS,
    in_first_copy::PASS,
    free_behind_capabilities::PASS,
    capabilities_apart::PASS,
    evidence_given::PASS,
    virtual_functions_bare::PASS,
    pasid_lies_in_free::PASS,
    dvsec_lies_in_free::PASS,
    wishes_have_room::PASS,
    clauses_disjoint::PASS,
    clauses_reachable::PASS,
    layer_regions_in_bounds::PASS,
    layer_lengths_fit::PASS,
    layer_ranges_disjoint::PASS,
    fields_inside::PASS,
    anchors_hold::PASS,
    fields_disjoint::PASS,
    fields_beside_copies::PASS,
    locks_held::PASS,
    fields_beside_free::PASS,
    fields_beside_headers::PASS,
    fields_beside_pasid::PASS,
    emulations_apart::PASS,
    placed_apart::PASS,
    layers_apply::PASS,
    params_used::PASS,
    over_acyclic::PASS,
    layers_agree::PASS,
    bytes_owned_whole::PASS,
    layers_have_room::PASS,
    profiles_hold::PASS,
    tested::PASS,
    plausible::PASS,
];
