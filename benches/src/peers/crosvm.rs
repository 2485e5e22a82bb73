//! crosvm's way: every read goes to the device, and a list of emulated capabilities is asked whether it has something to say
//! about the register; their writes are dropped.

use quirk_runtime::{ConfigAccess, ConfigRead};

use super::GuestConfig;
use crate::device::FileDevice;

/// An emulated capability: its bytes.
#[derive(Debug)]
pub struct Capability {
    /// Where it is.
    pub offset: u16,
    /// What it reads.
    pub bytes: Vec<u8>,
}

/// Capabilities on a device.
#[derive(Debug)]
pub struct Crosvm {
    /// What is emulated.
    pub capabilities: Vec<Capability>,
    /// What is not.
    pub device: FileDevice,
}

impl Crosvm {
    fn capability(&self, offset: u16) -> Option<&Capability> {
        self.capabilities.iter().find(|each| (each.offset..each.offset + each.bytes.len() as u16).contains(&offset))
    }
}

impl GuestConfig for Crosvm {
    #[inline]
    fn read(&mut self, offset: u16, buffer: &mut [u8]) {
        if self.device.read(offset, buffer).is_err() {
            buffer.fill(0xff);
        }
        for (index, byte) in (0..).zip(buffer.iter_mut()) {
            let at = offset + index;
            if let Some(capability) = self.capability(at) {
                *byte = capability.bytes[usize::from(at - capability.offset)];
            }
        }
    }

    #[inline]
    fn write(&mut self, offset: u16, data: &[u8]) {
        if self.capability(offset).is_none() {
            std::hint::black_box(self.device.write(offset, data).is_ok());
        }
    }
}
