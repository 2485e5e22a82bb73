//! What can be wrong with a free-space DVSEC.

use core::fmt;

/// Why a free-space DVSEC, or one entry of its table, is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// The Length field is below 12, or not a multiple of 4.
    Length(u16),
    /// The DVSEC runs past the end of configuration space, or past the bytes that could be read.
    Truncated,
    /// The form byte contradicts the form of the identity.
    Form(u8),
    /// Bytes of another capability lie in what the DVSEC covers.
    CapabilityInside,
    /// An entry's offset or length is not a multiple of 4.
    Unaligned,
    /// An entry leaves 0x40..0x1000, or crosses 0x100.
    OutOfRange,
    /// An entry overlaps the DVSEC itself.
    OverlapsDvsec,
    /// An entry overlaps a valid one before it.
    OverlapsEntry,
    /// An entry overlaps a capability, visible or hidden.
    OverlapsCapability,
}

impl Fault {
    /// A stable name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Length(_) => "dvsec-length",
            Self::Truncated => "dvsec-truncated",
            Self::Form(_) => "dvsec-form",
            Self::CapabilityInside => "dvsec-overlaps-capability",
            Self::Unaligned => "entry-unaligned",
            Self::OutOfRange => "entry-out-of-range",
            Self::OverlapsDvsec => "entry-overlaps-dvsec",
            Self::OverlapsEntry => "entry-overlaps-entry",
            Self::OverlapsCapability => "entry-overlaps-capability",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(length) => {
                write!(f, "its length is {length} bytes, but must be a multiple of 4 and at least 12")
            }
            Self::Truncated => f.write_str("it runs past the end of configuration space"),
            Self::Form(byte) => write!(f, "its form byte is {byte:#04x}, which is not the form of its identity"),
            Self::CapabilityInside => f.write_str("bytes of another capability lie in it"),
            Self::Unaligned => f.write_str("the entry's offset or length is not a multiple of 4"),
            Self::OutOfRange => f.write_str("the entry leaves 0x40..0x100 or 0x100..0x1000"),
            Self::OverlapsDvsec => f.write_str("the entry overlaps the DVSEC itself"),
            Self::OverlapsEntry => f.write_str("the entry overlaps a valid entry before it"),
            Self::OverlapsCapability => f.write_str("the entry overlaps a capability"),
        }
    }
}
