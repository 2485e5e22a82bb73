//! Finds out how a configuration space was recorded.

use crate::error::{ParseError, Problem};
use crate::{Recorded, hex, lspci};

/// Reads a recorded configuration space: lspci text of one or many functions, a binary file, or hex rows or bytes.
///
/// # Errors
/// When the bytes are none of these, or are damaged: with the line, what was found and what was expected.
pub fn parse(bytes: &[u8]) -> Result<Vec<Recorded>, ParseError> {
    if bytes.is_empty() {
        return Err(ParseError { line: None, problem: Problem::Empty });
    }
    if !is_text(bytes) {
        let record = Recorded::from_bytes(bytes);
        let problem = || ParseError { line: None, problem: Problem::BinarySize { found: bytes.len() } };
        return record.map(|record| vec![record]).ok_or_else(problem);
    }
    // Names of devices may be in any encoding; they do not matter to the bytes.
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    if lspci::names_a_function(text) { lspci::parse(text) } else { hex::parse(text).map(|record| vec![record]) }
}

/// Text has no control characters but white space, and is ASCII for the most part: a gone device is all `0xff`.
fn is_text(bytes: &[u8]) -> bool {
    let is_control = |byte: &u8| byte.is_ascii_control() && !byte.is_ascii_whitespace();
    let ascii = bytes.iter().filter(|byte| byte.is_ascii()).count();
    !bytes.iter().any(is_control) && ascii > bytes.len() / 2
}

/// Makes a record of the bytes that the rows of `function` gave; `line` is the last of them.
pub(crate) fn finish(function: &str, bytes: &[u8], line: usize) -> Result<Recorded, ParseError> {
    Recorded::from_bytes(bytes).ok_or_else(|| {
        ParseError::at(line, Problem::FunctionSize { function: function.to_owned(), found: bytes.len() })
    })
}

/// The first characters of a line, for a message.
pub(crate) fn beginning(line: &str) -> String {
    const LONGEST: usize = 40;
    let line = line.trim();
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}..", &line[..end]),
        None => line.to_owned(),
    }
}
