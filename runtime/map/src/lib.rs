//! A map of a configuration space for a terminal: what lies where, and what is free.
//!
//! One character stands for a dword, a line for 256 bytes. [`Map::of`] paints what the bytes themselves tell; what only a
//! description, the host or a decision tells is painted over it.
#![forbid(unsafe_code)]

mod list;
mod map;
mod render;
mod role;

pub use list::{Entry, list};
pub use map::Map;
pub use render::Coloured;
pub use role::Role;
