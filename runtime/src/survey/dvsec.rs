//! A free-space DVSEC in the device's list.

use crate::ByteRange;
use crate::free_space::{Fault, HEADER_LENGTH};
use crate::tables::Format;

/// Most free-space DVSECs of a device that are kept; a further one counts as any other DVSEC.
pub(crate) const FOUND_DVSECS: usize = 32;

/// A free-space DVSEC in the device's list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FoundDvsec {
    /// What it covers; its header alone where it has a fault.
    pub(crate) range: ByteRange,
    pub(crate) format: Format,
    /// Its bytes 4..12.
    pub(crate) bytes: [u8; 8],
    /// Why it is not used.
    pub(crate) fault: Option<Fault>,
}

impl FoundDvsec {
    pub(crate) const fn offset(&self) -> u16 {
        self.range.start
    }

    pub(super) fn header(offset: u16) -> ByteRange {
        ByteRange::from_length(offset, HEADER_LENGTH)
    }
}
