//! Emitters: the same tables in other clothes.

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

pub(crate) use c::c;
#[cfg(feature = "json")]
pub(crate) use json::json;
pub(crate) use rust::rust;
