//! The quirk language: from text to a lossless tree and a typed syntax tree.
//!
//! [`parse`] never fails and never panics: whatever the text, there is a [`Tree`] that prints it back, a typed
//! [`ast::File`] with everything that could be read, and one [`SyntaxError`] for each thing that could not.
//!
//! [`format`](fn@format) says how a text ought to be written.
//!
//! The crate knows no PCI: which capabilities, rules or classes there are is the compiler's.

extern crate alloc;

pub mod ast;
mod error;
mod format;
mod lex;
mod line_index;
mod lower;
mod parser;
mod repair;
mod report;
pub mod shape;
mod span;
mod split;
mod suggest;
mod tree;

use std::sync::Arc;

pub use error::{Applicability, Edit, Fix, SyntaxCode, SyntaxError};
pub use format::format;
pub use lex::{Token, TokenKind};
pub use line_index::{ColumnUnit, LineColumn, LineIndex};
pub use parser::NodeKind;
pub use span::{Span, Spanned};
pub use suggest::{Meant, meant, nearest};
pub use tree::{Children, Element, ElementKind, Tree};

/// The longest text that is read, in bytes: beyond it, places would not fit their type.
const LONGEST_TEXT: usize = 1 << 30;

/// What a text says.
#[derive(Clone, Debug)]
pub struct Parse {
    /// All of it, byte for byte.
    pub tree: Tree,
    /// What could be read.
    pub file: ast::File,
    /// What could not, in the order of the text.
    pub errors: Vec<SyntaxError>,
}

/// Reads a text: a file, or the tokens of a macro as text.
#[must_use]
pub fn parse(text: impl Into<Arc<str>>) -> Parse {
    let text = text.into();
    if text.len() > LONGEST_TEXT {
        let error = SyntaxError::new(
            SyntaxCode::FileTooLarge,
            Span::default(),
            format!("a file has at most {LONGEST_TEXT} bytes, this one has {}", text.len()),
            "not read",
        );
        let file = ast::File { poisoned: true, ..ast::File::default() };
        return Parse { tree: Tree::new(text, Vec::new()), file, errors: vec![error] };
    }
    let parsed = parser::parse(&text);
    let mut report = report::report(&parsed);
    let file = lower::file(&parsed.tree, &mut report);
    let mut errors = report.errors;
    errors.sort_by_key(|error| (error.span, error.code));
    Parse { tree: parsed.tree, file, errors }
}
