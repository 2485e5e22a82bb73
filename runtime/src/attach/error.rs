//! Why a device could not be attached, or a saved state not be imposed on it.

use core::fmt;

use crate::identity::Identity;
use crate::overlay::SavedError;
use crate::reason::Reason;
use crate::saved::Layout;

/// Why a device could not be attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttachError<E> {
    /// The device failed.
    Device(E),
    /// The device has fewer than the 64 bytes that every function has.
    TooSmall(usize),
}

impl<E: fmt::Display> fmt::Display for AttachError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Device(error) => write!(f, "the device failed: {error}"),
            Self::TooSmall(size) => {
                write!(f, "a configuration space has at least 64 bytes, and this one has {size}")
            }
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for AttachError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Device(error) => Some(error),
            Self::TooSmall(_) => None,
        }
    }
}

/// What does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// PASID must not be where it was, or must not say what it said.
    Placement(Reason),
    /// PASID could be there, but what else is emulated would not be the same.
    Overlay(SavedError),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Placement(reason) => write!(f, "{reason}"),
            Self::Overlay(error) => write!(f, "{error}"),
        }
    }
}

/// Why a saved state was not imposed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "there is nothing to box with, and it is smaller than a configuration")]
#[non_exhaustive]
pub enum ImposeError<E> {
    /// The device could not be attached at all.
    Attach(AttachError<E>),
    /// It is another device: vendor, device id, class, or physical against virtual. The revision may differ.
    Identity {
        /// The function that the guest had.
        saved: Identity,
        /// The one here.
        here: Identity,
    },
    /// The layout that was saved is not possible here.
    Refused {
        /// Why.
        refusal: Refusal,
        /// What the guest saw.
        saved: Layout,
        /// What a guest would see that is started here.
        here: Layout,
    },
}

impl<E: fmt::Display> fmt::Display for ImposeError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attach(error) => write!(f, "{error}"),
            Self::Identity { saved, here } => write!(
                f,
                "saved for {:04x}:{:04x} class {:06x} ({:?}); this is {:04x}:{:04x} class {:06x} ({:?})",
                saved.vendor,
                saved.device,
                saved.class,
                saved.function,
                here.vendor,
                here.device,
                here.class,
                here.function
            ),
            Self::Refused { refusal, saved, here } => {
                write!(f, "the saved layout is not possible here: {refusal}\nsaved: {saved}\nhere: {here}")
            }
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for ImposeError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Attach(error) => Some(error),
            _ => None,
        }
    }
}
