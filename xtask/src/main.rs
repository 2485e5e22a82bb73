//! Generated files of this workspace: make them, or check that they are current.

#[cfg(feature = "docs")]
mod docs;
mod grammar;
mod lines;
mod workspace;

use std::process::ExitCode;

const USAGE: &str = "usage: xtask codegen|docs [--check], xtask lines [FOLDER]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let ["lines", folder @ ..] = arguments.as_slice() {
        return said(lines::run(folder.first().copied()));
    }
    let (verb, check) = match arguments.as_slice() {
        [verb] => (*verb, false),
        [verb, "--check"] => (*verb, true),
        _ => ("", false),
    };
    let done = match verb {
        "codegen" => grammar::run(check),
        #[cfg(feature = "docs")]
        "docs" => docs::run(check),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    said(done)
}

fn said(done: Result<String, String>) -> ExitCode {
    match done {
        Ok(message) => {
            println!("{message}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
