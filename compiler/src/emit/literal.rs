//! Bytes as the inside of a byte string literal.

use std::fmt;

/// Bytes that are numbers.
pub(super) struct Bytes<'b>(pub(super) &'b [u8]);

/// Bytes that are text. Not for the beginning of a continued line: white space there is not part of the literal.
pub(super) struct Text<'b>(pub(super) &'b [u8]);

impl fmt::Display for Bytes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "\\x{byte:02x}"))
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| match byte {
            b'"' => f.write_str("\\\""),
            b'\\' => f.write_str("\\\\"),
            0x20..=0x7e => write!(f, "{}", char::from(*byte)),
            _ => write!(f, "\\x{byte:02x}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Bytes, Text};

    #[test]
    fn what_ends_a_literal_is_escaped() {
        assert_eq!(Text(b" a\"\\\n\0\xff").to_string(), r#" a\"\\\x0a\x00\xff"#);
        assert_eq!(Bytes(b"a\"").to_string(), r"\x61\x22");
    }
}
