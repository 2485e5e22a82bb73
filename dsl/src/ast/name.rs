//! Names and texts as they were written, and `allow`, which stands in every item.

use crate::{Span, Spanned};

/// An identifier as it was written.
pub type Name = Spanned<String>;

/// A string literal's value, escapes resolved; the span covers the quotes.
pub type Str = Spanned<String>;

/// `allow RULE "reason";`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow {
    /// The rule's name or code.
    pub rule: Name,
    /// Why.
    pub reason: Str,
    /// All of it.
    pub span: Span,
}
