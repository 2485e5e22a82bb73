//! How far it is, on standard error.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use crate::output::remark;
use crate::report::count;

/// When to say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum When {
    /// On a terminal
    Auto,
    /// Also where it is no terminal, a line each time
    Always,
    /// Not at all
    Never,
}

/// No more often than a person can read.
const EVERY: Duration = Duration::from_millis(250);

/// Says how many files are done.
#[derive(Debug)]
pub(super) struct Progress {
    is_on: bool,
    is_terminal: bool,
    files: usize,
    last: Instant,
    /// Something was said, and has to be wiped away.
    said: bool,
}

impl Progress {
    pub(super) fn new(when: When, files: usize) -> Self {
        let is_terminal = std::io::stderr().is_terminal();
        let is_on = match when {
            When::Auto => is_terminal,
            When::Always => true,
            When::Never => false,
        };
        Self { is_on, is_terminal, files, last: Instant::now(), said: false }
    }

    /// So many files are done, with so many functions.
    pub(super) fn at(&mut self, done: usize, functions: usize) {
        let is_last = done == self.files;
        if !self.is_on || (!is_last && self.last.elapsed() < EVERY) {
            return;
        }
        self.last = Instant::now();
        let text = format!("{done} of {}, {}", count(self.files, "file"), count(functions, "function"));
        match (self.is_terminal, is_last) {
            (false, _) => remark(&format!("{text}\n")),
            (true, false) => remark(&format!("\r\u{1b}[K{text}")),
            (true, true) if self.said => remark("\r\u{1b}[K"),
            (true, true) => {}
        }
        self.said = true;
    }
}
