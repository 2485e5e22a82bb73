//! One side of a comparison: descriptions in a file, a folder, a compiled database, or a revision of git.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use quirk_host::Descriptions;
use quirk_runtime::Database;
use tempfile::TempDir;

use crate::failure::Failure;

/// Descriptions, and what their places are called.
pub(super) struct Side {
    descriptions: Descriptions,
    /// Where files of a revision were put, and what stands for it in their names.
    checked_out: Option<(TempDir, String)>,
}

impl Side {
    /// A path that is there counts as one, whatever its name.
    pub(super) fn load(word: &str) -> Result<Self, Failure> {
        let path = PathBuf::from(word);
        if path.exists() {
            let descriptions = Descriptions::alone(&[path])?;
            return Ok(Self { descriptions, checked_out: None });
        }
        let Some((revision, path)) = word.split_once(':') else {
            return Err(Failure::with_file(&path, "there is no such file or folder")
                .help("a state of git is `REVISION:PATH`, for example `main:quirks`"));
        };
        let folder = check_out(revision, if path.is_empty() { "." } else { path })?;
        let descriptions = Descriptions::alone(&[folder.path().to_owned()])?;
        Ok(Self { descriptions, checked_out: Some((folder, format!("{revision}:"))) })
    }

    pub(super) fn databases(&self) -> Result<Vec<Database<'_>>, Failure> {
        Ok(self.descriptions.databases()?)
    }

    /// A place as the user would name it.
    pub(super) fn place(&self, source: &str) -> String {
        let Some((folder, name)) = &self.checked_out else { return source.to_owned() };
        let rest = source.strip_prefix(&format!("{}/", folder.path().display()));
        rest.map_or_else(|| source.to_owned(), |rest| format!("{name}{rest}"))
    }
}

/// Writes the `.quirk` files of a revision below a path into a folder of their own.
fn check_out(revision: &str, path: &str) -> Result<TempDir, Failure> {
    // What begins like an option is none.
    let commit = git(["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{tree}}")])
        .map_err(|_| {
            Failure::new(format_args!("`{revision}:{path}` is no file, and git knows no `{revision}` here"))
        })?;
    let tree = String::from_utf8_lossy(&commit).trim().to_owned();
    let names = git(["ls-tree", "-r", "-z", "--name-only", &tree, "--", path])?;
    let names = String::from_utf8_lossy(&names);
    let folder = tempfile::tempdir().map_err(Failure::new)?;
    let mut count = 0;
    for name in names.split('\0').filter(|name| Path::new(name).extension() == Some(OsStr::new("quirk"))) {
        let to = folder.path().join(inside(name));
        if let Some(parent) = to.parent() {
            std::fs::create_dir_all(parent).map_err(Failure::new)?;
        }
        let text = git(["cat-file", "blob", &format!("{tree}:./{name}")])?;
        std::fs::write(&to, text).map_err(|error| Failure::with_file(&to, error))?;
        count += 1;
    }
    if count == 0 {
        return Err(Failure::new(format_args!("`{revision}` has no `.quirk` file below `{path}`")));
    }
    Ok(folder)
}

/// The name without what would lead out of a folder.
fn inside(name: &str) -> PathBuf {
    Path::new(name).components().filter(|part| matches!(part, std::path::Component::Normal(_))).collect()
}

fn git<const N: usize>(args: [&str; N]) -> Result<Vec<u8>, Failure> {
    let output = Command::new("git").args(args).output().map_err(|error| {
        Failure::new(format_args!("git cannot be run: {error}")).help("give files, folders or `.db` files instead")
    })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Failure::new(format_args!("git: {message}")))
}
