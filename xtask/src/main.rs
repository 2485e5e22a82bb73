//! Generated files of this workspace: make them, or check that they are current. And what a release is made of.

#[cfg(feature = "docs")]
mod docs;
mod grammar;
mod lines;
#[cfg(feature = "release")]
mod release;
#[cfg(feature = "docs")]
mod seen;
mod workspace;

use std::process::ExitCode;

const USAGE: &str = "\
usage: xtask codegen|docs|api [--check]   generated files: the parser, the docs, the public API as text
       xtask api --since REVISION         what is gone from the public API
       xtask seen [--check]               the layouts of `seen/`, from the collection that QUIRK_CORPUS has
       xtask lines [FOLDER]               how long the code is
       xtask package                      packages of the crates, each built on its own
       xtask dist [--profile NAME] [--target-dir FOLDER] [--out FOLDER]
                                          archives of the program and of the C library
       xtask program [--profile NAME] [--target-dir FOLDER]
                                          the program alone, as the archives have it; prints where it is";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (verb, rest) = arguments.split_first().unwrap_or((&"", &[]));
    let done = match (*verb, rest) {
        ("codegen", [] | ["--check"]) => grammar::run(!rest.is_empty()),
        ("lines", [] | [_]) => lines::run(rest.first().copied()),
        #[cfg(feature = "docs")]
        ("docs", [] | ["--check"]) => docs::run(!rest.is_empty()),
        #[cfg(feature = "docs")]
        ("seen", [] | ["--check"]) => seen::run(!rest.is_empty()),
        #[cfg(feature = "release")]
        ("api", [] | ["--check"]) => release::api(!rest.is_empty()),
        #[cfg(feature = "release")]
        ("api", ["--since", revision]) => release::since(revision),
        #[cfg(feature = "release")]
        ("package", []) => release::package(),
        #[cfg(feature = "release")]
        ("program", options) => match release::Plan::of(options) {
            Some(plan) => release::program_alone(plan),
            None => Err(USAGE.to_owned()),
        },
        #[cfg(feature = "release")]
        ("dist", options) => match release::Plan::of(options) {
            Some(plan) => release::dist(plan),
            None => Err(USAGE.to_owned()),
        },
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
