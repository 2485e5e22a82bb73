//! Drafts of descriptions, made from recorded configuration spaces.
//!
//! A draft compiles, is formatted and passes its own test; what the language cannot state stays in it as a comment with the reason.
//! It says what was seen, which is not all that is true.
//!
//! ```
//! let mut bytes = vec![0; 256];
//! bytes[..4].copy_from_slice(&[0xfe, 0xff, 0x01, 0x10]);
//! let identity = quirk_runtime::Identity::new(0xfffe, 0x1001);
//! let record = quirk_draft::Sample { bytes: &bytes, identity, name: "65:00.0", description: "", origin: "a.txt" };
//! let drafts = quirk_draft::drafts(&[record], &quirk_draft::Options::default()).unwrap();
//! assert!(quirk_draft::text(&drafts).unwrap().contains("device device_fffe_1001 {"));
//! ```
#![forbid(unsafe_code)]

mod blank;
mod draft;
mod error;
mod facts;
mod group;
mod like;
mod options;
mod sample;
mod settle;
mod text;
mod word;

pub use blank::blank;
pub use draft::{Draft, Refused};
pub use error::Error;
pub use options::{Base, Options};
pub use sample::Sample;
pub use text::text;

use facts::Facts;
use group::Group;
use like::Like;

/// A draft for each device of which there are records, in the order in which they come first.
///
/// # Errors
/// When a record says nothing, the name is none, or what it is to be like is not there.
pub fn drafts(records: &[Sample<'_>], options: &Options<'_>) -> Result<Vec<Draft>, Error> {
    let facts = records.iter().map(Facts::of).collect::<Result<Vec<_>, _>>()?;
    let groups = Group::all(facts)?;
    let like = options.like.as_ref().map(|like| Like::read(like, options.name)).transpose()?;
    let draft = |group: &Group| settle::settle(Draft::new(group, options, like.as_ref())?, group);
    groups.iter().map(draft).collect()
}
