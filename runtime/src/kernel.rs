//! A version of Linux.

/// A kernel version, as far as vfio-pci's tables depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kernel {
    /// The 6 of 6.12.
    pub major: u16,
    /// The 12 of 6.12.
    pub minor: u16,
}

impl Kernel {
    /// The newest kernel whose tables were read: 7.3.
    pub const LATEST: Self = Self::new(7, 3);

    /// A version.
    #[must_use]
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }
}

impl Default for Kernel {
    fn default() -> Self {
        Self::LATEST
    }
}
