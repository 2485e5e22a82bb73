//! A length that is written is one that a capability of the kind can have, whether the device has it or a layer shows it.

pub(crate) mod layer_lengths_fit;
pub(crate) mod lengths_fit;
