//! Cloud Hypervisor's two ways, with patches by register in a hash map. Until August 2026 a read looks for MSI-X in the device's list,
//! byte by byte, then asks the device, and a write goes to the device. Since #8790 the list is not walked any more, and a register that is
//! patched as a whole is not the device's, neither to read nor to write.

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
    /// Which of the two.
    pub design: Design,
}

/// When it was designed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Design {
    /// As it was in August 2026.
    Walking,
    /// Since #8790.
    Patching,
}

impl CloudHypervisor {
    fn device_dword(&self, offset: u16) -> u32 {
        let mut bytes = [0xff; 4];
        std::hint::black_box(self.device.read(offset, &mut bytes).is_ok());
        u32::from_le_bytes(bytes)
    }

    fn device_byte(&self, offset: u16) -> u8 {
        let mut bytes = [0xff; 1];
        std::hint::black_box(self.device.read(offset, &mut bytes).is_ok());
        bytes[0]
    }

    /// Where MSI-X is, whose registers are kept elsewhere.
    fn msix(&self) -> Option<u8> {
        let mut at = self.device_byte(0x34) & 0xfc;
        while at != 0 {
            if self.device_byte(at.into()) == 0x11 {
                return Some(at);
            }
            let next = self.device_byte(u16::from(at) + 1) & 0xfc;
            if next == at {
                break;
            }
            at = next;
        }
        None
    }

    /// The patch of a register that is not the device's at all.
    fn whole(&self, register: usize) -> Option<u32> {
        let patch = self.patches.get(&register).filter(|patch| patch.mask == 0)?;
        (self.design == Design::Patching).then_some(patch.patch)
    }

    fn register(&self, register: u16) -> u32 {
        if self.design == Design::Walking {
            std::hint::black_box(self.msix());
        }
        let number = usize::from(register);
        if let Some(whole) = self.whole(number) {
            return whole;
        }
        let dword = self.device_dword(register * 4);
        self.patches.get(&number).map_or(dword, |patch| dword & patch.mask | patch.patch)
    }
}

impl GuestConfig for CloudHypervisor {
    #[inline]
    fn read(&mut self, offset: u16, buffer: &mut [u8]) {
        let dword = self.register(offset / 4);
        for (byte, value) in buffer.iter_mut().zip(dword.to_le_bytes().into_iter().skip(usize::from(offset & 3))) {
            *byte = value;
        }
    }

    #[inline]
    fn write(&mut self, offset: u16, data: &[u8]) {
        if self.whole(usize::from(offset / 4)).is_none() {
            std::hint::black_box(self.device.write(offset, data).is_ok());
        }
    }
}
