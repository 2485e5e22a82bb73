//! `quirkc check`: compiles descriptions and shows what is wrong with them.

mod fix;

use std::io::Read;
use std::mem::ManuallyDrop;
use std::path::PathBuf;
use std::process::ExitCode;

use quirk_compiler::files::Disk;
use quirk_compiler::fix::{Change, Fixed};
use quirk_compiler::{Compilation, Input, Options, compile};
use quirk_host::quirk_files;

use crate::config;
use crate::failure::Failure;
use crate::output::print;
use crate::report::{self, Format};

/// Checks descriptions: syntax, names, layouts, matching
///
/// All findings of all files come in one run. Exit code 0: clean, or nothing but warnings. 1: findings. 2: bad usage or
/// unreadable input.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files, or folders of `.quirk` files, less what their ignore files name; `-` is standard input
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    config: config::Args,

    /// What to call the text of standard input; files that it uses lie beside this one
    #[arg(long, value_name = "PATH", default_value = "stdin.quirk")]
    stdin_filename: PathBuf,

    /// Exit with 1 for these too
    #[arg(long, value_enum, value_name = "WHAT")]
    deny: Option<Deny>,

    /// How to print findings
    #[arg(long, value_enum, default_value_t = Format::Full)]
    format: Format,

    /// Show all findings, not just the first 100 of each file; formats other than `full` always do
    #[arg(long)]
    all: bool,

    /// Print how many findings each rule has, instead of the findings
    #[arg(long, conflicts_with = "format")]
    statistics: bool,

    /// Make the fixes that are safe. The fixed text of standard input goes to standard output, findings to standard error
    #[arg(long)]
    fix: bool,

    /// Make those too that may not be what was meant
    #[arg(long)]
    unsafe_fixes: bool,

    /// Show what fixes would change, as a unified diff, and write nothing; exit with 1 if they would change anything
    #[arg(long)]
    diff: bool,
}

/// What counts as a finding beside errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Deny {
    /// Everything
    Warnings,
}

/// Checks, prints, and says how it went.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    if args.unsafe_fixes && !args.fix && !args.diff {
        return Err(Failure::new("`--unsafe-fixes` alone does nothing").help("add `--fix` or `--diff`"));
    }
    let inputs = inputs(args)?;
    let options = args.config.options(&inputs)?;
    if args.fix || args.diff {
        return mend(args, inputs, &options);
    }
    // The process ends soon, and with it all that this holds.
    let compilation = ManuallyDrop::new(compile(inputs, &options, &Disk));
    print(&findings(args, &compilation)?)?;
    summarise(args, &compilation);
    Ok(exit_code(&compilation, args.deny))
}

/// Checks and mends; shows the difference, or writes it and shows what is left.
fn mend(args: &Args, inputs: Vec<Input>, options: &Options) -> Result<ExitCode, Failure> {
    let stdin = inputs.iter().find_map(|input| match input {
        Input::Text(_, text) => Some(text.clone()),
        Input::Path(_) => None,
    });
    let Fixed { compilation, fixes, changes } = quirk_compiler::fix::fix(inputs, options, &Disk, args.unsafe_fixes);
    if args.diff {
        print(&changes.iter().map(fix::diff).collect::<String>())?;
        let changed = u8::from(!changes.is_empty());
        return Ok(if report::is_unreadable(&compilation) { ExitCode::from(2) } else { ExitCode::from(changed) });
    }
    let is_stdin = |change: &Change| stdin.is_some() && fix::is_of(change, &args.stdin_filename);
    for change in changes.iter().filter(|change| !is_stdin(change)) {
        fix::write(change)?;
    }
    let found = findings(args, &compilation)?;
    match &stdin {
        None => print(&found)?,
        Some(text) => {
            print(changes.iter().find(|change| is_stdin(change)).map_or(text, |change| &change.after))?;
            tell(&found);
        }
    }
    if args.format.is_for_people() {
        let fixes = if fixes == 1 { "1 fix".to_owned() } else { format!("{fixes} fixes") };
        let files = report::count(changes.len(), "file");
        tell(&format!("made {fixes} in {files}\n"));
    }
    summarise(args, &compilation);
    Ok(exit_code(&compilation, args.deny))
}

fn findings(args: &Args, compilation: &Compilation) -> Result<String, Failure> {
    if args.statistics {
        return Ok(report::statistics(compilation));
    }
    if args.all && args.format == Format::Full {
        return report::all(compilation);
    }
    report::render(compilation, args.format, args.deny.is_some())
}

fn summarise(args: &Args, compilation: &Compilation) {
    if args.format.is_for_people() {
        tell(&report::summary(compilation));
    }
}

/// Says something on standard error.
fn tell(text: &str) {
    // Nobody is left to be told if this fails.
    let _ = std::io::Write::write_all(&mut anstream::stderr(), text.as_bytes());
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
    let denied = compilation.errors() > 0 || (deny == Some(Deny::Warnings) && !compilation.diagnostics().is_empty());
    ExitCode::from(if report::is_unreadable(compilation) { 2 } else { u8::from(denied) })
}
