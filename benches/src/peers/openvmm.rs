//! OpenVMM's way: overrides by register in an ordered map; a write goes to the device.

use std::collections::BTreeMap;

use quirk_runtime::{ConfigAccess, ConfigRead};

use super::GuestConfig;
use crate::device::FileDevice;

/// Overrides on a device.
#[derive(Debug)]
pub struct OpenVmm {
    /// Mask and value by offset.
    pub overrides: BTreeMap<u16, (u32, u32)>,
    /// What is not overridden.
    pub device: FileDevice,
}

impl GuestConfig for OpenVmm {
    #[inline]
    fn read(&mut self, offset: u16, buffer: &mut [u8]) {
        let start = offset & !3;
        let known = self.overrides.get(&start).copied();
        let mut bytes = [0xff; 4];
        if known.is_none_or(|(mask, _)| mask != u32::MAX) {
            std::hint::black_box(self.device.read(start, &mut bytes).is_ok());
        }
        let (mask, value) = known.unwrap_or_default();
        let dword = u32::from_le_bytes(bytes) & !mask | value & mask;
        for (byte, value) in buffer.iter_mut().zip(dword.to_le_bytes().into_iter().skip(usize::from(offset & 3))) {
            *byte = value;
        }
    }

    #[inline]
    fn write(&mut self, offset: u16, data: &[u8]) {
        std::hint::black_box(self.device.write(offset, data).is_ok());
    }
}
