//! The descriptions that a verb uses: the embedded ones, or the operator's own, as text or compiled.

use std::path::PathBuf;

use quirk_compiler::diagnostic::{Concise, Severity};
use quirk_compiler::files::Disk;
use quirk_compiler::{Input, Options, compile};
use quirk_runtime::Database;

use crate::failure::Failure;
use crate::files::quirk_files;

/// Descriptions, compiled.
pub(crate) enum Descriptions {
    Embedded,
    Compiled(Vec<u8>),
}

impl Descriptions {
    /// Compiles the files, or takes one that `quirkc build` made; without any, takes the embedded database.
    pub(crate) fn of(paths: &[PathBuf]) -> Result<Self, Failure> {
        if paths.is_empty() {
            return Ok(Self::Embedded);
        }
        if let [path] = paths
            && path.extension().is_some_and(|extension| extension == "db")
        {
            let bytes = std::fs::read(path).map_err(|error| Failure::with_file(path, error))?;
            Database::load(&bytes).map_err(|error| Failure::with_file(path, error))?;
            return Ok(Self::Compiled(bytes));
        }
        let inputs = quirk_files(paths)?.into_iter().map(Input::Path).collect();
        let compilation = compile(inputs, &Options::default(), &Disk);
        let sources = compilation.sources();
        let errors = compilation.diagnostics().iter().filter(|found| found.severity == Severity::Error);
        let errors: Vec<_> = errors.map(|diagnostic| Concise { diagnostic, sources }.to_string()).collect();
        match compilation.database() {
            Some(database) if errors.is_empty() => Ok(Self::Compiled(database.to_vec())),
            _ if errors.is_empty() => Err(Failure::new("the descriptions are too large for one database")),
            _ => {
                let count = if errors.len() == 1 { "an error".to_owned() } else { format!("{} errors", errors.len()) };
                Err(Failure::new(format_args!("{count} in the descriptions\n{}", errors.join("\n"))))
            }
        }
    }

    pub(crate) fn database(&self) -> Result<Database<'_>, Failure> {
        match self {
            Self::Embedded => Ok(quirk_db::DATABASE),
            Self::Compiled(bytes) => Database::load(bytes).map_err(Failure::new),
        }
    }
}
