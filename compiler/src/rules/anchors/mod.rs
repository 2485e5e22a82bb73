//! What the offset of a field counts from is shown, is one alone, and is long enough.

pub(crate) mod anchors_hold;
pub(crate) mod field_out_of_capability;
