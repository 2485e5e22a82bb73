//! The configuration space of a function as the kernel itself sees it: its `config` file.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use quirk_runtime::{ConfigAccess, ConfigRead};

use crate::Error;

const HEADER: usize = 64;

/// Configuration space through sysfs. Reading works, writing is refused.
#[derive(Debug)]
pub struct Config {
    file: File,
    size: usize,
}

impl Config {
    /// Opens a `config` file.
    ///
    /// Without `CAP_SYS_ADMIN` the kernel shows the header alone, whatever the file's length says; the size is then 64.
    ///
    /// # Errors
    /// When the file cannot be opened, or is none of 64, 256 or 4096 bytes long.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let file = File::open(path).map_err(|source| Error::file(path, source))?;
        let length = file.metadata().map_err(|source| Error::file(path, source))?.len();
        let size = match length {
            64 => 64,
            256 => 256,
            4096 => 4096,
            _ => {
                let text = format!("{length} bytes");
                return Err(Error::Content { path: path.to_owned(), text, expected: "64, 256 or 4096 bytes" });
            }
        };
        let mut config = Self { file, size };
        // Reads the vendor's first dword after the header, the capability list of most devices: nothing that reacts.
        if size > HEADER && config.fill(HEADER, &mut [0; 4]).map_err(|source| Error::file(path, source))? == 0 {
            config.size = HEADER;
        }
        Ok(config)
    }

    /// Reads until `buffer` is full or the file ends, and returns how much that was.
    fn fill(&self, offset: usize, buffer: &mut [u8]) -> io::Result<usize> {
        let mut done = 0;
        while done < buffer.len() {
            match self.file.read_at(&mut buffer[done..], (offset + done) as u64) {
                Ok(0) => break,
                Ok(count) => done += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }
}

impl ConfigRead for Config {
    type Error = Error;

    fn size(&self) -> usize {
        self.size
    }

    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), Error> {
        let read = self.fill(usize::from(offset), buffer).map_err(|source| Error::file(Path::new("config"), source))?;
        if read == buffer.len() { Ok(()) } else { Err(Error::Short { offset, wanted: buffer.len(), read }) }
    }
}

impl ConfigAccess for Config {
    fn write(&self, offset: u16, data: &[u8]) -> Result<(), Error> {
        Err(Error::ReadOnly { offset, length: data.len() })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn with_bytes(length: usize) -> (tempfile::TempDir, Result<Config, Error>) {
        let folder = tempfile::tempdir().unwrap();
        let bytes: Vec<u8> = (0..length).map(|at| at.to_le_bytes()[0]).collect();
        std::fs::write(folder.path().join("config"), bytes).unwrap();
        let config = Config::open(&folder.path().join("config"));
        (folder, config)
    }

    #[test]
    fn reads_any_bytes_and_refuses_to_write() {
        let (_folder, config) = with_bytes(4096);
        let config = config.unwrap();
        assert_eq!(config.size(), 4096);
        let mut bytes = [0; 5];
        config.read(0x101, &mut bytes).unwrap();
        assert_eq!(bytes, [1, 2, 3, 4, 5]);
        let error = config.write(0x104, &[0; 2]).unwrap_err().to_string();
        assert_eq!(error, "configuration space is read only through sysfs: refused to write 2 bytes at 0x104");
    }

    #[test]
    fn reading_past_the_end_is_an_error() {
        let (_folder, config) = with_bytes(256);
        assert!(matches!(config.unwrap().read(0xfe, &mut [0; 4]), Err(Error::Short { read: 2, wanted: 4, .. })));
    }

    #[test]
    fn other_sizes_are_refused() {
        for length in [0, 63, 100, 4095] {
            let (_folder, config) = with_bytes(length);
            let message = config.unwrap_err().to_string();
            assert!(message.contains(&format!("`{length} bytes`: expected 64, 256 or 4096 bytes")), "{message}");
        }
    }
}
