//! A device that stores what is written and remembers each access.

use std::cell::RefCell;
use std::convert::Infallible;

use quirk_runtime::{ConfigAccess, ConfigRead};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Read { offset: u16, length: usize },
    Write { offset: u16, data: Vec<u8> },
}

pub(crate) struct Recorder {
    bytes: RefCell<Vec<u8>>,
    accesses: RefCell<Vec<Access>>,
}

impl Recorder {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self { bytes: RefCell::new(bytes), accesses: RefCell::default() }
    }

    /// The accesses since the last call.
    pub(crate) fn take(&self) -> Vec<Access> {
        self.accesses.take()
    }

    pub(crate) fn bytes(&self, offset: usize, length: usize) -> Vec<u8> {
        self.bytes.borrow()[offset..offset + length].to_vec()
    }
}

impl ConfigRead for Recorder {
    type Error = Infallible;

    fn size(&self) -> usize {
        self.bytes.borrow().len()
    }

    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), Infallible> {
        self.accesses.borrow_mut().push(Access::Read { offset, length: buffer.len() });
        buffer.copy_from_slice(&self.bytes(usize::from(offset), buffer.len()));
        Ok(())
    }
}

impl ConfigAccess for Recorder {
    fn write(&self, offset: u16, data: &[u8]) -> Result<(), Infallible> {
        self.accesses.borrow_mut().push(Access::Write { offset, data: data.to_vec() });
        let at = usize::from(offset);
        self.bytes.borrow_mut()[at..at + data.len()].copy_from_slice(data);
        Ok(())
    }
}
