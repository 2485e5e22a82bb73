//! What tests share: a device that records what is done to it, tables from descriptions, and tables that no description gives.

mod device;
mod memory;
mod patch;
mod tables;

pub use device::{Access, Recorder};
pub use memory::Memory;
pub use patch::{add, empty, patch, patched, seal, section};
pub use tables::{device, only, tables, unchecked, unchecked_device};
