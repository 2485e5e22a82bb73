//! Dwords by their index, and writes of bytes within one.

use quirk_runtime::ConfigAccess;

use crate::function::{Function, Vmm};

/// Configuration space as registers of four bytes.
pub trait RegisterIndex {
    /// Reads a register.
    fn read_config_register(&mut self, index: usize) -> u32;
    /// Writes bytes of a register, from `offset` within it.
    fn write_config_register(&mut self, index: usize, offset: u64, data: &[u8]);
}

impl<D: ConfigAccess, V: Vmm> RegisterIndex for Function<D, V> {
    fn read_config_register(&mut self, index: usize) -> u32 {
        let mut bytes = [0xff; 4];
        if let Some(offset) = index.checked_mul(4).and_then(|offset| u16::try_from(offset).ok()) {
            self.read(offset, &mut bytes);
        }
        u32::from_le_bytes(bytes)
    }

    fn write_config_register(&mut self, index: usize, offset: u64, data: &[u8]) {
        // Bytes past the register are another register's, and the guest did not write that.
        let Some(room) = usize::try_from(offset).ok().and_then(|offset| 4usize.checked_sub(offset)) else { return };
        let at = index.checked_mul(4).and_then(|start| u16::try_from(start + (4 - room)).ok());
        if let (Some(at), true) = (at, data.len() <= room) {
            self.write(at, data);
        }
    }
}
