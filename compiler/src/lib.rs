//! The quirk compiler: from descriptions of devices to tables that a VMM links.
//!
//! [`compile`] takes files and gives [`Compilation`]: diagnostics as data, and the database where there is no error. It
//! prints nothing and reads no environment but the number of processors. [`Build`] is the face for a `build.rs`, the only
//! part that speaks to cargo.

#![cfg_attr(
    not(all(feature = "c", feature = "editor", feature = "fix", feature = "testing")),
    expect(dead_code, reason = "what only a feature uses stays where it belongs")
)]

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod allocate;
pub mod build;
pub mod catalogue;
mod compilation;
pub mod diagnostic;
mod doubts;
mod emit;
#[cfg(feature = "editor")]
pub mod facts;
pub mod files;
#[cfg(feature = "fix")]
pub mod fix;
mod load;
mod lower;
mod matching;
mod model;
mod names;
mod numbered;
mod options;
mod passes;
mod pipeline;
mod rules;
mod rust_tests;
mod severity;
mod shares;
mod source;
mod suggest;
mod syntax;
mod tables;
pub mod testing;
#[cfg(feature = "editor")]
mod workspace;

pub use build::{Build, Error as BuildError};
pub use compilation::Compilation;
#[cfg(feature = "c")]
pub use emit::{C, CStyle, CTypes, InvalidPrefix};
pub use load::Input;
pub use options::Options;
pub use pipeline::compile;
pub use source::{FileId, Located, Place, Position, Source, Sources};
#[cfg(feature = "editor")]
pub use workspace::Workspace;
