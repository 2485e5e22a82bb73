//! `quirkc check`: compiles descriptions and shows what is wrong with them.

mod json;

use std::fmt::Write;
use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;

use miette::{GraphicalReportHandler, GraphicalTheme};
use quirk_compiler::diagnostic::{Concise, Rendered, Severity};
use quirk_compiler::files::Disk;
use quirk_compiler::{Compilation, Input, Options, compile};

use crate::failure::Failure;
use crate::files::quirk_files;
use crate::output::print;

/// Checks descriptions: syntax, names, layouts, matching
///
/// All findings of all files come in one run. Exit code 0: clean, or nothing but warnings. 1: findings. 2: bad usage or
/// unreadable input.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files, or folders of `.quirk` files, less what their ignore files name; `-` is standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    /// Folders where `use` looks for files that do not lie beside the one that names them
    #[arg(long, short = 'L', value_name = "FOLDER")]
    library: Vec<PathBuf>,

    /// What to call the text of standard input; files that it uses lie beside this one
    #[arg(long, value_name = "PATH", default_value = "stdin.quirk")]
    stdin_filename: PathBuf,

    /// Exit with 1 for these too
    #[arg(long, value_enum, value_name = "WHAT")]
    deny: Option<Deny>,

    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Full)]
    format: Format,
}

/// What counts as a finding beside errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Deny {
    /// Everything
    Warnings,
}

/// What to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Findings with the text that they are about
    Full,
    /// A line for each finding, and lines for the other places and the way out
    Concise,
    /// One object; see docs/check-json.md
    Json,
}

/// Checks, prints, and says how it went.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let options = Options { libraries: args.library.clone(), ..Options::default() };
    let compilation = compile(inputs(args)?, &options, &Disk);
    print(&match args.format {
        Format::Full => full(&compilation)?,
        Format::Concise => concise(&compilation),
        Format::Json => json::report(&compilation)?,
    })?;
    if args.format != Format::Json {
        // Nobody is left to be told if this fails.
        let _ = std::io::Write::write_all(&mut anstream::stderr(), summary(&compilation).as_bytes());
    }
    Ok(exit_code(&compilation, args.deny))
}

fn inputs(args: &Args) -> Result<Vec<Input>, Failure> {
    let (stdin, paths): (Vec<&PathBuf>, Vec<&PathBuf>) = args.paths.iter().partition(|path| path.as_os_str() == "-");
    let paths: Vec<PathBuf> = paths.into_iter().cloned().collect();
    let mut inputs: Vec<Input> = quirk_files(&paths)?.into_iter().map(Input::Path).collect();
    if !stdin.is_empty() {
        let mut text = String::new();
        let read = std::io::stdin().read_to_string(&mut text);
        read.map_err(|error| Failure::new(format_args!("cannot read standard input: {error}")))?;
        inputs.push(Input::Text(args.stdin_filename.clone(), text));
    }
    Ok(inputs)
}

fn exit_code(compilation: &Compilation, deny: Option<Deny>) -> ExitCode {
    let findings = compilation.diagnostics();
    let unreadable = findings.iter().any(|found| found.rule.code / 100 == 9);
    let denied = compilation.errors() > 0 || (deny == Some(Deny::Warnings) && !findings.is_empty());
    ExitCode::from(if unreadable { 2 } else { u8::from(denied) })
}

fn full(compilation: &Compilation) -> Result<String, Failure> {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode()).with_width(100).with_links(false);
    let mut text = String::new();
    for found in compilation.diagnostics() {
        let drawn = handler.render_report(&mut text, &Rendered::new(found, compilation.sources()));
        drawn.map_err(|_| Failure::new("a finding cannot be drawn"))?;
        text.push('\n');
    }
    Ok(text)
}

fn concise(compilation: &Compilation) -> String {
    let sources = compilation.sources();
    compilation.diagnostics().iter().fold(String::new(), |mut text, diagnostic| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", Concise { diagnostic, sources });
        text
    })
}

/// `2 errors and 1 warning in 3 files`
fn summary(compilation: &Compilation) -> String {
    let count = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let warnings = compilation.diagnostics().iter().filter(|found| found.severity == Severity::Warning).count();
    let files = count(compilation.sources().iter().count(), "file");
    match (compilation.errors(), warnings) {
        (0, 0) => format!("no findings in {files}\n"),
        (0, warnings) => format!("{} in {files}\n", count(warnings, "warning")),
        (errors, 0) => format!("{} in {files}\n", count(errors, "error")),
        (errors, warnings) => format!("{} and {} in {files}\n", count(errors, "error"), count(warnings, "warning")),
    }
}
