//! Writes a configuration space as text that `lspci -F` reads.

use std::fmt::Write as _;

use crate::Address;

/// lspci reads lines into 256 bytes; address, line break and terminator share them.
const LONGEST_DESCRIPTION: usize = 230;

/// Digits of the largest domain that any `lspci -F` reads: versions differ, and 3.9 takes five.
const MOST_DIGITS: usize = 6;

/// How `lspci -F` takes a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LspciDomain {
    /// Every version reads it.
    Always,
    /// It has more than four digits, which not every version reads.
    ByVersion,
    /// No version reads it: the function would be lost without a word.
    Never,
}

impl LspciDomain {
    /// That of a function.
    #[must_use]
    pub fn of(address: Option<Address>) -> Self {
        match address.and_then(|address| address.domain).map_or(4, |domain| format!("{domain:04x}").len()) {
            ..=4 => Self::Always,
            5..=MOST_DIGITS => Self::ByVersion,
            _ => Self::Never,
        }
    }
}

/// The text of one function as `lspci -xxxx` prints it and `lspci -F` reads it; it ends with an empty line.
///
/// Without an address the function is `00:00.0`. Line breaks in the description become spaces, and what lspci has no room
/// for is cut off.
#[must_use]
pub fn lspci_text(address: Option<Address>, description: &str, bytes: &[u8]) -> String {
    let address = address.unwrap_or(Address { domain: None, bus: 0, device: 0, function: 0 });
    let description = description.replace(['\n', '\r'], " ");
    let description = if description.is_empty() { "recorded function" } else { &description };
    let fits = |&at: &usize| description.is_char_boundary(at);
    let length = (0..=description.len().min(LONGEST_DESCRIPTION)).rev().find(fits).unwrap_or(0);
    let description = &description[..length];
    // Without the space after the address lspci does not take the line as a function.
    let mut text = format!("{address} {description}\n");
    for (row, bytes) in bytes.chunks(16).enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(text, "{:02x}:", row * 16);
        for byte in bytes {
            let _ = write!(text, " {byte:02x}");
        }
        text.push('\n');
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::{LspciDomain, lspci_text};

    #[test]
    fn a_description_fits_into_one_line_of_lspci() {
        let text = lspci_text(None, &"é\n".repeat(300), &[0; 64]);
        assert!(text.lines().next().is_some_and(|line| line.starts_with("00:00.0 é é") && line.len() < 250));
        assert_eq!(text.lines().nth(1), Some("00: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"));
        assert!(text.ends_with("00\n\n"));
    }

    #[test]
    fn domains_are_told_by_their_digits() {
        let of = |text: &str| LspciDomain::of(text.parse().ok());
        assert_eq!((of("ffff:00:00.0"), of("00:00.0")), (LspciDomain::Always, LspciDomain::Always));
        assert_eq!((of("10000:00:00.0"), of("ffffff:00:00.0")), (LspciDomain::ByVersion, LspciDomain::ByVersion));
        assert_eq!(of("1000000:00:00.0"), LspciDomain::Never);
    }
}
