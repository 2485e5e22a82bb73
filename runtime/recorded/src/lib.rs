//! Recorded PCI configuration spaces: found in text of lspci and of programs that print bytes, or binary.
//!
//! [`parse`] takes the bytes of a file and finds what is recorded in it, among whatever else: text of `lspci` in a mail or a
//! log, dumps of bytes of many programs, or a binary file. [`stream`] does the same without holding the file. What comes out
//! implements [`quirk_runtime::ConfigAccess`], so that everything that works on a device works on a record of it; writes change
//! the record in memory and are remembered. [`lspci_text`] writes what `lspci -F` reads.
//!
//! With the feature `archives`, [`stream_unpacked`] looks into files of gzip, xz and tar, however they are put together.
//!
//! ```
//! let text = "00:1f.0 an example\n00: fe ff 01\n";
//! let error = quirk_recorded::parse(text.as_bytes()).unwrap_err();
//! assert_eq!(error.to_string(), "line 2: row `00` has 3 bytes, expected 16");
//! ```
#![forbid(unsafe_code)]

mod address;
#[cfg(feature = "archives")]
mod archive;
mod bare;
mod block;
mod encoding;
mod error;
mod heading;
mod line;
mod lines;
mod order;
mod packed;
mod parse;
mod plain;
mod reading;
mod recorded;
mod scan;
mod text;
mod write;

pub use address::{Address, AddressError};
#[cfg(feature = "archives")]
pub use archive::{Limits, stream_unpacked};
pub use error::{ParseError, Problem, RowMistake};
pub use heading::{Heading, Ids};
pub use parse::{parse, read, stream};
pub use reading::{Item, Reading, Unread};
pub use recorded::{OutOfRange, Recorded, SIZES, Write};
pub use write::{LspciDomain, lspci_text};
