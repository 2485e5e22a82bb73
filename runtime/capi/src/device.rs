//! A device whose accesses are callbacks: what they may do, and what they do instead.

use std::fmt;

use quirk_runtime::{ConfigAccess, ConfigRead};

use crate::boundary::Callbacks;
use crate::status::{Failure, QuirkStatus};

/// What a callback did instead of what it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CallbackError {
    is_write: bool,
    offset: u16,
    length: usize,
    answer: isize,
}

impl fmt::Display for CallbackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { is_write, offset, length, answer } = *self;
        let call = if is_write { "write" } else { "read" };
        write!(f, "`{call}` of {length} bytes at {offset:#x} returned {answer}")
    }
}

impl std::error::Error for CallbackError {}

/// A device behind callbacks.
#[derive(Debug)]
pub(crate) struct Device {
    callbacks: Callbacks,
    size: usize,
}

impl Device {
    pub(crate) fn new(callbacks: Callbacks) -> Result<Self, Failure> {
        let size = callbacks.size();
        if ![64, 256, 4096].contains(&size) {
            let text = format!("`size` returned {size}, and a configuration space has 64, 256 or 4096 bytes");
            return Err(Failure::new(QuirkStatus::Device, text));
        }
        Ok(Self { callbacks, size })
    }
}

impl ConfigRead for Device {
    type Error = CallbackError;

    fn size(&self) -> usize {
        self.size
    }

    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), CallbackError> {
        let answer = self.callbacks.read(offset, buffer);
        check(false, offset, buffer.len(), answer)
    }
}

impl ConfigAccess for Device {
    fn write(&self, offset: u16, data: &[u8]) -> Result<(), CallbackError> {
        let answer = self.callbacks.write(offset, data);
        check(true, offset, data.len(), answer)
    }
}

fn check(is_write: bool, offset: u16, length: usize, answer: isize) -> Result<(), CallbackError> {
    if usize::try_from(answer) == Ok(length) {
        return Ok(());
    }
    Err(CallbackError { is_write, offset, length, answer })
}
