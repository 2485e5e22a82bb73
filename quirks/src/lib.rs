//! The library of real devices: what is in their configuration space, what is free, and where PASID may go.
//!
//! [`DATABASE`] is compiled from the `.quirk` files beside this crate's source, one folder per vendor. It lies in `.rodata`:
//! there is nothing to initialise, and what a VMM links it is.
//!
//! ```
//! let accelerator = quirk_db::DATABASE.devices().find(|device| device.name() == "dsa_spr").unwrap();
//! assert!(accelerator.source().starts_with("intel/"));
//! // The description says where PASID may go.
//! assert!(accelerator.places().next().is_some());
//! ```
//!
//! Each folder of devices is a feature, and all of them are on by default. The feature `seen` adds `SEEN`, a second database: where
//! the capabilities of some four thousand ids were seen, to stand before this one.
//!
//! `quirks/README.md` says how to add a device, and what evidence means.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

#[cfg(doctest)]
#[doc = include_str!("../../docs/testing.md")]
struct Testing;

/// What machines were seen to have of some four thousand ids. It belongs before [`DATABASE`], whose entries then win.
#[cfg(feature = "seen")]
pub use quirk_db_seen::DATABASE as SEEN;

include!(concat!(env!("OUT_DIR"), "/quirks.rs"));
