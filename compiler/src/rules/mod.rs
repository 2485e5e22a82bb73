//! The rules, a folder each: what a rule says and rests on (`rule.md`), an example that breaks it and the same mended, and the proof
//! that finds it. Rules that one proof finds are a family: their folders are in one, and the proof is beside them. What the words of a
//! text break is found where it is lowered.

pub(crate) mod alias_distance;
pub(crate) mod anchors;
pub(crate) mod capability_twice;
pub(crate) mod duplicate_offset;
pub(crate) mod dvsec_has_no_room;
pub(crate) mod emulations;
pub(crate) mod exception_changes_nothing;
pub(crate) mod field_in_free;
pub(crate) mod field_on_header;
pub(crate) mod field_on_pasid;
pub(crate) mod fields_overlap;
pub(crate) mod free_everywhere;
pub(crate) mod free_list_head;
pub(crate) mod layer_has_no_room;
pub(crate) mod layers_collide;
pub(crate) mod layout_on_copy;
pub(crate) mod length_needed;
pub(crate) mod lengths;
pub(crate) mod lock_unknown;
pub(crate) mod matcher_shadowed;
pub(crate) mod matchers_ambiguous;
pub(crate) mod misaligned;
pub(crate) mod missing_evidence;
pub(crate) mod missing_test;
pub(crate) mod name_cycle;
pub(crate) mod out_of_bounds;
pub(crate) mod overlap;
pub(crate) mod partial_byte_blocks_writes;
pub(crate) mod pasid_has_no_room;
pub(crate) mod pcie_missing;
pub(crate) mod places;
pub(crate) mod profiles;
pub(crate) mod same_id_abuts;
pub(crate) mod unused_param;
pub(crate) mod vendor_of_none;
pub(crate) mod virtual_function_has_no_pasid;
pub(crate) mod weak_evidence;
