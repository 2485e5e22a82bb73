//! What a profile freezes is what its device shows.

pub(crate) mod profiles_hold;
