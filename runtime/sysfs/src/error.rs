//! What can go wrong between the program and sysfs.

use std::io;
use std::path::{Path, PathBuf};

use crate::Address;

/// An error of the sysfs backend.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No PCI function has this address.
    #[error("there is no PCI function at `{address}`")]
    NoSuchFunction {
        /// The address that was asked for.
        address: Address,
    },
    /// A file could not be read.
    #[error("cannot read `{}`: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file holds something else than sysfs writes there.
    #[error("`{}` holds `{text}`: expected {expected}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What it holds.
        text: String,
        /// What belongs there.
        expected: &'static str,
    },
    /// The configuration space ended before the bytes that were asked for.
    #[error("read {read} of {wanted} bytes of configuration space at 0x{offset:03x}{}", privilege(*offset))]
    Short {
        /// First byte that was asked for.
        offset: u16,
        /// How many were asked for.
        wanted: usize,
        /// How many came.
        read: usize,
    },
    /// This backend never writes to a device.
    #[error("configuration space is read only through sysfs: refused to write {length} bytes at 0x{offset:03x}")]
    ReadOnly {
        /// First byte of the write.
        offset: u16,
        /// Its length.
        length: usize,
    },
}

impl Error {
    pub(crate) fn file(path: &Path, source: io::Error) -> Self {
        Self::File { path: path.to_owned(), source }
    }
}

fn privilege(offset: u16) -> &'static str {
    if offset < 64 { "" } else { ": bytes above 0x40 need CAP_SYS_ADMIN" }
}
