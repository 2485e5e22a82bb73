//! Lines of a text as the protocol counts them, and columns in the unit that client and server agreed on.

use gen_lsp_types::{Position, Range};
use quirk_dsl::Span;

/// What a column counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Bytes.
    Utf8,
    /// Code units of UTF-16, unless something else was agreed on.
    #[default]
    Utf16,
    /// Characters.
    Utf32,
}

impl Encoding {
    const fn width(self, character: char) -> usize {
        match self {
            Self::Utf8 => character.len_utf8(),
            Self::Utf16 => character.len_utf16(),
            Self::Utf32 => 1,
        }
    }

    /// How many columns a text takes.
    pub(crate) fn columns(self, text: &str) -> u32 {
        let columns = match self {
            Self::Utf8 => text.len(),
            Self::Utf16 | Self::Utf32 => text.chars().map(|character| self.width(character)).sum(),
        };
        u32::try_from(columns).unwrap_or(u32::MAX)
    }
}

/// Where the lines of a text start. A line ends with `\n`, `\r\n` or `\r`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    pub(crate) fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes
            .iter()
            .enumerate()
            .filter(|&(at, &byte)| byte == b'\n' || byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
        Self { starts: core::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect() }
    }

    /// A line without its end.
    fn line<'t>(&self, text: &'t str, line: usize) -> &'t str {
        let start = self.starts.get(line).copied().unwrap_or(text.len());
        let end = self.starts.get(line + 1).copied().unwrap_or(text.len());
        text.get(start..end).unwrap_or_default().trim_end_matches(['\r', '\n'])
    }

    /// The place of a byte; of one inside a character that of the character.
    pub(crate) fn position(&self, text: &str, offset: u32, encoding: Encoding) -> Position {
        let mut offset = (offset as usize).min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let before = text.get(self.starts[line]..offset).unwrap_or_default();
        Position { line: u32::try_from(line).unwrap_or(u32::MAX), character: encoding.columns(before) }
    }

    /// The byte of a place. A column past the end of its line is that end, a line past the last is the end of the text.
    pub(crate) fn offset(&self, text: &str, place: Position, encoding: Encoding) -> u32 {
        let line = place.line as usize;
        let Some(&start) = self.starts.get(line) else { return u32::try_from(text.len()).unwrap_or(u32::MAX) };
        let (mut column, mut bytes) = (place.character as usize, 0);
        for character in self.line(text, line).chars() {
            let width = encoding.width(character);
            if column < width {
                break;
            }
            column -= width;
            bytes += character.len_utf8();
        }
        u32::try_from(start + bytes).unwrap_or(u32::MAX)
    }

    pub(crate) fn range(&self, text: &str, span: Span, encoding: Encoding) -> Range {
        Range { start: self.position(text, span.start, encoding), end: self.position(text, span.end, encoding) }
    }

    /// The bytes between two places, in whichever order they come.
    pub(crate) fn span(&self, text: &str, range: Range, encoding: Encoding) -> Span {
        let (one, other) = (self.offset(text, range.start, encoding), self.offset(text, range.end, encoding));
        Span::new(one.min(other), one.max(other))
    }

    /// Where a line starts; the end of the text if there is no such line.
    pub(crate) fn start(&self, text: &str, line: usize) -> usize {
        self.starts.get(line).copied().unwrap_or(text.len())
    }
}

#[cfg(test)]
mod tests {
    use gen_lsp_types::Position;
    use proptest::prelude::*;

    use super::{Encoding, Lines};

    /// The place of a byte, counted from the start of the text.
    fn counted(text: &str, offset: usize, encoding: Encoding) -> Position {
        let (mut line, mut character, mut last) = (0, 0, None);
        for each in text[..offset].chars() {
            // `\r\n` is one end, of which the second half is no new line.
            if last == Some('\r') && each == '\n' {
                character = 0;
            } else if matches!(each, '\r' | '\n') {
                line += 1;
                character = 0;
            } else {
                character += match encoding {
                    Encoding::Utf8 => each.to_string().len(),
                    Encoding::Utf16 => each.to_string().encode_utf16().count(),
                    Encoding::Utf32 => 1,
                };
            }
            last = Some(each);
        }
        Position { line, character: u32::try_from(character).unwrap_or(u32::MAX) }
    }

    proptest! {
        #[test]
        fn a_place_is_what_counting_finds(text in "[a\u{e9}\u{1d11e} \r\n]{0,24}") {
            let lines = Lines::new(&text);
            for (offset, before) in text.char_indices().map(|(at, _)| (at, &text[..at])).chain([(text.len(), &text[..])]) {
                // Between the halves of `\r\n` there is no place of its own.
                if before.ends_with('\r') && text[offset..].starts_with('\n') {
                    continue;
                }
                for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
                    let byte = u32::try_from(offset).unwrap_or(u32::MAX);
                    let place = lines.position(&text, byte, encoding);
                    prop_assert_eq!(place, counted(&text, offset, encoding));
                    prop_assert_eq!(lines.offset(&text, place, encoding), byte);
                }
            }
        }
    }

    #[test]
    fn places_behind_the_end_are_the_end() {
        let lines = Lines::new("ab\r\nc");
        let at = |line, character| lines.offset("ab\r\nc", Position { line, character }, Encoding::Utf16);
        assert_eq!([at(0, 99), at(1, 99), at(9, 0)], [2, 5, 5]);
    }
}
