//! The proofs in their order, with what each needs; each is in the folder of what it finds, in `rules`.
//!
//! A part of the model that was found wrong is left out of every proof that needs what it lacks, so no finding is a
//! consequence of another. The order of the passes does not show in the findings.

mod allowed;
pub(crate) mod anchors;
mod check;
pub(crate) mod claims;
#[cfg(test)]
mod order;

pub(crate) use check::{Check, Fact, Pass, Run};

use crate::rules::anchors::{anchors_hold, field_out_of_capability};
use crate::rules::emulations::{emulations_apart, layer_on_copy, layers_apply, placed_abuts};
use crate::rules::lengths::{layer_lengths_fit, lengths_fit};
use crate::rules::name_cycle::over_acyclic;
use crate::rules::out_of_bounds::layer_regions_in_bounds;
use crate::rules::overlap::layer_ranges_disjoint;
use crate::rules::places::{dvsec_lies_in_free, pasid_lies_in_free};
use crate::rules::profiles::profiles_hold;
use crate::rules::{
    alias_distance, capability_twice, duplicate_offset, dvsec_has_no_room, exception_changes_nothing, field_in_free,
    field_on_header, field_on_pasid, fields_overlap, free_everywhere, free_list_head, layer_has_no_room,
    layers_collide, layout_on_copy, length_needed, lock_unknown, matcher_shadowed, matchers_ambiguous, misaligned,
    missing_evidence, missing_test, out_of_bounds, overlap, partial_byte_blocks_writes, pasid_has_no_room,
    pcie_missing, same_id_abuts, unused_param, vendor_of_none, virtual_function_has_no_pasid, weak_evidence,
};

/// All passes, in an order in which each comes after what it needs.
pub(crate) const PASSES: &[Pass] = &[
    out_of_bounds::PASS,
    misaligned::PASS,
    lengths_fit::PASS,
    alias_distance::PASS,
    duplicate_offset::PASS,
    overlap::PASS,
    layout_on_copy::PASS,
    length_needed::PASS,
    same_id_abuts::PASS,
    missing_evidence::PASS,
    weak_evidence::PASS,
    virtual_function_has_no_pasid::PASS,
    pasid_lies_in_free::PASS,
    dvsec_lies_in_free::PASS,
    pasid_has_no_room::PASS,
    dvsec_has_no_room::PASS,
    matchers_ambiguous::PASS,
    matcher_shadowed::PASS,
    layer_regions_in_bounds::PASS,
    layer_lengths_fit::PASS,
    layer_ranges_disjoint::PASS,
    field_out_of_capability::PASS,
    anchors_hold::PASS,
    fields_overlap::PASS,
    layer_on_copy::PASS,
    lock_unknown::PASS,
    field_in_free::PASS,
    field_on_header::PASS,
    field_on_pasid::PASS,
    emulations_apart::PASS,
    placed_abuts::PASS,
    layers_apply::PASS,
    unused_param::PASS,
    over_acyclic::PASS,
    layers_collide::PASS,
    partial_byte_blocks_writes::PASS,
    layer_has_no_room::PASS,
    profiles_hold::PASS,
    missing_test::PASS,
    missing_test::OF_LAYERS,
    capability_twice::PASS,
    free_list_head::PASS,
    free_everywhere::PASS,
    pcie_missing::PASS,
    exception_changes_nothing::PASS,
    vendor_of_none::PASS,
    vendor_of_none::OF_LAYERS,
];
