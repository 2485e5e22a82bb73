//! The descriptions that are used: the embedded ones, or the operator's own, as text or compiled.

use std::path::PathBuf;

use quirk_compiler::diagnostic::{Concise, Severity};
use quirk_compiler::files::Disk;
use quirk_compiler::{Input, Options, compile};
use quirk_runtime::Database;

use crate::failure::Failure;

/// Compiles the files, or takes one that `quirkc build` made; without any, takes the embedded database.
pub(crate) fn database(paths: &[PathBuf]) -> Result<Database<'static>, Failure> {
    match paths {
        [] => Ok(quirk_db::DATABASE),
        [path] if path.extension().is_some_and(|extension| extension == "db") => {
            let bytes = std::fs::read(path).map_err(|error| Failure::with_file(path, error))?;
            Database::load(for_ever(bytes)).map_err(|error| Failure::with_file(path, error))
        }
        _ => {
            let inputs = paths.iter().cloned().map(Input::Path).collect();
            let compilation = compile(inputs, &Options::default(), &Disk);
            let sources = compilation.sources();
            let errors = compilation.diagnostics().iter().filter(|found| found.severity == Severity::Error);
            let errors: Vec<_> = errors.map(|diagnostic| Concise { diagnostic, sources }.to_string()).collect();
            match compilation.database() {
                Some(database) if errors.is_empty() => {
                    Database::load(for_ever(database.to_vec())).map_err(Failure::new)
                }
                _ if errors.is_empty() => Err(Failure::new("the descriptions are too large for one database")),
                _ => Err(Failure::new(format_args!("the descriptions are not correct\n{}", errors.join("\n")))),
            }
        }
    }
}

/// The server's thread uses the database until the program ends.
fn for_ever(bytes: Vec<u8>) -> &'static [u8] {
    Vec::leak(bytes)
}
