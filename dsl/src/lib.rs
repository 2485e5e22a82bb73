//! The quirk language: from text to a lossless tree and a typed syntax tree.
//!
//! [`parse`] never fails and never panics: whatever the text, there is a [`Tree`] that prints it back, a typed
//! [`ast::File`] with everything that could be read, and one [`SyntaxError`] for each thing that could not.
//!
//! [`read`] reads a long text on several threads, for programs that need no tree, and [`read_and`] lets them understand each part
//! at once; [`read_items`] reads a few of its items again, and [`read_again`] the one that an edit changed.
//!
//! [`format`](fn@format) says how a text ought to be written.
//!
//! The crate knows no PCI: which capabilities, rules or classes there are is the compiler's.

// What pest makes of the grammar is compared with the table of it.
#[cfg(test)]
extern crate alloc;

mod again;
pub mod ast;
mod batch;
mod cut;
mod error;
#[cfg(feature = "format")]
mod format;
mod items;
mod lex;
mod line_index;
mod lower;
mod ordered;
mod parse;
mod parser;
mod repair;
mod report;
pub mod shape;
mod span;
mod split;
mod suggest;
mod text;
mod tree;

pub use again::read_again;
pub use batch::{Read, read, read_and};
pub use error::{Applicability, Edit, Fix, SyntaxCode, SyntaxError};
#[cfg(feature = "format")]
pub use format::format;
pub use items::read_items;
pub use lex::{Token, TokenKind};
pub use line_index::{ColumnUnit, LineColumn, LineIndex};
pub use ordered::Ordered;
pub use parse::{Parse, parse};
pub use parser::NodeKind;
pub use span::{Span, Spanned};
pub use suggest::{Meant, meant, nearest};
pub use text::Text;
pub use tree::{Children, Element, ElementKind, Tree};
