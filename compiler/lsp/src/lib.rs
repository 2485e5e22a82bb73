//! A language server for descriptions of PCI functions, on a pair of byte streams.
//!
//! One thread reads, one writes, one keeps the texts, and one answers, in the order of the questions. It opens no connection
//! and starts no program.
#![forbid(unsafe_code)]

mod answers;
mod cursor;
mod desk;
mod features;
mod files;
mod index;
mod language;
mod lines;
mod program;
mod server;
mod text;
mod transport;
mod uri;
mod worker;
mod world;

pub use program::{Drawing, Program, Settings, Wrong};
pub use server::{Ending, serve};
