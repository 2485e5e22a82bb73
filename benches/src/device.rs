//! The device below: a file of 4096 bytes, read and written with one system call each, as a VFIO device is.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use quirk_runtime::{ConfigAccess, ConfigRead};

/// A configuration space behind a file descriptor.
#[derive(Debug)]
pub struct FileDevice(File);

impl FileDevice {
    /// A device with these bytes, in a temporary file that is gone with it.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn new(bytes: &[u8]) -> io::Result<Self> {
        // In memory where there is such a folder: a disk's file system would be measured otherwise.
        let memory = Path::new("/dev/shm");
        let file = if memory.is_dir() { tempfile::tempfile_in(memory)? } else { tempfile::tempfile()? };
        file.write_all_at(bytes, 0)?;
        Ok(Self(file))
    }
}

impl ConfigRead for FileDevice {
    type Error = io::Error;

    fn size(&self) -> usize {
        4096
    }

    fn read(&self, offset: u16, buffer: &mut [u8]) -> io::Result<()> {
        self.0.read_exact_at(buffer, offset.into())
    }
}

impl ConfigAccess for FileDevice {
    fn write(&self, offset: u16, data: &[u8]) -> io::Result<()> {
        self.0.write_all_at(data, offset.into())
    }
}
