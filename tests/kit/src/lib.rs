//! What tests share: a device that records what is done to it, and tables from descriptions.

mod device;
mod tables;

pub use device::{Access, Recorder};
pub use tables::{device, tables};
