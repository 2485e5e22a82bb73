//! Lines and columns of byte offsets, in the units that terminals, editors and compilers count in.

/// A place as people and editors name it; all counts start at 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineColumn {
    /// The line.
    pub line: u32,
    /// The column in the unit that was asked for.
    pub column: u32,
}

/// What a column counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ColumnUnit {
    /// Bytes of UTF-8.
    Bytes,
    /// Characters (Unicode scalar values).
    Chars,
    /// Code units of UTF-16, as the language server protocol counts.
    Utf16,
}

/// Where the lines of a text start. Lines end with `\n`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineIndex {
    starts: Vec<u32>,
    /// How many characters lie before each block of the text, so that a column costs the same in a line of any length. Empty where
    /// each character is a byte.
    chars: Vec<u32>,
}

/// Bytes of a block.
const BLOCK: usize = if cfg!(test) { 4 } else { 1 << 10 };

impl LineIndex {
    /// Reads the line ends of a text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let ends = text.match_indices('\n').map_while(|(end, _)| u32::try_from(end + 1).ok());
        Self { starts: core::iter::once(0).chain(ends).collect(), chars: chars_before_blocks(text) }
    }

    /// How many characters lie before a byte that starts one.
    fn chars_before(&self, text: &str, offset: usize) -> usize {
        let block = offset / BLOCK;
        match self.chars.get(block) {
            Some(before) => *before as usize + chars_in(&text.as_bytes()[block * BLOCK..offset]),
            None => offset,
        }
    }

    /// The byte where a line starts; none if there is no such line.
    #[must_use]
    pub fn start(&self, line: u32) -> Option<u32> {
        self.starts.get(line as usize).copied()
    }

    /// How many lines there are; an empty text has one.
    #[must_use]
    pub fn lines(&self) -> u32 {
        u32::try_from(self.starts.len()).unwrap_or(u32::MAX)
    }

    /// The line and column of a byte. An offset after the text is its end; one inside a character is the character's
    /// start.
    #[must_use]
    pub fn locate(&self, text: &str, offset: u32, unit: ColumnUnit) -> LineColumn {
        let mut offset = (offset as usize).min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.starts.partition_point(|start| *start as usize <= offset).saturating_sub(1);
        let start = self.starts[line] as usize;
        let column = match unit {
            ColumnUnit::Bytes => offset - start,
            ColumnUnit::Chars => self.chars_before(text, offset) - self.chars_before(text, start),
            ColumnUnit::Utf16 => text[start..offset].chars().map(char::len_utf16).sum(),
        };
        LineColumn { line: u32::try_from(line).unwrap_or(u32::MAX), column: u32::try_from(column).unwrap_or(u32::MAX) }
    }

    /// The byte of a line and column; a column after the line's end is the line's end. `None` if there is no such line.
    #[must_use]
    pub fn offset(&self, text: &str, place: LineColumn, unit: ColumnUnit) -> Option<u32> {
        let start = *self.starts.get(place.line as usize)?;
        let line = self.line_text(text, place.line)?;
        let mut column = place.column as usize;
        let mut bytes = 0;
        for character in line.chars() {
            let width = match unit {
                ColumnUnit::Bytes => character.len_utf8(),
                ColumnUnit::Chars => 1,
                ColumnUnit::Utf16 => character.len_utf16(),
            };
            if column < width {
                break;
            }
            column -= width;
            bytes += character.len_utf8();
        }
        Some(start + u32::try_from(bytes).unwrap_or_default())
    }

    /// The text of a line without its line end.
    #[must_use]
    pub fn line_text<'t>(&self, text: &'t str, line: u32) -> Option<&'t str> {
        let start = *self.starts.get(line as usize)? as usize;
        let end = self.starts.get(line as usize + 1).map_or(text.len(), |next| *next as usize);
        let line = text.get(start..end)?;
        let line = line.strip_suffix('\n').unwrap_or(line);
        Some(line.strip_suffix('\r').unwrap_or(line))
    }
}

fn chars_before_blocks(text: &str) -> Vec<u32> {
    if text.is_ascii() {
        return Vec::new();
    }
    let mut before = 0;
    let counts = text.as_bytes().chunks(BLOCK).map(|block| {
        let start = before;
        before += chars_in(block);
        u32::try_from(start).unwrap_or(u32::MAX)
    });
    let mut counts: Vec<u32> = counts.collect();
    counts.push(u32::try_from(before).unwrap_or(u32::MAX));
    counts
}

/// How many characters start in these bytes.
fn chars_in(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::{ColumnUnit, LineColumn, LineIndex};

    #[test]
    fn columns_count_in_three_units() {
        let text = "a\r\né𝄞x\n";
        let index = LineIndex::new(text);
        let x = u32::try_from(text.find('x').unwrap_or_default()).unwrap_or_default();
        let at = |unit| index.locate(text, x, unit);
        assert_eq!(at(ColumnUnit::Bytes), LineColumn { line: 1, column: 6 });
        assert_eq!(at(ColumnUnit::Chars), LineColumn { line: 1, column: 2 });
        assert_eq!(at(ColumnUnit::Utf16), LineColumn { line: 1, column: 3 });
        for unit in [ColumnUnit::Bytes, ColumnUnit::Chars, ColumnUnit::Utf16] {
            assert_eq!(index.offset(text, at(unit), unit), Some(x));
        }
    }

    #[test]
    fn a_column_is_the_number_of_characters_before_it() {
        for text in ["é𝄞x\nabcdefgé\n\n𝄞𝄞𝄞𝄞𝄞y", "plain\ntext", "é", "abcé", "abcdé"] {
            let index = LineIndex::new(text);
            for offset in (0..=text.len()).filter(|offset| text.is_char_boundary(*offset)) {
                let line = text[..offset].rsplit('\n').next().unwrap_or_default();
                let column = u32::try_from(line.chars().count()).unwrap_or_default();
                let offset = u32::try_from(offset).unwrap_or_default();
                assert_eq!(index.locate(text, offset, ColumnUnit::Chars).column, column, "{text:?} {offset}");
            }
        }
    }

    #[test]
    fn the_end_of_the_text_is_a_place() {
        let index = LineIndex::new("ab\n");
        assert_eq!(index.locate("ab\n", 3, ColumnUnit::Bytes), LineColumn { line: 1, column: 0 });
        assert_eq!(index.locate("ab\n", 99, ColumnUnit::Bytes), LineColumn { line: 1, column: 0 });
        assert_eq!(index.lines(), 2);
        assert_eq!(LineIndex::new("").locate("", 0, ColumnUnit::Bytes), LineColumn::default());
    }

    #[test]
    fn the_inside_of_a_character_is_its_start() {
        assert_eq!(LineIndex::new("é").locate("é", 1, ColumnUnit::Bytes), LineColumn { line: 0, column: 0 });
    }

    #[test]
    fn line_ends_are_no_part_of_a_line() {
        let text = "a\r\nb";
        assert_eq!(LineIndex::new(text).line_text(text, 0), Some("a"));
        assert_eq!(LineIndex::new(text).line_text(text, 1), Some("b"));
        assert_eq!(LineIndex::new(text).line_text(text, 2), None);
    }
}
