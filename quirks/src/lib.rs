//! The library of real devices: what is in their configuration space and what is free.

/// Stub.
pub static DATABASE: quirk_runtime::Database<'static> = quirk_runtime::Database::EMPTY;
