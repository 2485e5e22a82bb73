//! Why the program ends early: a message and an exit code.

use std::fmt::Display;
use std::path::Path;
use std::process::ExitCode;

/// Why the program ends early.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    code: u8,
}

impl From<quirk_host::Error> for Failure {
    fn from(error: quirk_host::Error) -> Self {
        let help = error.help().map_or_else(String::new, |help| format!("\nhelp: {help}"));
        Self::new(format_args!("{error}{help}"))
    }
}

impl Failure {
    /// Bad usage, unreadable input, or a device or connection that failed.
    pub(crate) fn new(message: impl Display) -> Self {
        Self { message: message.to_string(), code: 2 }
    }

    /// Something is wrong with a file.
    pub(crate) fn with_file(path: &Path, problem: impl Display) -> Self {
        Self::new(format_args!("`{}`: {problem}", path.display()))
    }

    /// PASID is not where it was asked for.
    pub(crate) fn refused(message: impl Display) -> Self {
        Self { message: message.to_string(), code: 1 }
    }

    /// Prints it to standard error.
    pub(crate) fn report(&self) -> ExitCode {
        eprintln!("error: {}", self.message);
        ExitCode::from(self.code)
    }
}
