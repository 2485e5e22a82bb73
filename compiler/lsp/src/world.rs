//! What the client told: the texts that it has open, the folders that it works in, and what it can do. One value is one moment.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use quirk_compiler::files::{Disk, Files};

use crate::lines::Encoding;
use crate::text::Text;
use crate::uri;

/// All that the client told.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) client: Client,
    /// The folders that it works in.
    pub(crate) roots: Vec<PathBuf>,
    /// Open texts, by the identity of their file.
    pub(crate) open: BTreeMap<PathBuf, Arc<Open>>,
    /// Grows with every change.
    pub(crate) revision: u64,
    /// Grows when the disk may have changed.
    pub(crate) disk: u64,
}

/// What the client can do.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a capability of the protocol")]
pub(crate) struct Client {
    pub(crate) encoding: Encoding,
    /// It asks for the findings of the texts that it has open.
    pub(crate) pulls: bool,
    /// It asks again when it is told that findings have changed.
    pub(crate) refreshes: bool,
    /// It tells of changed files if it is asked to.
    pub(crate) watches: bool,
    /// It takes edits with the version of the text that they are for.
    pub(crate) versioned_edits: bool,
}

/// A text that the client has open.
#[derive(Debug)]
pub(crate) struct Open {
    /// As the client wrote it.
    pub(crate) uri: String,
    pub(crate) path: PathBuf,
    pub(crate) version: i32,
    /// No other text has had it.
    pub(crate) stamp: u64,
    pub(crate) text: Arc<Text>,
}

impl World {
    /// How the client calls a file.
    pub(crate) fn uri(&self, key: &Path, path: &Path) -> String {
        self.open.get(key).map_or_else(|| uri::uri(&uri::flat(path)), |open| open.uri.clone())
    }
}

/// A name that is the same for all ways to write the path of one file, whether it is there or not.
pub(crate) fn key(path: &Path) -> PathBuf {
    if let Ok(identity) = Disk.identity(path) {
        return identity;
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match (folder.and_then(|folder| Disk.identity(folder).ok()), path.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => uri::flat(path),
    }
}

/// The disk, with what is open in front of it.
impl Files for World {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        match self.open.get(&key(path)) {
            Some(open) => Ok(open.text.as_str().as_bytes().to_vec()),
            None => Disk.read(path),
        }
    }

    fn identity(&self, path: &Path) -> io::Result<PathBuf> {
        let key = key(path);
        if self.open.contains_key(&key) { Ok(key) } else { Disk.identity(path) }
    }
}
