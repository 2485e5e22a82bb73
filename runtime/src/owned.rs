//! A database that owns its bytes: what a program loads at run time and keeps beside what it attaches with it.

extern crate alloc;

use alloc::boxed::Box;

use crate::tables::{Database, LoadError};

/// A database that was loaded from a file.
///
/// A [`VirtualConfig`](crate::VirtualConfig) borrows the names of entries and layers from its databases; where it is to outlive
/// them, [`VirtualConfig::into_owned`](crate::VirtualConfig::into_owned) lets go of them.
#[derive(Clone, Debug)]
pub struct OwnedDatabase(Box<[u8]>);

impl OwnedDatabase {
    /// Checks the bytes of a file, once, and keeps them.
    ///
    /// # Errors
    /// [`LoadError`] says what is wrong with them.
    pub fn load(bytes: impl Into<Box<[u8]>>) -> Result<Self, LoadError> {
        let bytes = bytes.into();
        Database::load(&bytes)?;
        Ok(Self(bytes))
    }

    /// The database.
    #[must_use]
    pub fn database(&self) -> Database<'_> {
        // The bytes were checked, and nobody changes them.
        Database::new(&self.0)
    }
}
