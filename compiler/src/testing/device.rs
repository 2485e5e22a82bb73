//! The device of a test: an image that remembers what was written to it.

use std::cell::RefCell;

use quirk_runtime::{ByteRange, ConfigAccess, ConfigRead, Image, ImageError, VirtualConfig};

/// A function as the VMM holds it.
pub(super) type Guest<'c, 'd> = VirtualConfig<'c, &'d Device>;

/// A configuration space in memory. What is written stays, except in bits that no device lets be written.
#[derive(Debug)]
pub(super) struct Device {
    image: RefCell<Image>,
    /// The bits that keep their value, for each byte.
    fixed: Vec<u8>,
    writes: RefCell<Vec<ByteRange>>,
}

impl Device {
    pub(super) fn new(image: Image, fixed: Vec<u8>) -> Self {
        Self { image: RefCell::new(image), fixed, writes: RefCell::default() }
    }

    /// What was written so far that touches a range, or all of it.
    pub(super) fn written(&self, range: Option<ByteRange>) -> Vec<ByteRange> {
        let touches = |write: &&ByteRange| range.is_none_or(|range| range.overlaps(**write));
        self.writes.borrow().iter().filter(touches).copied().collect()
    }
}

impl ConfigRead for &Device {
    type Error = ImageError;

    fn size(&self) -> usize {
        ConfigRead::size(&*self.image.borrow())
    }

    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), ImageError> {
        ConfigRead::read(&*self.image.borrow(), offset, buffer)
    }
}

impl ConfigAccess for &Device {
    fn write(&self, offset: u16, data: &[u8]) -> Result<(), ImageError> {
        let start = usize::from(offset);
        let mut image = self.image.borrow_mut();
        let bytes = image.bytes_mut().get_mut(start..start + data.len()).ok_or(ImageError::OutOfRange)?;
        for ((byte, new), fixed) in bytes.iter_mut().zip(data).zip(&self.fixed[start..]) {
            *byte = *byte & fixed | new & !fixed;
        }
        self.writes.borrow_mut().push(ByteRange::new(offset, offset.saturating_add(data.len() as u16)));
        Ok(())
    }
}
