//! Recorded PCI configuration spaces: lspci hex text, raw binary and plain hex.
//!
//! [`parse`] takes the bytes of a file and finds out which of the three they are. What comes out implements
//! [`quirk_runtime::ConfigAccess`], so that everything that works on a device works on a record of it; writes change the
//! record in memory and are remembered. [`lspci_text`] writes what `lspci -F` reads.
//!
//! ```
//! let text = "00:1f.0 an example\n00: fe ff 01 10\n";
//! let error = quirk_recorded::parse(text.as_bytes()).unwrap_err();
//! assert_eq!(error.to_string(), "line 2: row `00` has 4 bytes, expected 16");
//! ```
#![forbid(unsafe_code)]

mod address;
mod error;
mod heading;
mod hex;
mod lspci;
mod parse;
mod recorded;
mod write;

pub use address::{Address, AddressError};
pub use error::{ParseError, Problem, RowMistake};
pub use heading::{Heading, Ids};
pub use parse::parse;
pub use recorded::{OutOfRange, Recorded, SIZES, Write};
pub use write::lspci_text;
