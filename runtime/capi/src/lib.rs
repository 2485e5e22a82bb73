//! The C library: what `include/quirk.h` declares.
//!
//! Every exported function is in `calls.rs`. `boundary.rs` turns what C passes into safe types and holds all of the crate's unsafe
//! blocks; the other files know no raw pointer but as a value that they hand to it.

mod abi;
mod attach;
mod boundary;
mod calls;
mod database;
mod device;
mod policy;
mod status;

pub use abi::{
    QuirkEffects, QuirkError, QuirkHidden, QuirkHost, QuirkIdentity, QuirkIntent, QuirkLayer, QuirkMirror, QuirkOps,
    QuirkParam, QuirkPolicy, QuirkRange, QuirkSaved, QuirkWindow,
};
pub use attach::QuirkConfig;
pub use calls::*;
pub use database::QuirkDb;
pub use status::QuirkStatus;
