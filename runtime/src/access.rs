//! Access to the configuration space of one PCI function: what a VMM hands over, and the sizes it can have.

/// Bytes of the largest configuration space, the extended one.
pub const SPACE: usize = 4096;

/// Reads of the configuration space of one PCI function, which is all that a walk of its lists needs: a device's, or a guest's
/// view of it.
///
/// Offsets are byte offsets from the start of configuration space. An access never crosses [`ConfigRead::size`]: the
/// runtime checks before it calls. Reads take `&self`, as `pread` does, so that `&D` is as good as `D`.
pub trait ConfigRead {
    /// What can go wrong below: an I/O error, a protocol error, a device that is gone.
    type Error;

    /// Bytes of configuration space that can be accessed: 64 (header only), 256 (conventional) or 4096 (extended).
    ///
    /// For a VFIO device it is the size of region 7.
    fn size(&self) -> usize;

    /// Fills `buffer` with the bytes from `offset`.
    ///
    /// # Errors
    /// When the device could not be read; `buffer` then holds nothing useful.
    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), Self::Error>;
}

/// Reads and writes of the configuration space of one PCI function: what a VMM hands over.
///
/// ```
/// use std::{fs::File, io, os::unix::fs::FileExt};
///
/// use quirk_runtime::{ConfigAccess, ConfigRead};
///
/// /// A VFIO device's configuration space, from where its region 7 starts in the device's file.
/// struct Region {
///     device: File,
///     start: u64,
///     size: usize,
/// }
///
/// impl ConfigRead for Region {
///     type Error = io::Error;
///
///     fn size(&self) -> usize {
///         self.size
///     }
///
///     fn read(&self, offset: u16, buffer: &mut [u8]) -> io::Result<()> {
///         self.device.read_exact_at(buffer, self.start + u64::from(offset))
///     }
/// }
///
/// impl ConfigAccess for Region {
///     fn write(&self, offset: u16, data: &[u8]) -> io::Result<()> {
///         self.device.write_all_at(data, self.start + u64::from(offset))
///     }
/// }
/// ```
pub trait ConfigAccess: ConfigRead<Error: core::error::Error> {
    /// Writes `data` to the bytes from `offset`. It takes `&self`, as `pwrite` does.
    ///
    /// # Errors
    /// When the device could not be written.
    fn write(&self, offset: u16, data: &[u8]) -> Result<(), Self::Error>;
}

impl<D: ConfigRead + ?Sized> ConfigRead for &D {
    type Error = D::Error;

    fn size(&self) -> usize {
        (**self).size()
    }

    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), Self::Error> {
        (**self).read(offset, buffer)
    }
}

impl<D: ConfigAccess + ?Sized> ConfigAccess for &D {
    fn write(&self, offset: u16, data: &[u8]) -> Result<(), Self::Error> {
        (**self).write(offset, data)
    }
}
