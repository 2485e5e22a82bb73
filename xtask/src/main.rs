//! Generated files of this workspace: make them, or check that they are current.

#[cfg(feature = "docs")]
mod docs;
mod grammar;
mod workspace;

use std::process::ExitCode;

const USAGE: &str = "usage: xtask codegen|docs [--check]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
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
