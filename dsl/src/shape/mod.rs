//! The shape table: for every statement in every block its keyword, its parts, their types and defaults, and one line of
//! documentation. Messages, completion, hover and the reference read it.

mod context;
mod device;
mod file;
mod layer;
mod statement;
mod testing;
#[cfg(test)]
mod tests;
mod words;

pub(crate) use context::is_item_keyword;
pub use statement::{Context, Part, Shape, Times, Value};
pub(crate) use words::{Word, word};
