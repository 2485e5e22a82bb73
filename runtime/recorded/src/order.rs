//! Groups of digits in a row, and whether their bytes are in the order of memory.
//!
//! `xxd -e`, U-Boot's `display.l` and `od -x` print words; nothing in their digits tells them from the bytes that `xxd` prints
//! two by two. The column of characters beside them does: it is always in the order of memory. So does the command that printed
//! them, where it is in the text.

use crate::error::{ParseError, Problem, beginning};
use crate::line::{Row, is_hex};

/// In which order a group's bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    AsWritten,
    /// The last byte of a group is the first of memory.
    Reversed,
}

/// What the rows of a block tell of their groups.
#[derive(Debug)]
pub(crate) struct Groups {
    /// Bytes in a group; 0 before the first row.
    size: usize,
    /// The first group of more than one byte, and its line.
    first: Option<(String, usize)>,
    /// Every row has a column of characters.
    columns: bool,
    as_written: bool,
    reversed: bool,
    /// The program that printed them prints numbers.
    are_numbers: bool,
}

impl Default for Groups {
    fn default() -> Self {
        Self { size: 0, first: None, columns: true, as_written: true, reversed: true, are_numbers: false }
    }
}

impl Groups {
    /// Groups of a program that is known to print numbers.
    pub(crate) fn of_numbers() -> Self {
        Self { are_numbers: true, ..Self::default() }
    }

    /// Adds the bytes of a row in the order in which they are written.
    pub(crate) fn read(&mut self, row: &Row<'_>, line: usize, bytes: &mut Vec<u8>) -> Result<(), ParseError> {
        let start = bytes.len();
        for token in tokens(row.digits) {
            if self.size == 0 && is_hex(token) && token.len().is_multiple_of(2) {
                self.size = token.len() / 2;
            }
            if self.size <= 1 {
                bytes.push(byte(token, line)?);
                continue;
            }
            if self.first.is_none() {
                self.first = Some((beginning(token), line));
            }
            add_digits(token, bytes, line)?;
        }
        if self.size > 1 {
            self.compare(&bytes[start..], row.column);
        }
        Ok(())
    }

    /// Whether a row may be of single bytes; from then on all are.
    pub(crate) fn are_bytes(&mut self) -> bool {
        self.size = self.size.max(1);
        self.size == 1
    }

    fn compare(&mut self, bytes: &[u8], column: Option<&str>) {
        let Some(column) = column.filter(|column| column.chars().count() <= bytes.len()) else {
            self.columns = false;
            return;
        };
        let mut reversed = bytes.to_vec();
        reversed.chunks_mut(self.size).for_each(<[u8]>::reverse);
        self.as_written &= agrees(bytes, column);
        self.reversed &= agrees(&reversed, column);
    }

    /// In which order the bytes are, where that is certain.
    pub(crate) fn order(&self) -> Result<Order, ParseError> {
        let Some((found, line)) = &self.first else { return Ok(Order::AsWritten) };
        if self.are_numbers {
            return Ok(Order::Reversed);
        }
        match (self.columns, self.as_written, self.reversed, self.size) {
            // Two by two is how `xxd` prints bytes, and its column does not say otherwise.
            (true, true, _, 2) | (true, true, false, _) => Ok(Order::AsWritten),
            (true, false, true, _) => Ok(Order::Reversed),
            // Longer than any word.
            (_, true, _, size) if size > 8 => Ok(Order::AsWritten),
            _ => {
                let problem = Problem::Words { found: found.clone(), bits: self.size * 8 };
                Err(ParseError::at(*line, problem))
            }
        }
    }

    pub(crate) fn ordered(&self, mut bytes: Vec<u8>, order: Order) -> Vec<u8> {
        if order == Order::Reversed {
            bytes.chunks_mut(self.size.max(1)).for_each(<[u8]>::reverse);
        }
        bytes
    }
}

/// Whether these characters are what a dump prints beside the bytes.
fn agrees(bytes: &[u8], column: &str) -> bool {
    let print = |byte: u8| if (0x20..0x7f).contains(&byte) { char::from(byte) } else { '.' };
    column.chars().zip(bytes).all(|(found, &byte)| found == print(byte))
}

/// Groups of digits; the UEFI shell has a dash in the middle of a row.
fn tokens(digits: &str) -> impl Iterator<Item = &str> {
    let is_pair = |token: &str| token.split_once('-').is_some_and(|(a, b)| is_hex(a) && is_hex(b));
    digits.split_ascii_whitespace().flat_map(move |token| {
        let (first, second) = if is_pair(token) { token.split_at(token.find('-').unwrap_or(0)) } else { (token, "") };
        [first, second.trim_start_matches('-')].into_iter().filter(|part| !part.is_empty())
    })
}

/// The byte of two hex digits.
pub(crate) fn byte(token: &str, line: usize) -> Result<u8, ParseError> {
    let byte = if token.len() == 2 && is_hex(token) { u8::from_str_radix(token, 16).ok() } else { None };
    byte.ok_or_else(|| ParseError::at(line, Problem::Byte { found: beginning(token) }))
}

/// Adds the bytes of a run of hex digits.
pub(crate) fn add_digits(token: &str, bytes: &mut Vec<u8>, line: usize) -> Result<(), ParseError> {
    if !is_hex(token) {
        return Err(ParseError::at(line, Problem::Byte { found: beginning(token) }));
    }
    if !token.len().is_multiple_of(2) {
        return Err(ParseError::at(line, Problem::OddDigits { found: beginning(token) }));
    }
    for at in (0..token.len()).step_by(2) {
        bytes.push(byte(&token[at..at + 2], line)?);
    }
    Ok(())
}
