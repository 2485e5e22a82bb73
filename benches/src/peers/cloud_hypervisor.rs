//! Cloud Hypervisor's way: patches by register in a hash map, and a walk of the device's capability list at each access; a
//! write goes to the device.

use std::collections::HashMap;

use quirk_runtime::{ConfigAccess, ConfigRead};

use super::GuestConfig;
use crate::device::FileDevice;

/// A register's patch.
#[derive(Debug)]
pub struct Patch {
    /// Bits that the device still decides.
    pub mask: u32,
    /// What is put over it.
    pub patch: u32,
}

/// Patches on a device.
#[derive(Debug)]
pub struct CloudHypervisor {
    /// Patches by register index.
    pub patches: HashMap<usize, Patch>,
    /// What is not patched.
    pub device: FileDevice,
}

impl CloudHypervisor {
    fn device_dword(&self, offset: u16) -> u32 {
        let mut bytes = [0xff; 4];
        std::hint::black_box(self.device.read(offset, &mut bytes).is_ok());
        u32::from_le_bytes(bytes)
    }

    /// Whether the offset lies in an MSI or MSI-X capability, which are kept elsewhere.
    fn is_interrupt_capability(&self, offset: u16) -> bool {
        let mut at = (self.device_dword(0x34) & 0xfc) as u16;
        while at != 0 {
            let header = self.device_dword(at);
            if matches!(header & 0xff, 0x05 | 0x11) && (at..at + 12).contains(&offset) {
                return true;
            }
            at = (header >> 8 & 0xfc) as u16;
        }
        false
    }
}

impl GuestConfig for CloudHypervisor {
    #[inline]
    fn read(&mut self, offset: u16, buffer: &mut [u8]) {
        std::hint::black_box(self.is_interrupt_capability(offset));
        let start = offset & !3;
        let mut dword = self.device_dword(start);
        if let Some(patch) = self.patches.get(&usize::from(start / 4)) {
            dword = dword & patch.mask | patch.patch;
        }
        for (byte, value) in buffer.iter_mut().zip(dword.to_le_bytes().into_iter().skip(usize::from(offset & 3))) {
            *byte = value;
        }
    }

    #[inline]
    fn write(&mut self, offset: u16, data: &[u8]) {
        std::hint::black_box(self.device.write(offset, data).is_ok());
    }
}
