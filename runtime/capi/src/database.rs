//! Databases that the library owns: copied from memory, read from files, or linked in.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use quirk_runtime::{Database, OwnedDatabase};

use crate::status::{Failure, QuirkStatus};

/// More than any database has, so that a wrong file does not fill the memory.
const LONGEST: u64 = 64 << 20;

/// One or more databases, in the order in which they count.
#[derive(Debug)]
pub struct QuirkDb {
    all: Vec<Arc<OwnedDatabase>>,
}

impl QuirkDb {
    pub(crate) fn copy(bytes: &[u8]) -> Result<Self, Failure> {
        let database = OwnedDatabase::load(bytes).map_err(|error| Failure::new(QuirkStatus::Database, error))?;
        Ok(Self { all: vec![Arc::new(database)] })
    }

    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| Failure::new(QuirkStatus::File, format!("`{}`: {error}", path.display()));
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(failed)?;
        if !file.metadata().map_err(failed)?.is_file() {
            return Err(Failure::new(QuirkStatus::File, format!("`{}`: not a regular file", path.display())));
        }
        file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > LONGEST {
            let text = format!("`{}`: longer than the {LONGEST} bytes that a database may have", path.display());
            return Err(Failure::new(QuirkStatus::Database, text));
        }
        Self::copy(&bytes)
            .map_err(|failure| Failure { text: format!("`{}`: {}", path.display(), failure.text), ..failure })
    }

    #[cfg(feature = "library")]
    pub(crate) fn library() -> Result<Self, Failure> {
        Self::copy(quirk_db::DATABASE.bytes())
    }

    #[cfg(not(feature = "library"))]
    pub(crate) fn library() -> Result<Self, Failure> {
        Err(Failure::new(QuirkStatus::Database, "this build of the library holds no descriptions"))
    }

    pub(crate) fn databases(&self) -> Vec<Database<'_>> {
        self.all.iter().map(|database| database.database()).collect()
    }

    pub(crate) fn join(&mut self, other: &Self) {
        self.all.extend(other.all.iter().cloned());
    }
}
