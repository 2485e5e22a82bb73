//! Finds the `.quirk` files that a user means: files as they are, folders with all that lies in them.

use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use crate::Error;

/// The files that the paths name, each once, in an order that depends on their names alone. What an ignore file of a folder
/// names is passed over.
///
/// # Errors
/// When a folder cannot be read, or holds none.
pub fn quirk_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let found = in_folder(path)?;
            if found.is_empty() {
                return Err(Error::with_file(path, "the folder holds no `.quirk` file"));
            }
            files.extend(found);
        } else {
            // One that is not there gets its message when it is read.
            files.push(path.clone());
        }
    }
    files.sort();
    files.dedup();
    Ok(files)
}

fn in_folder(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for entry in WalkBuilder::new(folder).build() {
        let entry = entry.map_err(Error::new)?;
        let is_quirk = entry.path().extension().is_some_and(|extension| extension == "quirk");
        if is_quirk && entry.path().is_file() {
            files.push(entry.into_path());
        }
    }
    Ok(files)
}
