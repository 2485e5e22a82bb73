//! Configuration spaces and databases for unit tests, built by hand.

#![expect(clippy::unwrap_used, reason = "tests")]

extern crate std;

pub(crate) mod database;
pub(crate) mod layers;

use core::cell::RefCell;
use std::vec::Vec;

use crate::image::{Image, ImageError};
use crate::{ConfigAccess, ConfigRead};

/// A space of 4096 bytes that counts what is done to it.
#[derive(Clone, Debug)]
pub(crate) struct Space4k {
    bytes: RefCell<Vec<u8>>,
    /// Offset and length of every write.
    pub(crate) writes: RefCell<Vec<(u16, usize)>>,
    /// Offset and length of every read.
    pub(crate) reads: RefCell<Vec<(u16, usize)>>,
}

impl Space4k {
    /// An endpoint of the fictional vendor 0xfffe with PCI Express at 0x40, and these extended capabilities, linked in
    /// this order, of version 1.
    pub(crate) fn endpoint(capabilities: &[(u16, u16)]) -> Self {
        let mut space =
            Self { bytes: RefCell::new(std::vec![0; 4096]), writes: RefCell::default(), reads: RefCell::default() };
        space.set(0x00, 0x1001_fffe);
        space.set(0x08, 0x0880_0001);
        space.link_conventional(&[(0x40, 0x10)]);
        let nexts = capabilities.iter().skip(1).map(|&(at, _)| at).chain([0]);
        for (&(at, id), next) in capabilities.iter().zip(nexts) {
            space.set(at, u32::from(next) << 20 | 0x1_0000 | u32::from(id));
        }
        space
    }

    /// Links these conventional capabilities instead.
    pub(crate) fn link_conventional(&mut self, capabilities: &[(u16, u16)]) {
        self.set(0x04, 0x0010_0000);
        self.set(0x34, u32::from(capabilities.first().map_or(0, |&(at, _)| at)));
        let nexts = capabilities.iter().skip(1).map(|&(at, _)| at).chain([0]);
        for (&(at, id), next) in capabilities.iter().zip(nexts) {
            let upper = if id == 0x10 { 0x0002_0000 } else { 0 };
            self.set(at, upper | u32::from(next) << 8 | u32::from(id));
        }
    }

    pub(crate) fn set(&mut self, at: u16, dword: u32) {
        let at = usize::from(at);
        self.bytes.get_mut()[at..at + 4].copy_from_slice(&dword.to_le_bytes());
    }

    pub(crate) fn get(&self, at: u16) -> u32 {
        let at = usize::from(at);
        u32::from_le_bytes(self.bytes.borrow()[at..at + 4].try_into().unwrap())
    }

    pub(crate) fn image(&self) -> Image {
        Image::new(&self.bytes.borrow()).unwrap()
    }
}

impl ConfigRead for Space4k {
    type Error = ImageError;

    fn size(&self) -> usize {
        4096
    }

    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), ImageError> {
        self.reads.borrow_mut().push((offset, buffer.len()));
        self.image().read(offset, buffer)
    }
}

impl ConfigAccess for Space4k {
    fn write(&self, offset: u16, data: &[u8]) -> Result<(), ImageError> {
        self.writes.borrow_mut().push((offset, data.len()));
        let at = usize::from(offset);
        self.bytes.borrow_mut()[at..at + data.len()].copy_from_slice(data);
        Ok(())
    }
}

/// Offsets of the extended headers, by a walk that trusts the image.
pub(crate) fn extended(image: &Image) -> Vec<u16> {
    let mut offsets = Vec::new();
    let mut at = 0x100;
    while at >= 0x100 && image.dword(at) != 0 && offsets.len() < 64 {
        offsets.push(at);
        at = (image.dword(at) >> 20) as u16;
    }
    offsets
}

/// Offsets of the conventional headers, by a walk that trusts the image.
pub(crate) fn conventional(image: &Image) -> Vec<u16> {
    let mut offsets = Vec::new();
    let mut at = u16::from(image.byte(0x34));
    while at >= 0x40 && offsets.len() < 64 {
        offsets.push(at);
        at = image.byte(at + 1).into();
    }
    offsets
}
