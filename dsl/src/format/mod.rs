//! The formatter: one way to write a file, without options. It changes white space and the comma after the last element of
//! a list, nothing else: every other token, comments included, comes out as it went in and in the same order.
//!
//! - A statement a line, four spaces a level, single spaces between tokens.
//! - A block stays in one line if it was begun in its line, holds no comment, and fits.
//! - Plain `cap` and `ext` entries of a layout stand in columns; so do comments after consecutive lines.
//! - A line beyond `MAX_WIDTH` breaks at its blocks first, then at its lists, whose elements fill the lines. Comments and
//!   texts are never broken.
//! - At most one blank line between statements, exactly one between items; runs of `use` and of `const` are kept.

mod blank;
mod columns;
mod head;
mod leaf;
mod print;
mod statement;
mod width;

use crate::error::SyntaxError;
use crate::parse::parse;

/// A text as it ought to be written.
///
/// # Errors
/// What is wrong with the text, if it cannot be read without errors: then nothing is known about how it ought to look.
pub fn format(text: &str) -> Result<String, Vec<SyntaxError>> {
    let parse = parse(text);
    if !parse.errors.is_empty() {
        return Err(parse.errors);
    }
    let mut entries = statement::entries(&leaf::leaves(&parse.tree));
    blank::between_items(&mut entries);
    let mut out = print::entries(&entries, 0, false);
    if !out.is_empty() {
        out.push('\n');
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::format;

    #[test]
    fn an_empty_file_stays_empty() {
        assert_eq!(format("").unwrap(), "");
        assert_eq!(format("\u{feff} \r\n\n").unwrap(), "");
    }

    #[test]
    fn a_text_with_errors_is_refused() {
        assert_eq!(format("const A = ;").unwrap_err().len(), 1);
    }

    #[test]
    fn the_mark_at_the_start_and_carriage_returns_go() {
        assert_eq!(format("\u{feff}edition 1;\r\n// a \r\n").unwrap(), "edition 1;\n// a\n");
    }
}
