//! Why a claim or an access is refused.

use core::fmt;

/// Why bits cannot be owned. The overlay is then as it was before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClaimError {
    /// The claim reaches past the space.
    OutOfRange {
        /// First byte of the claim.
        offset: u16,
        /// Its bytes.
        length: usize,
        /// Bytes of the space.
        size: usize,
    },
    /// Masks and values are not equally many.
    Uneven {
        /// First byte of the claim.
        offset: u16,
    },
    /// Bits are owned already, with another class or value.
    Collision {
        /// The byte.
        offset: u16,
        /// The bits.
        bits: u8,
    },
    /// More than [`super::RARE_BYTES`] bytes need more than a value and a mask.
    TooManyRare {
        /// The byte that found no room.
        offset: u16,
    },
    /// More than 128 bytes have bits that are owned or writable in a way that few other bytes have.
    TooManyMasks {
        /// The byte that found no room.
        offset: u16,
    },
    /// A second control register of the kind, more than [`super::RESET_BITS`] reset bits, or more than [`super::LOCKS`] locks.
    TooManyWatched {
        /// The byte that found no room.
        offset: u16,
    },
}

impl fmt::Display for ClaimError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::OutOfRange { offset, length, size } => {
                write!(f, "{length} bytes at {offset:#x} reach past the configuration space of {size:#x} bytes")
            }
            Self::Uneven { offset } => write!(f, "the masks and values of the bytes at {offset:#x} differ in number"),
            Self::Collision { offset, bits } => {
                write!(f, "bits {bits:#04x} of byte {offset:#x} are emulated already, in another way")
            }
            Self::TooManyRare { offset } => write!(
                f,
                "no room for byte {offset:#x}: at most {} bytes may be sticky, cleared by writing 1, forced, or writable \
                 with an initial value other than 0",
                super::RARE_BYTES
            ),
            Self::TooManyMasks { offset } => write!(
                f,
                "no room for byte {offset:#x}: at most {} bytes may have bits that are owned or writable otherwise than those of \
                 most bytes",
                super::odd::ODD_BYTES
            ),
            Self::TooManyWatched { offset } => {
                write!(
                    f,
                    "byte {offset:#x} cannot be watched: a function has one PASID, ATS, PRI and power control each"
                )?;
                write!(f, ", at most {} reset bits and {} locks", super::RESET_BITS, super::LOCKS)
            }
        }
    }
}

impl core::error::Error for ClaimError {}

/// Why an access of the guest failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccessError<E> {
    /// It reaches past the space. Nothing was read or written.
    OutOfRange {
        /// First byte of the access.
        offset: u16,
        /// Bytes of the space.
        size: u16,
        /// Bytes of the access; `u32::MAX` for more.
        length: u32,
    },
    /// The device below failed.
    Device(E),
}

impl<E: fmt::Display> fmt::Display for AccessError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfRange { offset, length, size } => {
                write!(
                    f,
                    "access of {length} bytes at {offset:#x} reaches past the configuration space of {size:#x} bytes"
                )
            }
            Self::Device(error) => write!(f, "the device failed: {error}"),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for AccessError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::OutOfRange { .. } => None,
            Self::Device(error) => Some(error),
        }
    }
}
