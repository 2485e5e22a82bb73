//! A device in memory that keeps what is written, and counts nothing: for what is measured.

use std::cell::RefCell;
use std::convert::Infallible;

use quirk_runtime::{ConfigAccess, ConfigRead};

/// A device in memory, which can be made in a constant.
#[derive(Debug)]
pub struct Memory(RefCell<[u8; 4096]>);

impl Memory {
    /// One that has these bytes.
    #[must_use]
    pub const fn of(bytes: [u8; 4096]) -> Self {
        Self(RefCell::new(bytes))
    }
}

impl ConfigRead for Memory {
    type Error = Infallible;

    fn size(&self) -> usize {
        4096
    }

    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), Infallible> {
        buffer.copy_from_slice(&self.0.borrow()[usize::from(offset)..][..buffer.len()]);
        Ok(())
    }
}

impl ConfigAccess for Memory {
    fn write(&self, offset: u16, data: &[u8]) -> Result<(), Infallible> {
        self.0.borrow_mut()[usize::from(offset)..][..data.len()].copy_from_slice(data);
        Ok(())
    }
}
