//! Where texts come from: the disk, or memory for tests, macros and editors.

use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path, PathBuf};

/// A place that files are read from.
pub trait Files {
    /// The bytes of a file.
    ///
    /// # Errors
    /// When there is no such file, or it cannot be read.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// A name that is the same for all ways to write the path of one file.
    ///
    /// # Errors
    /// When there is no such file.
    fn identity(&self, path: &Path) -> io::Result<PathBuf>;
}

/// The file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn identity(&self, path: &Path) -> io::Result<PathBuf> {
        std::fs::canonicalize(path)
    }
}

/// Texts in memory, by path.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    texts: BTreeMap<PathBuf, String>,
}

impl Memory {
    /// Puts a text there.
    #[must_use]
    pub fn with(mut self, path: impl AsRef<Path>, text: impl Into<String>) -> Self {
        self.texts.insert(flat(path.as_ref()), text.into());
        self
    }
}

impl Files for Memory {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let text = self.texts.get(&flat(path)).ok_or(io::ErrorKind::NotFound)?;
        Ok(text.clone().into_bytes())
    }

    fn identity(&self, path: &Path) -> io::Result<PathBuf> {
        let path = flat(path);
        if self.texts.contains_key(&path) { Ok(path) } else { Err(io::ErrorKind::NotFound.into()) }
    }
}

/// The path without `.`, and without `..` where a folder stands before it.
fn flat(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Files, Memory};

    #[test]
    fn two_ways_to_write_a_path_are_one_file() {
        let files = Memory::default().with("a/b.quirk", "x");
        let identity = |path| files.identity(Path::new(path)).ok();
        assert_eq!(identity("a/b.quirk"), identity("./a/c/../b.quirk"));
        assert!(identity("a/b.quirk").is_some());
        assert_eq!(identity("b.quirk"), None);
    }
}
