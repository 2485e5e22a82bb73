//! The descriptions that are used: the embedded library, and the operator's own, as text or compiled.

use std::path::{Path, PathBuf};

use quirk_compiler::diagnostic::{Concise, Severity};
use quirk_compiler::files::Disk;
use quirk_compiler::{Input, Options, compile};
use quirk_runtime::Database;

use crate::{Error, quirk_files};

/// Descriptions, compiled. A later database beats an earlier one.
#[derive(Debug)]
pub struct Descriptions {
    has_library: bool,
    compiled: Vec<Vec<u8>>,
}

impl Descriptions {
    /// The embedded library, and these beside it.
    ///
    /// # Errors
    /// When one cannot be read, or has errors.
    pub fn beside_the_library(paths: &[PathBuf]) -> Result<Self, Error> {
        Ok(Self { has_library: true, compiled: load(paths)? })
    }

    /// These alone.
    ///
    /// # Errors
    /// When one cannot be read, or has errors.
    pub fn alone(paths: &[PathBuf]) -> Result<Self, Error> {
        Ok(Self { has_library: false, compiled: load(paths)? })
    }

    /// The databases, in the order in which the runtime wants them.
    ///
    /// # Errors
    /// When one is broken, which loading has excluded.
    pub fn databases(&self) -> Result<Vec<Database<'_>>, Error> {
        let own = self.compiled.iter().map(|bytes| Database::load(bytes).map_err(Error::new));
        self.has_library.then_some(Ok(quirk_db::DATABASE)).into_iter().chain(own).collect()
    }
}

/// Compiles the text, all of it together, and takes what `quirkc build` made, each for itself.
fn load(paths: &[PathBuf]) -> Result<Vec<Vec<u8>>, Error> {
    let is_compiled = |path: &&PathBuf| path.extension().is_some_and(|extension| extension == "db");
    let (databases, text): (Vec<_>, Vec<_>) = paths.iter().partition(is_compiled);
    let mut compiled = databases.into_iter().map(|path| compiled(path)).collect::<Result<Vec<_>, _>>()?;
    let text: Vec<PathBuf> = text.into_iter().cloned().collect();
    if !text.is_empty() {
        compiled.push(compile_all(&text)?);
    }
    Ok(compiled)
}

fn compiled(path: &Path) -> Result<Vec<u8>, Error> {
    let bytes = std::fs::read(path).map_err(|error| Error::with_file(path, error))?;
    Database::load(&bytes).map_err(|error| Error::with_file(path, error))?;
    Ok(bytes)
}

fn compile_all(paths: &[PathBuf]) -> Result<Vec<u8>, Error> {
    let inputs = quirk_files(paths)?.into_iter().map(Input::Path).collect();
    let compilation = compile(inputs, &Options::default(), &Disk);
    let sources = compilation.sources();
    let errors = compilation.diagnostics().iter().filter(|found| found.severity == Severity::Error);
    let errors: Vec<_> = errors.map(|diagnostic| Concise { diagnostic, sources }.to_string()).collect();
    match compilation.database() {
        Some(database) if errors.is_empty() => Ok(database.to_vec()),
        _ if errors.is_empty() => Err(Error::new("the descriptions are too large for one database")),
        _ => {
            let count = if errors.len() == 1 { "an error".to_owned() } else { format!("{} errors", errors.len()) };
            Err(Error::new(format_args!("{count} in the descriptions\n{}", errors.join("\n"))))
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn what_is_added_comes_behind_the_library_and_what_replaces_it_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.quirk");
        std::fs::write(&file, "edition 1;\ndevice one { name \"One\"; match pci(0xfffe, 1); }\n").unwrap();
        let count = |descriptions: &Descriptions| descriptions.databases().unwrap().len();
        let paths = [file];
        let beside = Descriptions::beside_the_library(&paths).unwrap();
        assert_eq!(count(&beside), 2);
        assert_eq!(beside.databases().unwrap()[0].bytes(), quirk_db::DATABASE.bytes());
        assert_eq!(count(&Descriptions::alone(&paths).unwrap()), 1);
        assert_eq!(count(&Descriptions::beside_the_library(&[]).unwrap()), 1);
        // Compiled ones beside text, each a database of its own.
        let compiled = folder.path().join("b.db");
        std::fs::write(&compiled, quirk_db::DATABASE.bytes()).unwrap();
        assert_eq!(count(&Descriptions::beside_the_library(&[compiled, paths[0].clone()]).unwrap()), 3);
    }

    #[test]
    fn errors_are_counted_and_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.quirk");
        std::fs::write(&file, "edition 1;\ndevice one { nme \"One\"; match pci(0xfffe, 1); }\n").unwrap();
        let error = Descriptions::alone(&[file]).unwrap_err().to_string();
        assert!(error.contains("in the descriptions\n") && error.contains("a.quirk:2:"), "{error}");
        assert!(Descriptions::alone(&[folder.path().join("none.db")]).is_err());
    }
}
