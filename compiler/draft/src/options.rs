//! What is known beside records.

use std::path::Path;

/// What is known beside records.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// What the device is called; made of its ids unless it is said.
    pub name: Option<&'a str>,
    /// The evidence; the records' origins unless it is said.
    pub evidence: Option<&'a str>,
    /// A device that it is like, and takes over from.
    pub like: Option<Base<'a>>,
}

/// A device that is like the one that a draft describes.
#[derive(Clone, Copy, Debug)]
pub struct Base<'a> {
    /// What it is called.
    pub device: &'a str,
    /// The file that describes it, as a file in `folder` would name it.
    pub file: &'a Path,
    /// Where the draft will lie.
    pub folder: &'a Path,
}
