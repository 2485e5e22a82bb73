//! A configuration space held in memory: what a dump, a view or a test has.

use core::fmt;

use crate::{ConfigAccess, ConfigRead, SPACE};

/// A configuration space in memory, of 64, 256 or 4096 bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Image {
    bytes: [u8; SPACE],
    size: usize,
}

impl Image {
    /// Takes bytes of a space. A space has 64, 256 or 4096 of them: what is more than one of these is cut off, and less
    /// than 64 gives `None`.
    #[must_use]
    pub fn new(raw: &[u8]) -> Option<Self> {
        let size = [SPACE, 256, 64].into_iter().find(|&size| raw.len() >= size)?;
        let mut bytes = [0; SPACE];
        bytes[..size].copy_from_slice(&raw[..size]);
        Some(Self { bytes, size })
    }

    /// The bytes, as many as the space has.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.size]
    }

    /// The bytes, to change them.
    #[must_use]
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.size]
    }

    /// Cuts the space off after `size` bytes.
    pub(crate) fn truncate(&mut self, size: usize) {
        self.size = self.size.min(size);
    }

    /// A byte; `0xff` outside the space, as a bus gives it.
    #[must_use]
    pub fn byte(&self, offset: u16) -> u8 {
        self.bytes().get(usize::from(offset)).copied().unwrap_or(0xff)
    }

    /// A little-endian dword at any offset; bytes outside the space are `0xff`.
    #[must_use]
    pub fn dword(&self, offset: u16) -> u32 {
        u32::from_le_bytes([0, 1, 2, 3].map(|at| offset.checked_add(at).map_or(0xff, |at| self.byte(at))))
    }

    pub(crate) fn set_dword(&mut self, offset: u16, value: u32) {
        let at = usize::from(offset);
        if let Some(bytes) = self.bytes_mut().get_mut(at..at + 4) {
            bytes.copy_from_slice(&value.to_le_bytes());
        }
    }
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Image({} bytes of {:04x}:{:04x})", self.size, self.dword(0) & 0xffff, self.dword(0) >> 16)
    }
}

/// Why an image could not be accessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImageError {
    /// The bytes are outside the space.
    OutOfRange,
    /// An image is not a device: nothing can be written through it.
    ReadOnly,
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OutOfRange => "the bytes are outside the recorded configuration space",
            Self::ReadOnly => "a recorded configuration space cannot be written",
        })
    }
}

impl core::error::Error for ImageError {}

impl ConfigRead for Image {
    type Error = ImageError;

    fn size(&self) -> usize {
        self.size
    }

    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), ImageError> {
        let start = usize::from(offset);
        let bytes = self.bytes().get(start..start + buffer.len()).ok_or(ImageError::OutOfRange)?;
        buffer.copy_from_slice(bytes);
        Ok(())
    }
}

impl ConfigAccess for Image {
    fn write(&self, _: u16, _: &[u8]) -> Result<(), ImageError> {
        Err(ImageError::ReadOnly)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    extern crate std;
    use super::*;
    use std::vec;

    #[test]
    fn a_space_has_one_of_three_sizes() {
        for (raw, size) in [(64, 64), (255, 64), (256, 256), (4095, 256), (4096, 4096), (5000, 4096)] {
            assert_eq!(Image::new(&vec![0; raw]).unwrap().size(), size);
        }
        assert!(Image::new(&[0; 63]).is_none());
    }

    #[test]
    fn bytes_outside_read_as_ones_and_accesses_fail() {
        let image = Image::new(&[0; 64]).unwrap();
        assert_eq!(image.dword(0x3e), 0xffff_0000);
        assert_eq!(image.dword(u16::MAX), 0xffff_ffff);
        assert_eq!(image.read(0x3e, &mut [0; 4]), Err(ImageError::OutOfRange));
        assert_eq!(image.write(0, &[0]), Err(ImageError::ReadOnly));
    }
}
