//! Text of descriptions inside C: as a string, and inside a comment.

use std::fmt::{self, Write};

/// The longest string literal that every C11 compiler takes.
const LONGEST: usize = 4095;

/// Text as an expression of the type `const char *`.
pub(super) struct Str<'s>(pub(super) &'s str);

/// Text inside a comment, which it cannot end.
pub(super) struct Comment<'s>(pub(super) &'s str);

impl fmt::Display for Str<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.len() <= LONGEST {
            f.write_char('"')?;
            self.0.bytes().try_for_each(|byte| character(f, byte))?;
            return f.write_char('"');
        }
        f.write_str("(const char[]){ ")?;
        for byte in self.0.bytes() {
            f.write_char('\'')?;
            character(f, byte)?;
            f.write_str("', ")?;
        }
        f.write_str("'\\0' }")
    }
}

/// A question mark is escaped, since two of them can begin a trigraph.
fn character(f: &mut fmt::Formatter<'_>, byte: u8) -> fmt::Result {
    match byte {
        b'"' | b'\\' | b'?' | b'\'' => write!(f, "\\{}", char::from(byte)),
        0x20..=0x7e => f.write_char(char::from(byte)),
        _ => write!(f, "\\{byte:03o}"),
    }
}

impl fmt::Display for Comment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut last = ' ';
        for letter in self.0.chars() {
            if matches!((last, letter), ('*', '/') | ('/', '*') | ('?', '?')) {
                f.write_char(' ')?;
            }
            // Not what turns the direction of text or ends a line.
            if matches!(letter, ' '..='~') && letter != '\\' || letter.is_alphanumeric() {
                f.write_char(letter)?;
            } else {
                write!(f, "{}", letter.escape_default())?;
            }
            last = letter;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Comment, LONGEST, Str};

    #[test]
    fn no_text_leaves_its_string() {
        assert_eq!(Str("a\"\\\n??/é9").to_string(), r#""a\"\\\012\?\?/\303\2519""#);
        assert_eq!(Str("").to_string(), "\"\"");
    }

    #[test]
    fn text_longer_than_a_literal_may_be_is_an_array() {
        let text = "'".repeat(LONGEST + 1);
        let shown = Str(&text).to_string();
        assert!(shown.starts_with(r"(const char[]){ '\'', ") && shown.ends_with(r"'\'', '\0' }"));
    }

    #[test]
    fn no_text_leaves_its_comment() {
        assert_eq!(Comment("é */ b /* c ??/\n\u{202e}").to_string(), r"é * / b / * c ? ?/\n\u{202e}");
    }
}
