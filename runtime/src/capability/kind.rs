//! One kind of capability.

use super::length::Rule;
use crate::kernel::Kernel;

/// Since when vfio-pci shows a kind to user space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shown {
    /// It is unlinked from the list; its body stays readable and writable.
    Never,
    /// Always.
    Always,
    /// Since this version.
    Since(Kernel),
}

/// One kind of capability.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Kind {
    /// Its id.
    pub id: u16,
    /// Its name in the language.
    pub name: &'static str,
    /// What the specification calls it.
    pub title: &'static str,
    /// The shortest length in bytes, header included.
    pub min: u16,
    /// The longest length in bytes, or [`UNBOUNDED`](super::UNBOUNDED).
    pub max: u16,
    /// How its length follows from its own bits.
    pub rule: Rule,
    /// Whether vfio-pci shows it.
    pub shown: Shown,
}

impl Kind {
    /// Whether every capability of this kind has the same length.
    #[must_use]
    pub const fn is_fixed(&self) -> bool {
        self.min == self.max
    }

    /// The length that the capability's own bits tell, if there is a rule and the bits can be read.
    ///
    /// `dword` reads the dword at an offset from the capability's header. A computed length below the minimum is one
    /// that the device got wrong; it is returned as it is.
    pub fn computed(&self, dword: impl FnMut(u16) -> Option<u32>) -> Option<u16> {
        if self.is_fixed() { Some(self.min) } else { self.rule.length(dword) }
    }

    /// Whether vfio-pci of `kernel` shows it, lengths aside.
    #[must_use]
    pub fn is_shown(&self, kernel: Kernel) -> bool {
        match self.shown {
            Shown::Never => false,
            Shown::Always => true,
            Shown::Since(since) => kernel >= since,
        }
    }
}
