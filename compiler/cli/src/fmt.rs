//! `quirkc fmt`: writes descriptions as they ought to be written.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use quirk_dsl::{ColumnUnit, LineIndex, SyntaxError};
use quirk_host::quirk_files;
use tempfile::NamedTempFile;

use crate::failure::Failure;
use crate::output::print;
use crate::unified;

/// Formats descriptions, in place and without options
///
/// Comments, numbers and texts stay as they are. Exit code 0: done, or nothing to do. 1: `--check` or `--diff` found a file
/// that is not formatted. 2: bad usage, a file that cannot be read or written, or one with syntax errors, which is left alone.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files, folders of `.quirk` files, or `-`: from standard input to standard output
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,

    /// Change nothing; name the files that are not formatted
    #[arg(long, conflicts_with = "diff")]
    check: bool,

    /// Change nothing; print what would change
    #[arg(long)]
    diff: bool,
}

/// Formats every file, whatever is wrong with the others.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let (stdin, paths): (Vec<_>, Vec<_>) = args.paths.iter().cloned().partition(|path| path.as_os_str() == "-");
    let mut sources: Vec<Source> = stdin.first().map(|_| Source::Stdin).into_iter().collect();
    sources.extend(quirk_files(&paths)?.into_iter().map(Source::File));
    let (mut differs, mut failed) = (false, false);
    for source in &sources {
        match format(source, args) {
            Ok(same) => differs |= !same,
            Err(failure) => {
                failure.report();
                failed = true;
            }
        }
    }
    Ok(ExitCode::from(match (failed, args.check || args.diff) {
        (true, _) => 2,
        (false, true) => u8::from(differs),
        (false, false) => 0,
    }))
}

/// Where a text comes from and goes to.
enum Source {
    Stdin,
    File(PathBuf),
}

impl Source {
    fn name(&self) -> String {
        match self {
            Self::Stdin => "<stdin>".to_owned(),
            Self::File(path) => path.display().to_string(),
        }
    }

    fn read(&self) -> Result<String, Failure> {
        let result = match self {
            Self::Stdin => {
                let mut text = String::new();
                std::io::stdin().read_to_string(&mut text).map(|_| text)
            }
            Self::File(path) => std::fs::read_to_string(path),
        };
        result.map_err(|error| Failure::new(format_args!("{}: cannot be read: {error}", self.name())))
    }
}

/// Formats one text; says whether it was formatted before.
fn format(source: &Source, args: &Args) -> Result<bool, Failure> {
    let before = source.read()?;
    let after = quirk_dsl::format(&before).map_err(|errors| syntax_errors(source, &before, &errors))?;
    let same = before == after;
    match source {
        _ if args.check => {
            if !same {
                print(&format!("{}\n", source.name()))?;
            }
        }
        _ if args.diff => {
            let name = source.name();
            print(&unified::diff(&before, &after, [&name, &name]))?;
        }
        Source::Stdin => print(&after)?,
        Source::File(path) if !same => {
            replace(path, &after)
                .map_err(|error| Failure::with_file(path, format_args!("cannot be written: {error}")))?;
        }
        Source::File(_) => {}
    }
    Ok(same)
}

fn syntax_errors(source: &Source, text: &str, errors: &[SyntaxError]) -> Failure {
    let index = LineIndex::new(text);
    let mut message = format!("{}: not formatted, it cannot be read without errors", source.name());
    for error in errors {
        let place = index.locate(text, error.span.start, ColumnUnit::Chars);
        let (line, column) = (place.line + 1, place.column + 1);
        // A `String` takes all that is written.
        let _ = write!(message, "\n  {}:{line}:{column}: {} {}", source.name(), error.code, error.message);
    }
    Failure::new(message).help("`quirkc check` shows the places, and the ways out")
}

/// Puts a text in the place of a file's, whole or not at all. A link stays one, and the file keeps its permissions.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let path = path.canonicalize()?;
    let permissions = path.metadata()?.permissions();
    if permissions.readonly() {
        return Err(std::io::ErrorKind::PermissionDenied.into());
    }
    let mut file = NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(permissions)?;
    file.as_file().sync_all()?;
    file.persist(&path)?;
    Ok(())
}
