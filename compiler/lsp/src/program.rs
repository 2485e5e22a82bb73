//! What the program around the server knows and the server does not: its configuration, and how it draws.

use std::path::PathBuf;

use quirk_compiler::catalogue::{Level, Rule};
use quirk_compiler::diagnostic::Diagnostic;
use quirk_compiler::{Options, Sources};
use quirk_runtime::Database;
use serde_json::Value;

/// The program that serves.
pub trait Program: Send + Sync {
    /// Its version.
    fn version(&self) -> &'static str;

    /// What its configuration is called, wherever it lies.
    fn configuration(&self) -> &'static str;

    /// What the text of a configuration at a path says.
    ///
    /// # Errors
    /// What is wrong with it, each with its place.
    fn settings(&self, path: &std::path::Path, text: &str) -> Result<Settings, Wrong>;

    /// The map of what a device of a database declares; none if it has no such device.
    fn draw(&self, database: Database<'_>, device: &str) -> Option<Drawing>;
}

/// What a configuration says.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Folders where `use` looks for files.
    pub libraries: Vec<PathBuf>,
    /// Rules whose level is not their own.
    pub levels: Vec<(&'static Rule, Level)>,
}

impl Settings {
    /// What the compiler is told.
    pub(crate) fn options(&self) -> Options {
        Options { libraries: self.libraries.clone(), levels: self.levels.clone(), ..Options::default() }
    }
}

/// What is wrong with a configuration.
#[derive(Clone, Debug)]
pub struct Wrong {
    /// Its text.
    pub sources: Sources,
    /// What was found.
    pub found: Vec<Diagnostic>,
}

/// A map.
#[derive(Clone, Debug)]
pub struct Drawing {
    /// For a person.
    pub text: String,
    /// For a program.
    pub report: Value,
}
