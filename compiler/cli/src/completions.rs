//! `quirkc completions`: what a shell needs to complete verbs, options and their values.

use std::process::ExitCode;

use clap_complete::{Shell, generate};

use crate::failure::Failure;
use crate::output::print;

/// Prints completions for a shell
///
/// For bash: `quirkc completions bash > ~/.local/share/bash-completion/completions/quirkc`. Exit code 0: printed. 2: bad usage.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints them.
pub(crate) fn run(args: &Args, mut program: clap::Command) -> Result<ExitCode, Failure> {
    let mut text = Vec::new();
    generate(args.shell, &mut program, "quirkc", &mut text);
    print(&String::from_utf8(text).map_err(Failure::new)?)?;
    Ok(ExitCode::SUCCESS)
}
