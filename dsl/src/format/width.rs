//! How wide things are, in characters.

/// How wide a line may be, in characters.
pub(super) const MAX_WIDTH: usize = 120;

/// A level of indentation.
pub(super) const INDENT: usize = 4;

/// The width of a text in one line.
pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}
