//! Case folders: `main.quirk` beside the findings and the Rust that come of it, and the C where `golden.h` is there.
//!
//! `QUIRK_BLESS=1` writes what came out as what is expected; look at the difference before you commit it.

use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use quirk_compiler::diagnostic::Concise;
use quirk_compiler::files::Files;
use quirk_compiler::{Compilation, Input, Options, compile};

/// The files of one case, by paths that are the same on every machine.
struct Case(PathBuf);

impl Files for Case {
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        fs::read(self.0.join(path))
    }

    fn identity(&self, path: &Path) -> std::io::Result<PathBuf> {
        fs::canonicalize(self.0.join(path))
    }
}

fn main() -> std::io::Result<()> {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut trials = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        trials.push(Trial::test(name, move || run(&Case(entry.path()))));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn run(case: &Case) -> Result<(), Failed> {
    let compilation = compile(vec![Input::Path("main.quirk".into())], &Options::default(), case);
    let sources = compilation.sources();
    let found: String =
        compilation.diagnostics().iter().map(|diagnostic| format!("{}\n", Concise { diagnostic, sources })).collect();
    expect(&case.0.join("findings.txt"), &found)?;
    let Some(database) = compilation.database() else { return Ok(()) };
    quirk_runtime::Database::load(database)?;
    failures(case, &compilation)?;
    let rust = compilation.rust().ok_or("there is a database but no Rust")?;
    expect(&case.0.join("golden.rs"), &rust)?;
    let header = case.0.join("golden.h");
    if header.exists() {
        expect(&header, &compilation.c().ok_or("there is a database but no C")?)?;
    }
    formatted(&case.0.join("golden.rs"))
}

/// Its tests pass, except where `failures.txt` says which fail, and how.
fn failures(case: &Case, compilation: &Compilation) -> Result<(), Failed> {
    let mut text = String::new();
    for test in compilation.tests() {
        for failure in test.run().failures {
            let at = compilation.sources().line(failure.place);
            text += &format!("{at}: {}\n  expected {}\n  found {}\n", test.title(), failure.expected, failure.found);
        }
    }
    let path = case.0.join("failures.txt");
    if path.exists() || !text.is_empty() { expect(&path, &text) } else { Ok(()) }
}

fn expect(path: &Path, text: &str) -> Result<(), Failed> {
    if std::env::var_os("QUIRK_BLESS").is_some() {
        fs::write(path, text)?;
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    if expected == text { Ok(()) } else { Err(format!("`{}` differs; now:\n{text}", path.display()).into()) }
}

/// Generated Rust is as rustfmt leaves it, where there is rustfmt.
fn formatted(path: &Path) -> Result<(), Failed> {
    let rustfmt = std::process::Command::new("rustfmt")
        .args(["--check", "--edition", "2024", "--config", "max_width=100,use_small_heuristics=Default"])
        .arg(path)
        .output();
    match rustfmt {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(String::from_utf8_lossy(&output.stdout).into_owned().into()),
        Err(_) => {
            println!("skipped: there is no rustfmt to check `{}` with", path.display());
            Ok(())
        }
    }
}
