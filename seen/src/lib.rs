//! What machines were seen to have: where the capabilities of some four thousand PCI ids are, hidden ones among them.
//!
//! [`DATABASE`] says nothing of registers or of free bytes, and vouches for nothing: it keeps others away from what was seen. It
//! belongs before the library of described devices, whose entries then win:
//!
//! ```
//! # const LIBRARY: quirk_runtime::Database<'static> = quirk_db_seen::DATABASE;
//! let databases = [quirk_db_seen::DATABASE, LIBRARY];
//! # let _ = databases;
//! ```
//!
//! A feature for each large vendor and one for the others say what is in it; without any it is empty. The lists are those of
//! bsdhw/PCIconf, CC BY 4.0: `seen/README.md`.
#![no_std]
#![forbid(unsafe_code)]

include!(concat!(env!("OUT_DIR"), "/quirks.rs"));
