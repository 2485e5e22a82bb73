//! A capability that a layer shows lies in bytes that nothing else has, or may have.

pub(crate) mod emulations_apart;
pub(crate) mod layer_on_copy;
pub(crate) mod layers_apply;
pub(crate) mod obstacles;
pub(crate) mod placed_abuts;
