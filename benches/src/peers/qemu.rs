//! QEMU's way: a shadow of the space with a mask of emulated bits beside it, blended byte by byte; a write goes to the
//! shadow and to the device.

use quirk_runtime::{ConfigAccess, ConfigRead};

use super::GuestConfig;
use crate::device::FileDevice;

/// The shadow and its masks.
#[derive(Debug)]
pub struct Qemu {
    /// What the guest sees of emulated bits.
    pub config: Box<[u8; 4096]>,
    /// Bits that a guest may write.
    pub writable: Box<[u8; 4096]>,
    /// Bits that a guest clears by writing 1.
    pub write_1_to_clear: Box<[u8; 4096]>,
    /// Bits that are emulated.
    pub emulated: Box<[u8; 4096]>,
    /// What is not emulated.
    pub device: FileDevice,
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

impl GuestConfig for Qemu {
    #[inline]
    fn read(&mut self, offset: u16, buffer: &mut [u8]) {
        let at = usize::from(offset);
        let range = at..at + buffer.len();
        let mask = number(&self.emulated[range.clone()]);
        let emulated = if mask == 0 { 0 } else { number(&self.config[range]) };
        let all = u64::MAX >> (64 - 8 * buffer.len());
        let physical = if mask == all {
            0
        } else {
            if self.device.read(offset, buffer).is_err() {
                buffer.fill(0xff);
            }
            number(buffer)
        };
        let seen = emulated & mask | physical & !mask;
        for (byte, value) in buffer.iter_mut().zip(seen.to_le_bytes()) {
            *byte = value;
        }
    }

    #[inline]
    fn write(&mut self, offset: u16, data: &[u8]) {
        std::hint::black_box(self.device.write(offset, data).is_ok());
        for (index, &byte) in data.iter().enumerate() {
            let at = usize::from(offset) + index;
            let writable = self.writable[at];
            self.config[at] = self.config[at] & !writable | byte & writable;
            self.config[at] &= !(byte & self.write_1_to_clear[at]);
        }
    }
}
