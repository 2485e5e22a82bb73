//! Reads what `lspci -x`, `-xxx` and `-xxxx` print: functions, decode text that is passed over, and rows of 16 bytes.

use crate::error::{ParseError, Problem};
use crate::hex::{self, LARGEST};
use crate::parse::finish;
use crate::{Address, Recorded};

/// Bytes in a row.
const WIDTH: usize = 16;

/// Whether any line names a function.
pub(crate) fn names_a_function(text: &str) -> bool {
    text.lines().any(|line| function(line).is_some())
}

/// The address and description, if the line names a function. Decode text is indented, so it never does.
fn function(line: &str) -> Option<(Address, &str)> {
    let (address, description) = line.split_once(' ').unwrap_or((line.trim_end(), ""));
    Some((address.parse().ok()?, description.trim()))
}

/// The offset and the rest, if the line looks like a row.
fn row(line: &str) -> Option<(usize, &str)> {
    let (offset, rest) = line.split_once(':')?;
    let is_offset = (2..=4).contains(&offset.len()) && offset.bytes().all(|byte| byte.is_ascii_hexdigit());
    let offset = usize::from_str_radix(offset, 16).ok().filter(|_| is_offset)?;
    rest.starts_with([' ', '\t']).then_some((offset, rest))
}

struct Function<'text> {
    address: Address,
    description: &'text str,
    bytes: Vec<u8>,
    last_line: usize,
}

impl Function<'_> {
    fn add_row(&mut self, offset: usize, rest: &str, line: usize) -> Result<(), ParseError> {
        self.last_line = line;
        hex::check_offset(offset, self.bytes.len(), WIDTH, line)?;
        if offset >= LARGEST {
            return Err(ParseError::at(line, Problem::TooLong));
        }
        let before = self.bytes.len();
        for token in rest.split_ascii_whitespace() {
            self.bytes.push(hex::byte(token, line)?);
        }
        hex::check_width(offset, self.bytes.len() - before, WIDTH, line)
    }

    fn finish(self) -> Result<Recorded, ParseError> {
        let name = format!("function `{}`", self.address);
        if self.bytes.is_empty() {
            return Err(ParseError::at(self.last_line, Problem::NoRows { function: name }));
        }
        let record = finish(&name, &self.bytes, self.last_line)?;
        Ok(record.named(Some(self.address), self.description.to_owned()))
    }
}

/// Reads all functions.
pub(crate) fn parse(text: &str) -> Result<Vec<Recorded>, ParseError> {
    let mut records = Vec::new();
    let mut current: Option<Function<'_>> = None;
    for (line, text) in (1..).zip(text.lines()) {
        if let Some((address, description)) = function(text) {
            let next = Function { address, description, bytes: Vec::new(), last_line: line };
            if let Some(function) = current.replace(next) {
                records.push(function.finish()?);
            }
        } else if let Some((offset, rest)) = row(text) {
            match &mut current {
                Some(function) => function.add_row(offset, rest, line)?,
                None => return Err(ParseError::at(line, Problem::RowBeforeFunction { offset })),
            }
        }
    }
    if let Some(function) = current {
        records.push(function.finish()?);
    }
    Ok(records)
}
