//! Access to the configuration space of one PCI function: what a VMM hands over, and the sizes it can have.

/// Bytes of the largest configuration space, the extended one.
pub const SPACE: usize = 4096;

/// Reads and writes the configuration space of one PCI function.
///
/// Offsets are byte offsets from the start of configuration space. An access never crosses [`ConfigAccess::size`]: the
/// runtime checks before it calls. Both methods take `&self`, as `pread` and `pwrite` do, so that `&D` is as good as `D`.
pub trait ConfigAccess {
    /// What can go wrong below: an I/O error, a protocol error, a device that is gone.
    type Error: core::error::Error;

    /// Bytes of configuration space that can be accessed: 64 (header only), 256 (conventional) or 4096 (extended).
    ///
    /// For a VFIO device it is the size of region 7.
    fn size(&self) -> usize;

    /// Fills `buffer` with the bytes from `offset`.
    ///
    /// # Errors
    /// When the device could not be read; `buffer` then holds nothing useful.
    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), Self::Error>;

    /// Writes `data` to the bytes from `offset`.
    ///
    /// # Errors
    /// When the device could not be written.
    fn write(&self, offset: u16, data: &[u8]) -> Result<(), Self::Error>;
}

impl<D: ConfigAccess + ?Sized> ConfigAccess for &D {
    type Error = D::Error;

    fn size(&self) -> usize {
        (**self).size()
    }

    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), Self::Error> {
        (**self).read(offset, buffer)
    }

    fn write(&self, offset: u16, data: &[u8]) -> Result<(), Self::Error> {
        (**self).write(offset, data)
    }
}

/// Reads of a configuration space, which is all that a walk of its lists needs: a device's, or a guest's view of it.
pub trait ConfigRead {
    /// What can go wrong below.
    type Error;

    /// Bytes of configuration space that can be read.
    fn size(&self) -> usize;

    /// Fills `buffer` with the bytes from `offset`.
    ///
    /// # Errors
    /// When they could not be read.
    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), Self::Error>;
}

impl<D: ConfigAccess + ?Sized> ConfigRead for D {
    type Error = D::Error;

    fn size(&self) -> usize {
        ConfigAccess::size(self)
    }

    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), Self::Error> {
        ConfigAccess::read(self, offset, buffer)
    }
}
