//! Number literals: value, radix, and what is wrong with those that are none.

use super::Lower;
use crate::Span;
use crate::ast::{Int, Radix};
use crate::error::{Applicability, Fix, SyntaxCode, SyntaxError};
use crate::tree::Element;

impl Lower<'_> {
    /// A number token's value. A number whose meaning is plain in spite of its spelling is reported and has a value.
    pub(super) fn int(&mut self, token: Element<'_>) -> Option<Int> {
        let span = token.span();
        match read(token.text()) {
            Ok(_) if self.hex_ids && is_bare_hex(token.text()) => {
                let value = u64::from_str_radix(token.text(), 16).ok()?;
                Some(Int { value, radix: Radix::Hexadecimal, span })
            }
            Ok((value, radix)) => Some(Int { value, radix, span }),
            Err(problem) => {
                let (error, value) = problem.explain(token.text(), span);
                self.error(error);
                value.map(|(value, radix)| Int { value, radix, span })
            }
        }
    }
}

/// Why a literal is no number of the language.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Problem {
    /// Hexadecimal digits, marked in another way than by `0x` or not at all.
    Hex(String),
    /// `_` in a place where it groups nothing.
    Groups(String),
    /// Nothing after the prefix.
    NoDigits,
    /// A sign that is no digit: where it starts, and what it is.
    Digit(usize, char, Radix),
    /// More than 64 bits.
    TooLarge,
}

/// Prefix, name, radix.
const RADIXES: [(&str, Radix, u32); 3] =
    [("0x", Radix::Hexadecimal, 16), ("0o", Radix::Octal, 8), ("0b", Radix::Binary, 2)];

fn read(text: &str) -> Result<(u64, Radix), Problem> {
    if let Some(hex) = foreign_hex(text) {
        return Err(Problem::Hex(hex));
    }
    let (prefix, radix, base) =
        RADIXES.into_iter().find(|(prefix, ..)| text.starts_with(prefix)).unwrap_or(("", Radix::Decimal, 10));
    let digits = &text[prefix.len()..];
    if digits.is_empty() {
        return Err(Problem::NoDigits);
    }
    if let Some((at, digit)) = digits.char_indices().find(|(_, digit)| *digit != '_' && !digit.is_digit(base)) {
        return Err(Problem::Digit(prefix.len() + at, digit, radix));
    }
    if digits.starts_with('_') || digits.ends_with('_') || digits.contains("__") {
        let groups: Vec<&str> = digits.split('_').filter(|group| !group.is_empty()).collect();
        return Err(if groups.is_empty() {
            Problem::NoDigits
        } else {
            Problem::Groups(format!("{prefix}{}", groups.join("_")))
        });
    }
    digits
        .chars()
        .filter_map(|digit| digit.to_digit(base))
        .try_fold(0_u64, |value, digit| value.checked_mul(u64::from(base))?.checked_add(u64::from(digit)))
        .map(|value| (value, radix))
        .ok_or(Problem::TooLarge)
}

/// The digits of a number that is hexadecimal for sure although it does not start with `0x`: `10de`, `0b25`, `8086h`,
/// `0XFF`, `$1234`.
fn foreign_hex(text: &str) -> Option<String> {
    let hex = |digits: &str| {
        (digits.contains(|digit: char| digit != '_')
            && digits.chars().all(|digit| digit == '_' || digit.is_ascii_hexdigit()))
        .then(|| digits.to_ascii_lowercase())
    };
    if let Some(digits) = text.strip_prefix('$').or_else(|| text.strip_prefix("0X")) {
        return hex(digits);
    }
    if text.starts_with("0x") {
        return None;
    }
    if let Some(digits) = text.strip_suffix(['h', 'H']) {
        return hex(digits);
    }
    let binary =
        text.strip_prefix("0b").is_some_and(|digits| digits.chars().all(|digit| matches!(digit, '0' | '1' | '_')));
    (!binary && text.contains(|digit: char| digit.is_ascii_alphabetic())).then(|| hex(text)).flatten()
}

/// Whether a number is hexadecimal for sure and does not start with `0x`.
pub(super) fn lacks_prefix(text: &str) -> bool {
    foreign_hex(text).is_some()
}

/// Whether a number that is read as decimal would say something else with `0x` before it.
pub(super) fn is_bare_hex(text: &str) -> bool {
    text.len() > 1 && text.bytes().all(|digit| digit.is_ascii_digit())
}

impl Problem {
    /// As an error, with the value that was surely meant.
    fn explain(self, text: &str, span: Span) -> (SyntaxError, Option<(u64, Radix)>) {
        match self {
            Self::Hex(digits) => {
                let meant = format!("0x{digits}");
                let value = read(&meant).ok();
                // `0b25` is a device id without its prefix, or a wrong digit in a binary number.
                let applicability = if text.starts_with("0b") { Applicability::Unsafe } else { Applicability::Safe };
                let error = SyntaxError::new(
                    SyntaxCode::HexWithoutPrefix,
                    span,
                    format!("`{text}` is no number here; hexadecimal numbers start with `0x`"),
                    format!("write `{meant}`"),
                )
                .fix(Fix::replace(span, meant, applicability));
                (error, value)
            }
            Self::Groups(meant) => {
                let value = read(&meant).ok();
                let error = SyntaxError::new(
                    SyntaxCode::DigitGroups,
                    span,
                    format!("`_` in `{text}` does not stand between two digits"),
                    format!("write `{meant}`"),
                )
                .fix(Fix::replace(span, meant, Applicability::Safe));
                (error, value)
            }
            Self::NoDigits => (
                SyntaxError::new(
                    SyntaxCode::MalformedNumber,
                    span,
                    format!("`{text}` has no digits"),
                    "digits are missing here",
                ),
                None,
            ),
            Self::Digit(at, digit, radix) => {
                let start = span.start + u32::try_from(at).unwrap_or_default();
                let (name, legal) = match radix {
                    Radix::Binary => ("a binary", "`0` and `1`"),
                    Radix::Octal => ("an octal", "`0` to `7`"),
                    Radix::Decimal => ("a decimal", "`0` to `9`"),
                    Radix::Hexadecimal => ("a hexadecimal", "`0` to `9` and `a` to `f`"),
                };
                let error = SyntaxError::new(
                    SyntaxCode::MalformedNumber,
                    Span::new(start, start + 1),
                    format!("`{digit}` is no digit of {name} number"),
                    format!("not a digit of `{text}`"),
                )
                .help(format!("its digits are {legal}"));
                (error, None)
            }
            Self::TooLarge => (
                SyntaxError::new(
                    SyntaxCode::NumberTooLarge,
                    span,
                    format!("`{text}` does not fit into 64 bits"),
                    "at most 0xffff_ffff_ffff_ffff",
                ),
                None,
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Problem, Radix, read};

    #[test]
    fn numbers_keep_their_radix() {
        assert_eq!(read("0x03_0000"), Ok((0x03_0000, Radix::Hexadecimal)));
        assert_eq!(read("1_000"), Ok((1000, Radix::Decimal)));
        assert_eq!(read("0b1010_0101"), Ok((0xa5, Radix::Binary)));
        assert_eq!(read("0o17"), Ok((15, Radix::Octal)));
        assert_eq!(read("0xFFFF_ffff_FFFF_ffff"), Ok((u64::MAX, Radix::Hexadecimal)));
    }

    #[test]
    fn hexadecimal_without_its_prefix_is_recognised() {
        for (text, meant) in
            [("0b25", "0b25"), ("10de", "10de"), ("8086h", "8086"), ("0XFF", "ff"), ("$1234", "1234"), ("0cfe", "0cfe")]
        {
            assert_eq!(read(text), Err(Problem::Hex(meant.to_owned())), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_says_why() {
        assert_eq!(read("0x"), Err(Problem::NoDigits));
        assert_eq!(read("0x_"), Err(Problem::NoDigits));
        assert_eq!(read("0x1g"), Err(Problem::Digit(3, 'g', Radix::Hexadecimal)));
        assert_eq!(read("12u8"), Err(Problem::Digit(2, 'u', Radix::Decimal)));
        assert_eq!(read("0x1__0_"), Err(Problem::Groups("0x1_0".to_owned())));
        assert_eq!(read("0x1_0000_0000_0000_0000"), Err(Problem::TooLarge));
        assert_eq!(read("18446744073709551616"), Err(Problem::TooLarge));
    }
}
