//! A map of a configuration space: what lies where, and what is free.
//!
//! On a terminal one character stands for a dword, a line for 256 bytes. [`Map::of`] paints what the bytes themselves tell; what
//! only a description, the host or a decision tells is painted over it.
//!
//! A [`Sheet`] has the same byte by byte, with who says so: [`html`] draws it on a page, and with the feature `json` there
//! is an object of it for programs.
#![forbid(unsafe_code)]

mod hidden;
pub mod html;
#[cfg(feature = "json")]
pub mod json;
mod list;
mod map;
mod model;
mod owners;
pub mod page;
mod render;
mod role;
mod sheet;

pub use hidden::{hidden, with_ids};
pub use list::{Entry, list};
pub use map::Map;
pub use model::{Owner, Painted, Region, SPACE, regions};
pub use render::Coloured;
pub use role::Role;
pub use sheet::{Description, Sheet, State, Subject};
