//! The library of real devices: what is in their configuration space, what is free, and where PASID may go.
//!
//! [`DATABASE`] is compiled from the `.quirk` files beside this crate's source, one folder per vendor. It lies in `.rodata`:
//! there is nothing to initialise, and what a VMM links it is.
//!
//! ```
//! use quirk_runtime::tables::{Device, EntryKind, LayoutEntry};
//!
//! let database = quirk_db::DATABASE;
//! let names = database.all::<Device>().map(|device| database.text(device.name));
//! assert!(names.into_iter().any(|name| name == "dsa_spr"));
//!
//! // What a device is known to keep outside every capability.
//! let device = database.all::<Device>().find(|device| database.text(device.name) == "bcm5719").unwrap();
//! let window = database
//!     .list::<LayoutEntry>(device.layout)
//!     .find(|entry| entry.kind == EntryKind::Register && entry.offset == 0x78)
//!     .unwrap();
//! assert_eq!(database.text(window.label), "register window address");
//! ```
//!
//! `quirks/README.md` says how to add a device, and what evidence means.
#![no_std]
#![forbid(unsafe_code)]

include!(concat!(env!("OUT_DIR"), "/quirks.rs"));
