//! Dwords with byte enables, as they are on the bus.

use quirk_runtime::ConfigAccess;

use crate::function::{Function, Vmm};

/// Configuration space as dwords of which some bytes are meant.
pub trait EnabledDwords {
    /// Reads a dword; `offset` is a multiple of 4.
    fn read_dword(&self, offset: u16) -> u32;
    /// Writes the bytes of a dword whose bits are set in `enables`.
    fn write_dword(&self, offset: u16, value: u32, enables: u8);
}

impl<D: ConfigAccess, V: Vmm> EnabledDwords for Function<D, V> {
    fn read_dword(&self, offset: u16) -> u32 {
        let mut bytes = [0xff; 4];
        self.read(offset & !3, &mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn write_dword(&self, offset: u16, value: u32, enables: u8) {
        let bytes = value.to_le_bytes();
        let enabled = |at: &usize| enables >> at & 1 != 0;
        // Each run of bytes that are enabled is a write of its own: what lies between was not written.
        let mut start = 0;
        while let Some(first) = (start..4).find(|at| enabled(at)) {
            let end = (first..4).find(|at| !enabled(at)).unwrap_or(4);
            self.write((offset & !3) + first as u16, &bytes[first..end]);
            start = end;
        }
    }
}
