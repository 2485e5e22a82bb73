//! Reads plain hex: rows with offsets as `xxd`, `hexdump -C` and `od -Ax -tx1` print them, or bytes and nothing else.

use crate::Recorded;
use crate::error::{ParseError, Problem, RowMistake};
use crate::parse::{beginning, finish};

/// The size of the largest configuration space.
pub(crate) const LARGEST: usize = 4096;

/// What a record without an address is called.
const NAME: &str = "the dump";

/// The byte of two hex digits.
pub(crate) fn byte(token: &str, line: usize) -> Result<u8, ParseError> {
    let is_byte = token.len() == 2 && token.bytes().all(|digit| digit.is_ascii_hexdigit());
    let byte = u8::from_str_radix(token, 16).ok().filter(|_| is_byte);
    byte.ok_or_else(|| ParseError::at(line, Problem::Byte { found: beginning(token) }))
}

/// Whether the row at `found` is the one that follows `expected` bytes.
pub(crate) fn check_offset(found: usize, expected: usize, width: usize, line: usize) -> Result<(), ParseError> {
    let mistake = match found {
        _ if found == expected => return Ok(()),
        _ if found > expected => RowMistake::Skips,
        _ if width != 0 && found.is_multiple_of(width) => RowMistake::Repeated,
        _ => RowMistake::Overlaps,
    };
    Err(ParseError::at(line, Problem::RowOffset { found, expected, mistake }))
}

/// Whether a row has as many bytes as it should.
pub(crate) fn check_width(offset: usize, found: usize, expected: usize, line: usize) -> Result<(), ParseError> {
    if found == expected { Ok(()) } else { Err(ParseError::at(line, Problem::RowWidth { offset, found, expected })) }
}

/// How a row with an offset is written.
struct Row<'text> {
    offset: usize,
    /// The offset is followed by a colon, as `xxd` and `lspci` have it; then a text column follows two spaces.
    colon: bool,
    rest: &'text str,
}

fn row(text: &str) -> Option<Row<'_>> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_hexdigit).count();
    let (offset, rest) = text.split_at(digits);
    let offset = usize::from_str_radix(offset, 16).ok()?;
    if let Some(rest) = rest.strip_prefix(':') {
        return (2..=8).contains(&digits).then_some(Row { offset, colon: true, rest });
    }
    let separated = rest.is_empty() || rest.starts_with([' ', '\t']);
    ((6..=8).contains(&digits) && separated).then_some(Row { offset, colon: false, rest })
}

impl Row<'_> {
    /// Whether this can be the first row of a dump: bytes at offset 0. Without a colon it could be hex and nothing else.
    fn begins_a_dump(&self) -> bool {
        self.colon
            || (self.offset == 0 && self.rest.split_ascii_whitespace().next().is_some_and(|first| first.len() <= 4))
    }

    fn bytes(&self, line: usize) -> Result<Vec<u8>, ParseError> {
        let rest = self.rest.trim();
        let column = if self.colon { rest.find("  ") } else { rest.find('|') };
        let hex = column.map_or(rest, |column| &rest[..column]);
        let mut bytes = Vec::new();
        for token in hex.split_ascii_whitespace() {
            let is_word = token.len() == 4 && token.bytes().all(|digit| digit.is_ascii_hexdigit());
            if is_word && !self.colon {
                return Err(ParseError::at(line, Problem::Words { found: token.to_owned() }));
            }
            add_digits(token, &mut bytes, line)?;
        }
        Ok(bytes)
    }
}

/// Adds the bytes of a run of hex digits.
fn add_digits(token: &str, bytes: &mut Vec<u8>, line: usize) -> Result<(), ParseError> {
    if !token.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(ParseError::at(line, Problem::Byte { found: beginning(token) }));
    }
    if !token.len().is_multiple_of(2) {
        return Err(ParseError::at(line, Problem::OddDigits { found: beginning(token) }));
    }
    for at in (0..token.len()).step_by(2) {
        bytes.push(byte(&token[at..at + 2], line)?);
    }
    if bytes.len() > LARGEST { Err(ParseError::at(line, Problem::TooLong)) } else { Ok(()) }
}

/// Reads one function.
pub(crate) fn parse(text: &str) -> Result<Recorded, ParseError> {
    let lines = || (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty());
    let Some((line, first)) = lines().next() else {
        return Err(ParseError { line: None, problem: Problem::Empty });
    };
    if row(first).is_some_and(|row| row.begins_a_dump()) {
        return rows(lines());
    }
    let is_hex = first.split_ascii_whitespace().all(|token| token.bytes().all(|digit| digit.is_ascii_hexdigit()));
    if !is_hex {
        return Err(ParseError::at(line, Problem::NotADump { found: beginning(first) }));
    }
    let (mut bytes, mut last) = (Vec::new(), line);
    for (line, text) in lines() {
        last = line;
        for token in text.split_ascii_whitespace() {
            add_digits(token, &mut bytes, line)?;
        }
    }
    finish(NAME, &bytes, last)
}

/// Reads rows with offsets. A `*` stands for repeats of the row before, and a bare offset may close the dump.
fn rows<'text>(lines: impl Iterator<Item = (usize, &'text str)>) -> Result<Recorded, ParseError> {
    let mut bytes: Vec<u8> = Vec::new();
    let mut width = 0;
    let mut last = 1;
    let mut repeats = false;
    let mut closed = false;
    for (line, text) in lines {
        last = line;
        if closed {
            return Err(ParseError::at(line, Problem::AfterEnd { found: beginning(text) }));
        }
        if text.trim() == "*" {
            if bytes.is_empty() {
                return Err(ParseError::at(line, Problem::NothingToRepeat));
            }
            repeats = true;
            continue;
        }
        let Some(row) = row(text) else {
            return Err(ParseError::at(line, Problem::NotADump { found: beginning(text) }));
        };
        if row.offset > LARGEST {
            return Err(ParseError::at(line, Problem::TooLong));
        }
        while repeats && bytes.len() < row.offset {
            bytes.extend_from_within(bytes.len() - width..);
        }
        repeats = false;
        let new = row.bytes(line)?;
        if new.is_empty() && !row.colon {
            if row.offset != bytes.len() {
                return Err(ParseError::at(line, Problem::EndOffset { found: row.offset, expected: bytes.len() }));
            }
            closed = true;
            continue;
        }
        check_offset(row.offset, bytes.len(), width, line)?;
        if width == 0 {
            width = if [4, 8, 16, 32, 64].contains(&new.len()) { new.len() } else { 16 };
        }
        check_width(row.offset, new.len(), width, line)?;
        bytes.extend(new);
        if bytes.len() > LARGEST {
            return Err(ParseError::at(line, Problem::TooLong));
        }
    }
    finish(NAME, &bytes, last)
}
