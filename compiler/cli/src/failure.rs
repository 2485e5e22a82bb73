//! Why a verb could not do its work: bad usage, unreadable input, an output that cannot be written. Exit code 2.

use std::fmt::Display;
use std::path::Path;
use std::process::ExitCode;

use anstyle::AnsiColor;

/// What is said before the program ends with exit code 2.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    help: Option<String>,
}

impl From<quirk_host::Error> for Failure {
    fn from(error: quirk_host::Error) -> Self {
        Self { message: error.to_string(), help: error.help().map(str::to_owned) }
    }
}

impl From<quirk_draft::Error> for Failure {
    fn from(error: quirk_draft::Error) -> Self {
        Self { message: error.to_string(), help: error.help().map(str::to_owned) }
    }
}

impl Failure {
    pub(crate) fn new(message: impl Display) -> Self {
        Self { message: message.to_string(), help: None }
    }

    /// A failure with a file.
    pub(crate) fn with_file(path: &Path, problem: impl Display) -> Self {
        Self::new(format_args!("{}: {problem}", path.display()))
    }

    /// Adds the way out.
    pub(crate) fn help(self, help: impl Display) -> Self {
        Self { help: Some(help.to_string()), ..self }
    }

    /// Prints it to standard error.
    pub(crate) fn report(&self) -> ExitCode {
        let (error, help) = (AnsiColor::Red.on_default().bold(), AnsiColor::Cyan.on_default().bold());
        let mut text = format!("{error}error{error:#}: {}\n", self.message);
        if let Some(way_out) = &self.help {
            text += &format!("{help}help{help:#}: {way_out}\n");
        }
        // Nobody is left to be told if this fails.
        let _ = std::io::Write::write_all(&mut anstream::stderr(), text.as_bytes());
        ExitCode::from(2)
    }
}
