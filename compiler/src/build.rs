//! The face of the compiler for a `build.rs`: finds files, compiles them to Rust, and tells cargo what to watch.
//!
//! This module alone speaks to cargo: it prints `cargo::` lines and reads `OUT_DIR`.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Component, Path, PathBuf};

use crate::diagnostic::{Concise, Severity};
use crate::files::Disk;
use crate::rust_tests;
use crate::{Compilation, Input, Options, compile};
use quirk_dsl::Ordered as _;

/// Compiles descriptions in a build script.
///
/// ```no_run
/// fn main() -> Result<(), quirk_compiler::BuildError> {
///     quirk_compiler::Build::new().files("quirks/**/*.quirk").emit()
/// }
/// ```
///
/// The crate then says `include!(concat!(env!("OUT_DIR"), "/quirks.rs"));`, has a static `DATABASE`, and needs
/// `quirk-runtime`. The bytes lie in `quirks.db` beside it.
#[derive(Clone, Debug)]
pub struct Build {
    patterns: Vec<String>,
    options: Options,
    out: PathBuf,
    tests: Option<PathBuf>,
}

impl Default for Build {
    fn default() -> Self {
        Self { patterns: vec![], options: Options::default(), out: PathBuf::from("quirks.rs"), tests: None }
    }
}

/// Why nothing was emitted. `Debug` is what cargo shows when `main` returns it, so it reads like `Display`.
pub enum Error {
    /// A pattern cannot be read.
    Pattern(String, String),
    /// No file fits the pattern.
    NoFiles(String),
    /// A folder or file cannot be read or written.
    Io(PathBuf, std::io::Error),
    /// Cargo did not say where the output goes, and the path is relative.
    NoOutDir,
    /// The descriptions have errors.
    Descriptions(Vec<String>),
    /// The tables are larger than an encoding can be.
    TooLarge,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pattern(pattern, why) => write!(f, "the pattern `{pattern}` cannot be read: {why}"),
            Self::NoFiles(pattern) => write!(f, "no file fits the pattern `{pattern}`"),
            Self::Io(path, error) => write!(f, "`{}`: {error}", path.display()),
            Self::NoOutDir => f.write_str("`OUT_DIR` is not set: run this in a build script, or give an absolute path"),
            Self::Descriptions(errors) => {
                let count = errors.len();
                let plural = if count == 1 { "" } else { "s" };
                write!(f, "{count} error{plural} in the descriptions")?;
                errors.iter().try_for_each(|error| write!(f, "\n{error}"))
            }
            Self::TooLarge => f.write_str("the tables are larger than 4 GiB"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}

impl Build {
    /// A build of nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds files: a path, a folder with all `.quirk` files in it, or a pattern such as `quirks/**/*.quirk`, relative to the
    /// package.
    #[must_use]
    pub fn files(mut self, pattern: impl Into<String>) -> Self {
        self.patterns.push(pattern.into());
        self
    }

    /// Adds a folder where `use` looks for files.
    #[must_use]
    pub fn library(mut self, folder: impl Into<PathBuf>) -> Self {
        self.options.libraries.push(folder.into());
        self
    }

    /// Leaves the words of evidence out of the output: who vouches for what stays, and how often it was seen, but not where a
    /// stranger finds it. What is decided for a device stays the same.
    #[must_use]
    pub fn without_evidence(mut self) -> Self {
        self.options.without_evidence = true;
        self
    }

    /// Sets the name of the output, relative to `OUT_DIR`; `quirks.rs` if nothing is said. The database beside it has the same name
    /// and ends in `.db`.
    #[must_use]
    pub fn out(mut self, name: impl Into<PathBuf>) -> Self {
        self.out = name.into();
        self
    }

    /// Writes a second file, relative to `OUT_DIR`: a `#[test]` for each `test` of the files, to be included in a module of
    /// its own or in a file of `tests/`. Each compiles the descriptions again and runs on the runtime that the package has,
    /// so the package needs `quirk-compiler` as a dev-dependency, with the feature `testing`.
    ///
    /// ```ignore
    /// include!(concat!(env!("OUT_DIR"), "/quirk_tests.rs"));
    /// ```
    #[must_use]
    pub fn tests(mut self, name: impl Into<PathBuf>) -> Self {
        self.tests = Some(name.into());
        self
    }

    /// Compiles, writes the output if it changed, and tells cargo what to watch and what was found.
    ///
    /// # Errors
    /// When a file cannot be found, read or written, or the descriptions have errors. Warnings are shown by cargo.
    pub fn emit(self) -> Result<(), Error> {
        let (outcome, lines) = self.run(std::env::var_os("OUT_DIR").as_deref());
        for line in lines {
            println!("{line}");
        }
        outcome
    }

    /// The outcome, and what cargo is to be told.
    fn run(&self, out_dir: Option<&OsStr>) -> (Result<(), Error>, Vec<String>) {
        let mut lines = Vec::new();
        let outcome = self.compile(out_dir, &mut lines);
        lines.order();
        lines.dedup();
        (outcome, lines)
    }

    fn compile(&self, out_dir: Option<&OsStr>, lines: &mut Vec<String>) -> Result<(), Error> {
        let mut watch = |path: &Path| lines.push(format!("cargo::rerun-if-changed={}", path.display()));
        let mut paths = Vec::new();
        for pattern in &self.patterns {
            // A new file shows in its folder.
            watch(&fixed_part(pattern));
            paths.extend(matching(pattern)?);
        }
        paths.order();
        paths.dedup();
        let inputs = paths.iter().cloned().map(Input::Path).collect();
        let compilation = compile(inputs, &self.options, &Disk);
        for source in compilation.sources().iter() {
            watch(source.path());
        }
        lines.extend(warnings(&compilation));
        let errors = shown(&compilation, Severity::Error);
        if !errors.is_empty() {
            return Err(Error::Descriptions(errors));
        }
        let database = database_of(&self.out);
        let name = database.file_name().map(OsStr::to_string_lossy).unwrap_or_default();
        let text = compilation.rust_beside(&name).ok_or(Error::TooLarge)?;
        // The bytes first: what includes them finds them.
        write(&database, out_dir, compilation.database().ok_or(Error::TooLarge)?)?;
        write(&self.out, out_dir, text.as_bytes())?;
        if let Some(out) = &self.tests {
            let text = rust_tests::tests(&compilation, &paths, &self.options.libraries);
            write(out, out_dir, text.as_bytes())?;
        }
        Ok(())
    }
}

fn write(out: &Path, out_dir: Option<&OsStr>, bytes: &[u8]) -> Result<(), Error> {
    let out = if out.is_absolute() { out.to_owned() } else { Path::new(out_dir.ok_or(Error::NoOutDir)?).join(out) };
    write_if_changed(&out, bytes).map_err(|error| Error::Io(out, error))
}

/// The file that holds the bytes of an output.
fn database_of(out: &Path) -> PathBuf {
    out.with_extension(if out.extension() == Some(OsStr::new("db")) { "bytes" } else { "db" })
}

fn shown(compilation: &Compilation, severity: Severity) -> Vec<String> {
    let sources = compilation.sources();
    let of_severity = compilation.diagnostics().iter().filter(|found| found.severity == severity);
    of_severity.map(|diagnostic| Concise { diagnostic, sources }.to_string()).collect()
}

/// Cargo takes a warning of one line.
fn warnings(compilation: &Compilation) -> impl Iterator<Item = String> {
    let lines = |text: String| text.lines().map(|line| format!("cargo::warning={line}")).collect::<Vec<_>>();
    shown(compilation, Severity::Warning).into_iter().map(move |text| lines(text).join("\n"))
}

/// The part of a pattern before the first wild card: a folder, or the one file that is meant.
fn fixed_part(pattern: &str) -> PathBuf {
    let plain = |component: &Component<'_>| !component.as_os_str().to_string_lossy().contains(['*', '?', '[']);
    let fixed: PathBuf = Path::new(pattern).components().take_while(plain).collect();
    if fixed.as_os_str().is_empty() { PathBuf::from(".") } else { fixed }
}

fn matching(pattern: &str) -> Result<Vec<PathBuf>, Error> {
    let wrong = |error: glob::PatternError| Error::Pattern(pattern.to_owned(), error.to_string());
    let mut paths = Vec::new();
    for path in glob::glob(pattern).map_err(wrong)? {
        let path = path.map_err(|error| Error::Io(error.path().to_owned(), error.into()))?;
        if path.is_dir() {
            in_folder(&path, &mut paths)?;
        } else if path.is_file() {
            paths.push(path);
        }
    }
    if paths.is_empty() { Err(Error::NoFiles(pattern.to_owned())) } else { Ok(paths) }
}

/// All `.quirk` files of a folder and of those in it.
fn in_folder(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), Error> {
    let wrong = |error| Error::Io(folder.to_owned(), error);
    for entry in std::fs::read_dir(folder).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        // A link to a folder may lead back to it.
        if path.is_dir() && !path.is_symlink() {
            in_folder(&path, paths)?;
        } else if path.is_file() && path.extension() == Some(OsStr::new("quirk")) {
            paths.push(path);
        }
    }
    Ok(())
}

/// Leaves a file alone that says the same, so that nothing that depends on it is built again.
fn write_if_changed(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if std::fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, bytes)
}
