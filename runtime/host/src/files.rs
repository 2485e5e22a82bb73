//! Finds the `.quirk` files that a user means: files as they are, folders with all that lies in them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Error;
use crate::ignored::Ignored;

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
    let (mut ignored, real) = Ignored::above(folder).map_err(|error| Error::with_file(folder, error))?;
    let mut files = Vec::new();
    walk(folder, &real, &mut ignored, &mut files)?;
    Ok(files)
}

/// Finds what is in a folder, which `real` is without links.
fn walk(folder: &Path, real: &Path, ignored: &mut Ignored, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let wrong = |error| Error::with_file(folder, error);
    ignored.enter(real);
    for entry in fs::read_dir(folder).map_err(wrong)? {
        let entry = entry.map_err(wrong)?;
        let (path, real) = (entry.path(), real.join(entry.file_name()));
        // A link to a folder may lead back to it.
        let is_folder = entry.file_type().map_err(wrong)?.is_dir();
        if ignored.names(&real, is_folder) {
            continue;
        }
        if is_folder {
            walk(&path, &real, ignored, files)?;
        } else if path.extension().is_some_and(|extension| extension == "quirk") && path.is_file() {
            files.push(path);
        }
    }
    ignored.leave();
    Ok(())
}
