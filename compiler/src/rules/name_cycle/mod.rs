//! Layers that are `over` themselves; constants and types that need themselves are found where names are resolved.

pub(crate) mod over_acyclic;
