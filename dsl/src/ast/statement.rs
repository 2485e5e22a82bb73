//! What all statements have in common.

use super::{Expr, Name, Str};
use crate::Span;
use crate::shape::Shape;

/// One statement of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement<K> {
    /// Its declaration.
    pub shape: &'static Shape,
    /// `///` lines, without the slashes.
    pub docs: Vec<Str>,
    /// What it says.
    pub kind: K,
    /// Where, docs excluded.
    pub span: Span,
}

/// What follows the keyword of a statement that has one value. The keyword says which it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Property {
    /// One of some words.
    Word(Name),
    /// A number.
    Number(Expr),
    /// A text.
    Text(Str),
}
