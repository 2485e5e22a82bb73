//! What an access, an attach and a lookup cost, beside the designs of other VMMs and beside the floor.
//!
//! All contenders of a comparison run interleaved in one process, and what counts is the ratio between them.

pub mod descriptions;
pub mod device;
pub mod harness;
pub mod mapped;
pub mod peers;
pub mod scene;
