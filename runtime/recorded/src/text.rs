//! One line of a file as text: in whatever encoding, without colours, quotation marks and the spaces of web pages.

use std::borrow::Cow;

/// A line as text. What is not UTF-8 is Latin-1, in which names of devices and no-break spaces come.
pub(crate) fn clean(line: &[u8]) -> Cow<'_, str> {
    let text = match std::str::from_utf8(line) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(line.iter().map(|&byte| char::from(byte)).collect()),
    };
    let is_plain = text.bytes().all(|byte| (byte.is_ascii() && !byte.is_ascii_control()) || byte == b'\t');
    if is_plain { text } else { Cow::Owned(without_marks(&text)) }
}

/// The line without what a terminal or an editor put between its characters; every kind of space is one.
fn without_marks(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(each) = chars.next() {
        match each {
            '\u{1b}' => skip_sequence(&mut chars),
            '\t' => clean.push('\t'),
            '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => clean.push(' '),
            '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => {}
            each if each.is_control() => {}
            each => clean.push(each),
        }
    }
    clean
}

/// Skips the rest of an escape sequence of a terminal (ECMA-48), of which the escape is read.
fn skip_sequence(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match chars.next() {
        Some('[') => while chars.next().is_some_and(|each| !matches!(each, '@'..='~')) {},
        // A title or a link: to a bell, or to another escape and a backslash.
        Some(']') => {
            while let Some(each) = chars.next() {
                match each {
                    '\u{7}' => return,
                    '\u{1b}' => {
                        chars.next_if_eq(&'\\');
                        return;
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

/// What a line says, without indentation and the marks of a reply, however deep.
pub(crate) fn unquoted(line: &str) -> &str {
    line.trim_start_matches(|c: char| c == '>' || c.is_whitespace()).trim_end()
}

#[cfg(test)]
mod tests {
    use super::{clean, unquoted};

    #[test]
    fn what_is_not_text_is_left_out() {
        let cases: &[(&[u8], &str)] = &[
            (b"00: 86 80\r", "00: 86 80"),
            (b"\x1b[1;32m00\x1b[0m:\x1b[K 86", "00: 86"),
            (b"\x1b]0;title\x0700: 86", "00: 86"),
            (b"\x1b]8;;link\x1b\\00: 86\x1b]8;;\x1b\\", "00: 86"),
            (b"00:\xc2\xa086\xe2\x80\xaf80", "00: 86 80"),
            (b"00:\xa086", "00: 86"),
            (b"\xef\xbb\xbf00: 86", "00: 86"),
            (b"\x1b", ""),
            (b"\x1b[31", ""),
            (b"\x1b]31", ""),
            ("naïve".as_bytes(), "naïve"),
        ];
        for (line, expected) in cases {
            assert_eq!(clean(line), *expected);
        }
    }

    #[test]
    fn quotation_may_be_deep() {
        assert_eq!(unquoted("> >> \t> 00: 86 80 "), "00: 86 80");
        assert_eq!(unquoted(" > "), "");
    }
}
