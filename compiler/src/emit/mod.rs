//! Emitters: the same tables in other clothes.

#[cfg(feature = "c")]
mod c;
mod class;
mod clause;
mod dvsec;
mod index;
#[cfg(feature = "json")]
mod json;
mod layer_index;
mod literal;
mod rust;

#[cfg(feature = "c")]
pub(crate) use c::c;
#[cfg(feature = "c")]
pub use c::{C, CStyle, CTypes, InvalidPrefix};
#[cfg(feature = "json")]
pub(crate) use json::json;
pub(crate) use rust::rust;

/// Any of the three serves its user: GPL kernel code may include what is written, and so may everybody else.
const LICENCE: &str = "Apache-2.0 OR BSD-3-Clause OR GPL-2.0-only";
