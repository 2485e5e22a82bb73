//! What the write probe says: the object that `--format json` has for it.

use serde::Serialize;

/// Bytes of configuration space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Bytes {
    pub(super) start: u16,
    pub(super) end: u16,
}

impl Bytes {
    pub(super) fn length(&self) -> usize {
        usize::from(self.end.saturating_sub(self.start))
    }

    pub(super) fn dword(at: u16) -> Self {
        Self { start: at, end: at.saturating_add(4) }
    }
}

/// Declared free, and not written all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Passed {
    #[serde(flatten)]
    pub(super) bytes: Bytes,
    pub(super) why: &'static str,
}

/// Dwords that keep what is written to them.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Writable {
    #[serde(flatten)]
    pub(super) bytes: Bytes,
    /// The bits that do, byte by byte in hexadecimal.
    pub(super) bits: String,
}

/// What the probe found.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Probe {
    /// Every dword was probed, and reads 0 again.
    pub(super) complete: bool,
    /// The function was reset, since something could not be restored.
    pub(super) reset: bool,
    /// What was written.
    pub(super) written: Vec<Bytes>,
    /// How many bytes of that read 0 whatever is written.
    pub(super) hardwired: usize,
    pub(super) writable: Vec<Writable>,
    pub(super) passed_over: Vec<Passed>,
}
