//! One text, read: the tree, what it says, and what could not be read.

use crate::error::{SyntaxCode, SyntaxError};
use crate::ordered::Ordered as _;
use crate::span::Span;
use crate::text::Text;
use crate::tree::Tree;
use crate::{ast, lower, parser, report};

/// The longest text that is read, in bytes: beyond it, places would not fit their type.
pub(crate) const LONGEST_TEXT: usize = 1 << 30;

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
pub fn parse(text: impl Into<Text>) -> Parse {
    parse_within(&text.into(), LONGEST_TEXT)
}

fn parse_within(text: &Text, longest: usize) -> Parse {
    if text.len() > longest {
        let error = SyntaxError::new(
            SyntaxCode::FileTooLarge,
            Span::default(),
            format!("a file has at most {longest} bytes, this one has {}", text.len()),
            "not read",
        );
        let file = ast::File { poisoned: true, lost_use: true, ..ast::File::default() };
        return Parse { tree: Tree::new(text.clone(), Vec::new()), file, errors: vec![error] };
    }
    let parsed = parser::parse(text);
    let mut report = report::report(&parsed);
    let file = lower::file(&parsed.tree, &mut report);
    let mut errors = report.errors;
    errors.order_by_key(|error| (error.span, error.code));
    Parse { tree: parsed.tree, file, errors }
}

#[cfg(test)]
mod tests {
    use super::{parse, parse_within};
    use crate::{SyntaxCode, Text};

    #[test]
    fn a_text_that_is_too_long_is_one_error_and_nothing_is_concluded_from_it() {
        let text: Text = "edition 1;".into();
        assert_eq!(parse_within(&text, text.len()).errors, []);
        let parse = parse_within(&text, text.len() - 1);
        assert_eq!(parse.errors.iter().map(|error| error.code).collect::<Vec<_>>(), [SyntaxCode::FileTooLarge]);
        assert!(parse.errors[0].message.contains("at most 9 bytes, this one has 10"), "{}", parse.errors[0].message);
        assert!(parse.file.poisoned && parse.file.items.is_empty());
    }

    #[test]
    fn a_type_that_there_is_not_is_an_error_where_it_stands() {
        for (text, word) in [
            ("layer l { param a: u65; }", "u65"),
            ("layer l { param a: u0; }", "u0"),
            ("layer l { param a: u8(1); }", "u8(1)"),
            ("layer l { param a: bytes; }", "bytes"),
            ("layer l { param a: int; }", "int"),
            ("device d { match pci(1, 2) { config bytes @ 0x40 == 1; } }", "bytes"),
        ] {
            let errors = parse(text).errors;
            let found: Vec<_> = errors.iter().map(|error| (error.code, &text[error.span.range()])).collect();
            assert_eq!(found, [(SyntaxCode::UnknownType, word)], "{text}");
        }
        assert_eq!(parse("layer l { param a: u1; param b: u64; param c: bytes(3); }").errors, []);
    }
}
