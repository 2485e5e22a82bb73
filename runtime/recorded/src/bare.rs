//! Hex digits without offsets: `xxd -p`, `od -An -tx1`, FreeBSD's `pciconf -r -b`, or lines that somebody copied.

use crate::block::LARGEST;
use crate::error::{ParseError, Problem, beginning};
use crate::order::add_digits;

/// A run of lines of hex digits.
#[derive(Debug)]
pub(crate) struct Bare {
    bytes: Vec<u8>,
    /// The first group, and its line.
    first: (String, usize),
    /// All groups so far are as long as the first.
    even: bool,
    error: Option<ParseError>,
    last_line: usize,
}

impl Bare {
    pub(crate) fn new(text: &str, line: usize) -> Self {
        let first = text.split_ascii_whitespace().next().unwrap_or("");
        let mut bare =
            Self { bytes: Vec::new(), first: (first.to_owned(), line), even: true, error: None, last_line: line };
        bare.push(text, line);
        bare
    }

    pub(crate) fn first_line(&self) -> usize {
        self.first.1
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(crate) fn last_line(&self) -> usize {
        self.last_line
    }

    pub(crate) fn push(&mut self, text: &str, line: usize) {
        self.last_line = line;
        for token in text.split_ascii_whitespace() {
            if self.error.is_some() {
                return;
            }
            self.even &= token.len() == self.first.0.len();
            let result = add_digits(token, &mut self.bytes, line);
            let too_long = (self.bytes.len() > LARGEST).then(|| ParseError::at(line, Problem::TooLong));
            self.error = result.err().or(too_long);
        }
    }

    /// The bytes; any number of them. Groups that are all as long as a word may be words.
    pub(crate) fn finish(self) -> Result<Vec<u8>, ParseError> {
        let (found, line) = self.first;
        if self.even && matches!(found.len(), 4 | 8 | 16) {
            let bits = found.len() * 4;
            return Err(ParseError::at(line, Problem::Words { found: beginning(&found), bits }));
        }
        self.error.map_or(Ok(self.bytes), Err)
    }
}
