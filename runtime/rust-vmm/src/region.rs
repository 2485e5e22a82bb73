//! The configuration space of a device that `vfio-ioctls` holds.

#![expect(unsafe_code, reason = "vfio-ioctls lends its descriptor as a number alone")]

use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::os::unix::fs::FileExt;

use quirk_runtime::{ConfigAccess, ConfigRead};
use vfio_bindings::bindings::vfio::{
    VFIO_PCI_CONFIG_REGION_INDEX, VFIO_REGION_INFO_FLAG_READ, VFIO_REGION_INFO_FLAG_WRITE,
};
use vfio_ioctls::VfioDevice;

/// Why there is no configuration space, or why an access failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegionError {
    /// The device has no region for configuration space of a size that one has, or one that cannot be read and written.
    #[error("region 7 has {size:#x} bytes and flags {flags:#x}: no configuration space that can be read and written")]
    NotConfig {
        /// Bytes.
        size: u64,
        /// `flags` of `struct vfio_region_info`.
        flags: u32,
    },
    /// The descriptor could not be duplicated.
    #[error("`dup` of the device's descriptor: {0}")]
    Duplicate(io::Error),
    /// The kernel refused a read, or gave less than was asked for.
    #[error("read of {length} bytes at {offset:#x}: {source}")]
    Read {
        /// First byte.
        offset: u16,
        /// Bytes.
        length: usize,
        /// What the kernel says.
        source: io::Error,
    },
    /// The kernel refused a write, or took less than it was given.
    #[error("write of {length} bytes at {offset:#x}: {source}")]
    Write {
        /// First byte.
        offset: u16,
        /// Bytes.
        length: usize,
        /// What the kernel says.
        source: io::Error,
    },
}

/// The configuration space of a device, on a descriptor of its own: the device stays open as long as this lives.
#[derive(Debug)]
pub struct ConfigRegion {
    file: File,
    start: u64,
    size: usize,
}

impl ConfigRegion {
    /// Region 7 of the device, where `VfioDevice` found it.
    ///
    /// # Errors
    /// When the device has no such region, or its descriptor cannot be duplicated.
    pub fn new(device: &VfioDevice) -> Result<Self, RegionError> {
        let index = VFIO_PCI_CONFIG_REGION_INDEX;
        let (flags, size) = (device.get_region_flags(index), device.get_region_size(index));
        let file = duplicate(device).map_err(RegionError::Duplicate)?;
        Self::from_file(file, device.get_region_offset(index), size, flags)
    }

    /// A VFIO device's file that a VMM holds itself, with what `VFIO_DEVICE_GET_REGION_INFO` says of region 7.
    ///
    /// # Errors
    /// When size or flags are not those of a configuration space.
    pub fn from_file(file: File, start: u64, size: u64, flags: u32) -> Result<Self, RegionError> {
        let both = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE;
        match usize::try_from(size) {
            Ok(size @ (64 | 256 | 4096)) if flags & both == both => Ok(Self { file, start, size }),
            _ => Err(RegionError::NotConfig { size, flags }),
        }
    }

    /// Does what `step` does for the bytes that are left, until none is: a system call may be cut short by a signal.
    fn transfer(
        &self,
        offset: u16,
        length: usize,
        mut step: impl FnMut(usize, u64) -> io::Result<usize>,
    ) -> io::Result<()> {
        if usize::from(offset).saturating_add(length) > self.size {
            return Err(io::Error::new(ErrorKind::InvalidInput, "past the end of configuration space"));
        }
        let mut done = 0;
        while done < length {
            match step(done, self.start + u64::from(offset) + done as u64) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(count) => done += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Another descriptor for the same open file.
fn duplicate(device: &impl AsRawFd) -> io::Result<File> {
    // SAFETY: the number is that of a descriptor that `device` owns, and `device` outlives what is borrowed here.
    let descriptor = unsafe { BorrowedFd::borrow_raw(device.as_raw_fd()) };
    descriptor.try_clone_to_owned().map(File::from)
}

impl ConfigRead for ConfigRegion {
    type Error = RegionError;

    fn size(&self) -> usize {
        self.size
    }

    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), RegionError> {
        let length = buffer.len();
        self.transfer(offset, length, |done, at| self.file.read_at(&mut buffer[done..], at))
            .map_err(|source| RegionError::Read { offset, length, source })
    }
}

impl ConfigAccess for ConfigRegion {
    fn write(&self, offset: u16, data: &[u8]) -> Result<(), RegionError> {
        let length = data.len();
        self.transfer(offset, length, |done, at| self.file.write_at(&data[done..], at))
            .map_err(|source| RegionError::Write { offset, length, source })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::fs;
    use std::os::fd::AsRawFd;

    use super::duplicate;

    #[test]
    fn a_duplicate_is_another_descriptor_of_the_same_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), b"x").unwrap();
        let other = duplicate(file.as_file()).unwrap();
        assert_ne!(other.as_raw_fd(), file.as_file().as_raw_fd());
        // It stays open when the first is closed.
        let path = file.path().to_path_buf();
        drop(file);
        assert!(!path.exists());
        let mut byte = [0];
        std::os::unix::fs::FileExt::read_exact_at(&other, &mut byte, 0).unwrap();
        assert_eq!(&byte, b"x");
    }

    #[test]
    fn a_number_that_no_file_has_is_refused() {
        struct Gone;
        impl AsRawFd for Gone {
            fn as_raw_fd(&self) -> i32 {
                i32::MAX
            }
        }
        assert_eq!(duplicate(&Gone).unwrap_err().raw_os_error(), Some(9), "EBADF");
    }
}
