//! Emitters: the same tables in other clothes.

mod index;
mod literal;
mod rust;

pub(crate) use rust::rust;
