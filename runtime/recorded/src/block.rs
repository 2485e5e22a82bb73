//! The rows of one function: collected as they come, put together when they end.

use crate::error::{ParseError, Problem, RowMistake, beginning};
use crate::line::{By, Row};
use crate::order::{Groups, Order};
use crate::plain::{Plain, WIDTH};

/// The size of the largest configuration space.
pub(crate) const LARGEST: usize = 4096;

/// The most digits that an offset has.
const MOST_DIGITS: usize = 8;

/// The digits of an offset, of which the radix is not known yet.
#[derive(Clone, Copy, Debug)]
struct Digits {
    digits: [u8; MOST_DIGITS],
    length: usize,
}

impl Digits {
    fn new(offset: &str) -> Self {
        let length = offset.len().min(MOST_DIGITS);
        let mut digits = [0; MOST_DIGITS];
        digits[..length].copy_from_slice(&offset.as_bytes()[..length]);
        Self { digits, length }
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.digits[..self.length]).unwrap_or_default()
    }
}

/// A row as it was written.
#[derive(Debug)]
struct Written {
    offset: Digits,
    /// Where its bytes end; they begin where those of the row before it do.
    end: usize,
    /// The row before it is repeated up to this one.
    repeats: bool,
    line: usize,
}

/// The rows of one function.
#[derive(Debug, Default)]
pub(crate) struct Block {
    rows: Vec<Written>,
    groups: Groups,
    /// Those of all rows; repeats are not among them.
    bytes: Vec<u8>,
    /// The rows have no colon, so that `od` may have written their offsets in another radix.
    bare: bool,
    /// Each row is a register, of one byte or more.
    is_of_registers: bool,
    repeats: bool,
    closing: Option<Written>,
    /// What was wrong first. Later rows are not looked at.
    error: Option<ParseError>,
    last_line: usize,
}

impl Block {
    /// The rows of a program that prints numbers, or bytes.
    pub(crate) fn of(by: By) -> Self {
        let groups = if by.prints_numbers() { Groups::of_numbers() } else { Groups::default() };
        Self { groups, is_of_registers: by == By::Setpci, ..Self::default() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.error.is_none()
    }

    pub(crate) fn last_line(&self) -> usize {
        self.last_line
    }

    /// Whether a row at offset 0 can only begin another block.
    pub(crate) fn is_whole(&self) -> bool {
        self.closing.is_some() || (self.error.is_none() && crate::SIZES.contains(&self.bytes.len()))
    }

    /// Whether an offset alone, written like those of the rows, closes the block.
    pub(crate) fn is_closed_by(&self, row: &Row<'_>) -> bool {
        let is_alike = self.rows.first().is_some_and(|first| first.offset.length == row.offset.len());
        row.digits.is_empty() && !row.colon && self.bare && is_alike
    }

    pub(crate) fn repeat(&mut self) {
        self.repeats = !self.rows.is_empty();
    }

    pub(crate) fn close(&mut self, row: &Row<'_>, line: usize) {
        self.last_line = line;
        let (offset, repeats) = (Digits::new(row.offset), std::mem::take(&mut self.repeats));
        self.closing = Some(Written { offset, end: self.bytes.len(), repeats, line });
    }

    pub(crate) fn push(&mut self, row: &Row<'_>, line: usize) {
        self.last_line = line;
        if self.error.is_some() || self.closing.is_some() {
            return;
        }
        self.bare = !row.colon;
        let start = self.bytes.len();
        self.error = match self.groups.read(row, line, &mut self.bytes) {
            Ok(()) if start < LARGEST => return self.end_row(row.offset, line),
            Ok(()) => Some(ParseError::at(line, Problem::TooLong)),
            Err(error) => Some(error),
        };
        self.bytes.truncate(start);
    }

    /// Adds a row of lspci; whether this block may have one.
    pub(crate) fn push_plain(&mut self, row: &Plain<'_>, line: usize) -> bool {
        let goes_on = self.error.is_none() && self.closing.is_none() && self.bytes.len() < LARGEST;
        if !goes_on || !self.groups.are_bytes() {
            return false;
        }
        (self.last_line, self.bare) = (line, false);
        self.bytes.extend_from_slice(&row.bytes);
        self.end_row(row.offset, line);
        true
    }

    fn end_row(&mut self, offset: &str, line: usize) {
        let repeats = std::mem::take(&mut self.repeats);
        self.rows.push(Written { offset: Digits::new(offset), end: self.bytes.len(), repeats, line });
    }

    /// Adds a row only where it continues what is there. The UEFI shell prints some capabilities twice.
    pub(crate) fn push_next(&mut self, row: &Row<'_>, line: usize) {
        if usize::from_str_radix(row.offset, 16) == Ok(self.bytes.len()) && self.bytes.len() < LARGEST {
            self.push(row, line);
        }
    }

    /// The bytes; any number of them.
    pub(crate) fn finish(self) -> Result<Vec<u8>, ParseError> {
        // An offset that is wrong before the row in error is told first.
        let error = self.error.clone();
        let order = match &error {
            None => self.groups.order()?,
            Some(_) => Order::AsWritten,
        };
        let bytes = self.assemble(error)?;
        Ok(self.groups.ordered(bytes, order))
    }

    fn assemble(&self, error: Option<ParseError>) -> Result<Vec<u8>, ParseError> {
        let radices: &[u32] = match self.rows.first() {
            Some(row) if self.bare && row.offset.length == 7 => &[16, 8, 10],
            _ => &[16],
        };
        let mut found: Option<Vec<u8>> = None;
        let mut first: Option<ParseError> = None;
        for &radix in radices {
            match self.in_radix(radix) {
                Ok(bytes) if error.is_none() && (radix == 16 || crate::SIZES.contains(&bytes.len())) => {
                    let is_better = |found: &Vec<u8>| crate::SIZES.contains(&found.len()) && *found != bytes;
                    if found.as_ref().is_some_and(is_better) {
                        let offset = self.closing.as_ref().map_or_else(String::new, |row| row.offset.text().to_owned());
                        return Err(ParseError::at(self.last_line, Problem::AmbiguousOffsets { offset }));
                    }
                    if !found.as_ref().is_some_and(|found| crate::SIZES.contains(&found.len())) {
                        found = Some(bytes);
                    }
                }
                // The radix that explains most of the rows is the one that was meant.
                Err(wrong) if first.as_ref().is_none_or(|first| first.line < wrong.line) => first = Some(wrong),
                Ok(_) | Err(_) => {}
            }
        }
        match (found, first, error) {
            (Some(bytes), _, None) => Ok(bytes),
            (_, Some(error), _) | (_, _, Some(error)) => Err(error),
            (None, None, None) => Ok(Vec::new()),
        }
    }

    /// The bytes if the offsets are in this radix.
    fn in_radix(&self, radix: u32) -> Result<Vec<u8>, ParseError> {
        let mut bytes: Vec<u8> = Vec::with_capacity(self.bytes.len());
        let (mut width, mut start) = (0, 0);
        for row in &self.rows {
            let offset = offset(row, radix)?;
            repeat(&mut bytes, row, width, offset);
            check_offset(offset, bytes.len(), width, row.line)?;
            let own = &self.bytes[std::mem::replace(&mut start, row.end)..row.end];
            if width == 0 {
                let is_width = self.is_of_registers || [4, 8, 16, 32, 64].contains(&own.len());
                width = if is_width { own.len() } else { WIDTH };
            }
            if own.len() != width {
                let problem = Problem::RowWidth { offset, found: own.len(), expected: width };
                return Err(ParseError::at(row.line, problem));
            }
            bytes.extend_from_slice(own);
            if bytes.len() > LARGEST {
                return Err(ParseError::at(row.line, Problem::TooLong));
            }
        }
        if let Some(closing) = &self.closing {
            let end = offset(closing, radix)?;
            repeat(&mut bytes, closing, width, end);
            if end != bytes.len() {
                let problem = Problem::EndOffset { found: end, expected: bytes.len() };
                return Err(ParseError::at(closing.line, problem));
            }
        }
        Ok(bytes)
    }
}

fn offset(row: &Written, radix: u32) -> Result<usize, ParseError> {
    let offset = usize::from_str_radix(row.offset.text(), radix);
    let not = |_| ParseError::at(row.line, Problem::Offset { found: beginning(row.offset.text()), radix });
    match offset.map_err(not)? {
        offset if offset > LARGEST => Err(ParseError::at(row.line, Problem::TooLong)),
        offset => Ok(offset),
    }
}

/// Repeats the last row up to the offset, which is within bounds, if a `*` says so.
fn repeat(bytes: &mut Vec<u8>, row: &Written, width: usize, offset: usize) {
    while row.repeats && width != 0 && bytes.len() < offset {
        bytes.extend_from_within(bytes.len() - width..);
    }
}

fn check_offset(found: usize, expected: usize, width: usize, line: usize) -> Result<(), ParseError> {
    let mistake = match found {
        _ if found == expected => return Ok(()),
        _ if found > expected => RowMistake::Skips,
        _ if width != 0 && found.is_multiple_of(width) => RowMistake::Repeated,
        _ => RowMistake::Overlaps,
    };
    Err(ParseError::at(line, Problem::RowOffset { found, expected, mistake }))
}
