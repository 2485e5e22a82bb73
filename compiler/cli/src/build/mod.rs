//! `quirkc build`: compiles descriptions and writes what came of them, as Rust, C, JSON or a database file.

mod depfile;
mod output;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use output::Output;
use quirk_compiler::diagnostic::Concise;
use quirk_compiler::files::Disk;
use quirk_compiler::{Compilation, Input, compile};
use quirk_host::quirk_files;

use crate::config;
use crate::failure::Failure;

/// Compiles descriptions to Rust, C, JSON or a database file
///
/// What is written depends on the descriptions alone, and a file that says the same already is left alone. Exit code 0:
/// written, or as it should be. 1: errors in the descriptions, or `--check` found a difference. 2: bad usage, an unreadable
/// input or an output that cannot be written.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files, or folders of `.quirk` files, less what their ignore files name
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,

    /// What to write
    #[arg(long, value_enum, value_name = "WHAT")]
    emit: Emit,

    /// Where to write it; `-` is standard output
    #[arg(long, short, value_name = "OUT")]
    output: PathBuf,

    /// Write, as a rule for make or ninja, which files the output was made from
    #[arg(long, value_name = "FILE")]
    depfile: Option<PathBuf>,

    /// Write nothing; say whether the output is what would be written
    #[arg(long)]
    check: bool,

    #[command(flatten)]
    config: config::Args,
}

/// What to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Emit {
    /// A module with a static `DATABASE`, for a crate that depends on `quirk-runtime`
    Rust,
    /// One C11 header, for a kernel driver or QEMU
    C,
    /// All facts in words and numbers; see docs/db-json.md
    Json,
    /// A file that the runtime loads
    Db,
}

/// Compiles, writes, and says how it went.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let output = Output::of(&args.output);
    if output == Output::Stdout && args.check {
        return Err(Failure::new("`--check` compares with a file, but `--output` is `-`").help("name the file"));
    }
    if output == Output::Stdout && args.depfile.is_some() {
        let failure = Failure::new("`--depfile` says what a file was made from, but `--output` is `-`");
        return Err(failure.help("name the file with `--output`, or leave `--depfile` out"));
    }
    let inputs: Vec<Input> = quirk_files(&args.paths)?.into_iter().map(Input::Path).collect();
    let options = args.config.options(&inputs)?;
    let compilation = compile(inputs, &options, &Disk);
    show(&compilation);
    if compilation.errors() > 0 {
        return Ok(ExitCode::from(if unreadable(&compilation) { 2 } else { 1 }));
    }
    let bytes = emitted(args.emit, &compilation)
        .ok_or_else(|| Failure::new("the descriptions are too large for one database"))?;
    if args.check {
        return Ok(match output.difference(&bytes)? {
            None => ExitCode::SUCCESS,
            Some(difference) => {
                say(&format!("{difference}\nhelp: write it again with the same command without `--check`\n"));
                ExitCode::from(1)
            }
        });
    }
    output.write(&bytes)?;
    if let Some(depfile) = &args.depfile {
        let inputs: Vec<&Path> = compilation.sources().iter().map(quirk_compiler::Source::path).collect();
        Output::File(depfile).write(depfile::rule(&args.output, &inputs)?.as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn emitted(emit: Emit, compilation: &Compilation) -> Option<Vec<u8>> {
    match emit {
        Emit::Rust => compilation.rust().map(String::into_bytes),
        Emit::C => compilation.c().map(String::into_bytes),
        Emit::Json => compilation.json().map(String::into_bytes),
        Emit::Db => compilation.database().map(<[u8]>::to_vec),
    }
}

/// Standard output may be the output: what was found goes to standard error.
fn show(compilation: &Compilation) {
    let sources = compilation.sources();
    for diagnostic in compilation.diagnostics() {
        say(&format!("{}\n", Concise { diagnostic, sources }));
    }
}

fn unreadable(compilation: &Compilation) -> bool {
    compilation.diagnostics().iter().any(|found| found.rule.code / 100 == 9)
}

fn say(text: &str) {
    // Nobody is left to be told if this fails.
    let _ = std::io::Write::write_all(&mut anstream::stderr(), text.as_bytes());
}
