//! How far is unpacked.

/// How far is unpacked. Something small may unpack to something endless.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes that are read, those of all layers together.
    pub bytes: u64,
    /// The most compressed files and archives inside each other.
    pub depth: u8,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 1 << 30, depth: 4 }
    }
}
