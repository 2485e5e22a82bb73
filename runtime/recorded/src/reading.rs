//! What reading a file gives.

use crate::{Heading, ParseError, Recorded};

/// What is found in a file, one after the other.
#[derive(Debug)]
pub enum Item {
    /// A function.
    Function(Recorded),
    /// A function that was named, or rows, of which no configuration space could be made. The others are not concerned.
    Unread(Unread),
}

/// A function that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The file of an archive that it is in; empty elsewhere.
    pub file: String,
    /// The line that names it, if one does.
    pub heading: Option<Heading>,
    /// Why.
    pub error: ParseError,
}

impl Unread {
    pub(crate) fn new(heading: Option<Heading>, error: ParseError) -> Self {
        Self { file: String::new(), heading, error }
    }

    /// Whether it is but a line of a list: `lspci` without `-x` prints such.
    #[must_use]
    pub fn is_listed_only(&self) -> bool {
        matches!(self.error.problem, crate::Problem::NoRows { .. })
    }
}

/// All that is in a file.
#[derive(Debug, Default)]
pub struct Reading {
    /// The functions, at least one.
    pub functions: Vec<Recorded>,
    /// What could not be read.
    pub unread: Vec<Unread>,
}
