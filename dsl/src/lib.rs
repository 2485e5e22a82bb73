//! The quirk language: from text to a lossless tree and a typed syntax tree.

pub mod ast;
mod span;

pub use span::{Span, Spanned};
