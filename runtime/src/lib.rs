//! Places virtual PCI capabilities on top of a live device: tables, chains, the kernel's view, placement, overlay.
//!
//! No operating system, no allocation, no dependency, no unsafe code.
#![no_std]
#![forbid(unsafe_code)]

mod access;
mod byte_set;
pub mod free_space;
mod identity;
pub mod overlay;
mod pasid;
pub mod tables;

pub use access::{ConfigAccess, SPACE};
pub use byte_set::ByteSet;
pub use identity::{Function, Identity};
pub use overlay::{Effect, Effects, Overlay, Reset};
pub use pasid::{HostPasid, MAX_WIDTH};
pub use tables::Database;
