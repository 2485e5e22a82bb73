//! Tests for `cargo test`: what the module that [`Build::tests`](crate::Build::tests) writes calls.

use std::fmt;
use std::path::PathBuf;

use super::Test;
use crate::diagnostic::{Concise, Severity};
use crate::files::Disk;
use crate::source::Sources;
use crate::{Compilation, Input, Options, compile};

/// Descriptions, compiled once for all tests of a module.
#[derive(Debug)]
pub struct Suite(Compilation);

impl Suite {
    /// Compiles files, as a build script did.
    #[must_use]
    pub fn new(files: &[&str], libraries: &[&str]) -> Self {
        let inputs = files.iter().map(|file| Input::Path(file.into())).collect();
        let libraries = libraries.iter().map(PathBuf::from).collect();
        Self(compile(inputs, &Options { libraries, ..Options::default() }, &Disk))
    }

    /// Runs the test with a title in a file.
    ///
    /// # Errors
    /// What was not as expected, a line for each failure with file, line and column; or that there is no such test.
    pub fn run(&self, file: &str, title: &str) -> Result<(), Failed> {
        let sources = self.0.sources();
        let error = self.0.diagnostics().iter().find(|found| found.severity == Severity::Error);
        if let Some(diagnostic) = error {
            return Err(Failed(Concise { diagnostic, sources }.to_string()));
        }
        let tests = self.0.tests();
        let test = tests.iter().find(|test| test.title() == title && test.file() == file);
        let Some(test) = test else { return Err(Failed(format!("{file}: there is no test \"{title}\" any more"))) };
        let failures = test.lines(sources);
        if failures.is_empty() { Ok(()) } else { Err(Failed(failures.join("\n"))) }
    }
}

/// Why a test failed. `Debug` is what cargo shows, so it reads like `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Failed(String);

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Failed {}

impl Test<'_> {
    /// Runs it; a line for each failure: `file:line:column: expected .., found ..`.
    fn lines(&self, sources: &Sources) -> Vec<String> {
        let failures = self.run().failures;
        let line = |failure: &super::Failure| {
            let at = sources.position(failure.place);
            let (file, line, column) = (self.file(), at.line, at.column);
            format!("{file}:{line}:{column}: expected {}, found {}", failure.expected, failure.found)
        };
        failures.iter().map(line).collect()
    }
}
