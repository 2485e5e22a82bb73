//! Places virtual PCI capabilities on top of a live device: tables, chains, the kernel's view, placement, overlay.
//!
//! No operating system, no allocation, no dependency, no unsafe code.
#![no_std]
#![forbid(unsafe_code)]

mod access;
pub mod free_space;
mod identity;
mod pasid;
pub mod tables;

pub use access::ConfigAccess;
pub use identity::{Function, Identity};
pub use pasid::{HostPasid, MAX_WIDTH};
pub use tables::Database;
