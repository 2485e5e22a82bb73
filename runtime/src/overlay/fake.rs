//! A device for tests that records every access.

extern crate std;

use core::cell::RefCell;
use core::convert::Infallible;
use std::vec::Vec;

use crate::{ConfigAccess, ConfigRead};

/// One access: offset and length of a read, offset and bytes of a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Read(u16, usize),
    Write(u16, Vec<u8>),
}

/// Config space whose byte at `n` reads `n * 7 + 3`, modulo 256.
pub(super) struct Fake {
    size: usize,
    accesses: RefCell<Vec<Access>>,
}

impl Fake {
    pub(super) fn new(size: usize) -> Self {
        Self { size, accesses: RefCell::default() }
    }

    pub(super) fn byte(offset: u16) -> u8 {
        (offset.wrapping_mul(7).wrapping_add(3) & 0xff) as u8
    }

    /// The accesses since the last call.
    pub(super) fn take(&self) -> Vec<Access> {
        self.accesses.take()
    }
}

impl ConfigRead for Fake {
    type Error = Infallible;

    fn size(&self) -> usize {
        self.size
    }

    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), Infallible> {
        self.accesses.borrow_mut().push(Access::Read(offset, buffer.len()));
        for (byte, at) in buffer.iter_mut().zip(offset..) {
            *byte = Self::byte(at);
        }
        Ok(())
    }
}

impl ConfigAccess for Fake {
    fn write(&self, offset: u16, data: &[u8]) -> Result<(), Infallible> {
        self.accesses.borrow_mut().push(Access::Write(offset, data.to_vec()));
        Ok(())
    }
}
