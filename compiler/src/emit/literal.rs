//! Bytes as the inside of a byte string literal, on a line that may follow a `\` at the end of another.

use std::fmt;

/// The bytes of one line.
pub(super) struct Literal<'b>(pub(super) &'b [u8]);

impl fmt::Display for Literal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        // White space at the beginning of a continued line is not part of the literal.
        if let Some((b' ', tail)) = rest.split_first() {
            f.write_str("\\x20")?;
            rest = tail;
        }
        for byte in rest {
            match byte {
                b'"' => f.write_str("\\\"")?,
                b'\\' => f.write_str("\\\\")?,
                0x20..=0x7e => write!(f, "{}", char::from(*byte))?,
                0 => f.write_str("\\0")?,
                _ => write!(f, "\\x{byte:02x}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Literal;

    #[test]
    fn a_space_at_the_beginning_is_kept() {
        assert_eq!(Literal(b"  a").to_string(), r"\x20 a");
    }

    #[test]
    fn what_ends_a_literal_is_escaped() {
        assert_eq!(Literal(b"a\"\\\n\0\xff").to_string(), r#"a\"\\\x0a\0\xff"#);
    }
}
