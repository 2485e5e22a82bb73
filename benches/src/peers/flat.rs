//! The floor: two maps of bytes, no chain, no class but read-write, no effect.

use std::ops::Range;

use quirk_runtime::{ConfigAccess, ConfigRead};

use super::GuestConfig;
use crate::device::FileDevice;

/// A mask and a value for each byte.
#[derive(Debug)]
pub struct Flat {
    /// Bits that are emulated.
    pub mask: Box<[u8; 4096]>,
    /// What they read.
    pub value: Box<[u8; 4096]>,
    /// Bits that a guest may write.
    pub writable: Box<[u8; 4096]>,
    /// What is not emulated.
    pub device: FileDevice,
}

fn dword(map: &[u8; 4096], offset: u16) -> u32 {
    map.get(usize::from(offset)..).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

impl GuestConfig for Flat {
    #[inline]
    fn read(&mut self, offset: u16, buffer: &mut [u8]) {
        if buffer.len() == 4 && dword(&self.mask, offset) == u32::MAX {
            buffer.copy_from_slice(&dword(&self.value, offset).to_le_bytes());
            return;
        }
        let at = usize::from(offset);
        let range = at..at + buffer.len();
        if self.mask[range.clone()].iter().all(|&mask| mask == 0xff) {
            buffer.copy_from_slice(&self.value[range]);
            return;
        }
        if self.device.read(offset, buffer).is_err() {
            buffer.fill(0xff);
        }
        for (index, byte) in buffer.iter_mut().enumerate() {
            let mask = self.mask[at + index];
            *byte = *byte & !mask | self.value[at + index] & mask;
        }
    }

    #[inline]
    fn write(&mut self, offset: u16, data: &[u8]) {
        let at = usize::from(offset);
        if let Some(new) = data.first_chunk::<4>()
            && data.len() == 4
            && dword(&self.mask, offset) == u32::MAX
        {
            let writable = dword(&self.writable, offset);
            let value = dword(&self.value, offset) & !writable | u32::from_le_bytes(*new) & writable;
            if let Some(bytes) = self.value.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<4>()) {
                *bytes = value.to_le_bytes();
            }
            return;
        }
        if self.mask[at..at + data.len()].iter().all(|&mask| mask == 0) {
            std::hint::black_box(self.device.write(offset, data).is_ok());
            return;
        }
        let (mut device, mut first) = (0, offset);
        for (index, &new) in (0..).zip(data) {
            let at = offset + index;
            if self.mask[usize::from(at)] == 0 {
                device += 1;
                continue;
            }
            let writable = self.writable[usize::from(at)];
            let value = &mut self.value[usize::from(at)];
            *value = *value & !writable | new & writable;
            self.pass(offset, data, first..first + device);
            (device, first) = (0, at + 1);
        }
        self.pass(offset, data, first..first + device);
    }
}

impl Flat {
    fn pass(&self, offset: u16, data: &[u8], run: Range<u16>) {
        if !run.is_empty() {
            let bytes = &data[usize::from(run.start - offset)..usize::from(run.end - offset)];
            std::hint::black_box(self.device.write(run.start, bytes).is_ok());
        }
    }
}
