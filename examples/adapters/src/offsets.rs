//! Bytes by their offset, at any length.

use quirk_runtime::ConfigAccess;

use crate::function::{Function, Vmm};

/// Configuration space as a region of bytes.
pub trait ByteOffsets {
    /// Fills `data` from `offset`.
    fn read_region(&self, offset: u64, data: &mut [u8]);
    /// Writes `data` from `offset`.
    fn write_region(&self, offset: u64, data: &[u8]);
}

impl<D: ConfigAccess, V: Vmm> ByteOffsets for Function<D, V> {
    fn read_region(&self, offset: u64, data: &mut [u8]) {
        match u16::try_from(offset) {
            Ok(offset) => self.read(offset, data),
            Err(_) => data.fill(0xff),
        }
    }

    fn write_region(&self, offset: u64, data: &[u8]) {
        if let Ok(offset) = u16::try_from(offset) {
            self.write(offset, data);
        }
    }
}
