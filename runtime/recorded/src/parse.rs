//! Finds out how configuration spaces were recorded, and reads them one after the other.

use std::io::{self, Read};

use crate::Recorded;
use crate::encoding::{self, Encoding};
use crate::error::{ParseError, Problem};
use crate::lines;
use crate::packed::Packed;
use crate::reading::{Item, Reading};
use crate::scan::Scanner;

/// Bytes that are looked at to find out what a file is: more than the largest configuration space.
pub(crate) const HEAD: usize = 8192;

/// Reads recorded configuration spaces: lspci text of one or many functions among other text, a binary file, or hex in rows or
/// alone. What cannot be read of some functions is passed over; see [`read`].
///
/// # Errors
/// When there is no function that can be read: with the line, what was found and what was expected.
pub fn parse(bytes: &[u8]) -> Result<Vec<Recorded>, ParseError> {
    read(bytes).map(|reading| reading.functions)
}

/// As [`parse`], with what could not be read.
///
/// # Errors
/// As [`parse`].
pub fn read(bytes: &[u8]) -> Result<Reading, ParseError> {
    let mut reading = Reading::default();
    let mut keep = |item| match item {
        Item::Function(function) => reading.functions.push(function),
        Item::Unread(unread) => reading.unread.push(unread),
    };
    // A slice can be read.
    stream(bytes, &mut keep).unwrap_or(Err(ParseError { line: None, problem: Problem::Empty }))?;
    match reading.unread.first().filter(|_| reading.functions.is_empty()) {
        Some(unread) => Err(unread.error.clone()),
        None => Ok(reading),
    }
}

/// Reads recorded configuration spaces and hands each over as soon as it ends, so that memory does not grow with the file.
///
/// The inner result is that of the file: an error if nothing in it could be read.
///
/// # Errors
/// When the file could not be read.
pub fn stream(mut input: impl Read, sink: &mut dyn FnMut(Item)) -> io::Result<Result<(), ParseError>> {
    let mut head = Vec::new();
    input.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
    if head.is_empty() {
        return Ok(Err(ParseError { line: None, problem: Problem::Empty }));
    }
    let encoding = Encoding::of(&head);
    if encoding == Encoding::Binary {
        return binary(&head, input, sink);
    }
    let mut scanner = Scanner::default();
    let read = lines::each(encoding::decoded(encoding, head.chain(input)), |line| scanner.feed(line, sink));
    // What was read before an input broke off counts.
    let ended = scanner.finish(sink);
    read.map(|()| ended)
}

fn binary(head: &[u8], mut rest: impl Read, sink: &mut dyn FnMut(Item)) -> io::Result<Result<(), ParseError>> {
    if let Some(packed) = Packed::of(head).filter(|packed| *packed != Packed::Tar) {
        return Ok(Err(ParseError { line: None, problem: Problem::Compressed { by: packed.name() } }));
    }
    let Some(record) = Recorded::from_bytes(head) else {
        let more = io::copy(&mut rest, &mut io::sink())?;
        let found = usize::try_from(more).unwrap_or(usize::MAX).saturating_add(head.len());
        return Ok(Err(ParseError { line: None, problem: Problem::BinarySize { found } }));
    };
    sink(Item::Function(record));
    Ok(Ok(()))
}
