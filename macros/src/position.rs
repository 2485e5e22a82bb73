//! Where a token stands in its file.

use proc_macro2::Span;

/// Line and column of a token's beginning and end, all from 1.
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// Where a token begins.
pub(crate) fn of(span: Span) -> Position {
    let span = span.unwrap().start();
    Position { line: span.line(), column: span.column() }
}
