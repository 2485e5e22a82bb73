//! How a call ended, and the text that says why.

use std::ffi::CStr;
use std::fmt;

/// How a call ended. A number never changes its meaning, and new ones may come.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuirkStatus {
    /// It is done.
    Ok = 0,
    /// An argument is NULL, contradicts itself, or has a value that this library does not know.
    Invalid = 1,
    /// An access reaches past the configuration space.
    OutOfRange = 2,
    /// A callback failed, or did something else than it was asked for.
    Device = 3,
    /// Bytes are no database of the version that this library reads.
    Database = 4,
    /// A file could not be read.
    File = 5,
    /// Bytes are no saved state of the version that this library reads.
    Saved = 6,
    /// What was saved is not possible on this device, this host, or with this policy.
    Refused = 7,
    /// A buffer is too short.
    Short = 8,
    /// Another call on this configuration is under way.
    Busy = 9,
    /// PASID has no place here.
    NoPasid = 10,
    /// A fault of this library. The configuration must not be used any more, but for `quirk_detach`.
    Internal = 11,
}

impl QuirkStatus {
    /// In words.
    pub(crate) const fn text(self) -> &'static CStr {
        match self {
            Self::Ok => c"done",
            Self::Invalid => c"an argument is not valid",
            Self::OutOfRange => c"the access reaches past the configuration space",
            Self::Device => c"the device failed",
            Self::Database => c"not a database of this version",
            Self::File => c"the file could not be read",
            Self::Saved => c"not a saved state of this version",
            Self::Refused => c"the saved state is not possible here",
            Self::Short => c"the buffer is too short",
            Self::Busy => c"another call on this configuration is under way",
            Self::NoPasid => c"there is no place for PASID",
            Self::Internal => c"an internal error",
        }
    }

    /// All, by number.
    pub(crate) const ALL: [Self; 12] = [
        Self::Ok,
        Self::Invalid,
        Self::OutOfRange,
        Self::Device,
        Self::Database,
        Self::File,
        Self::Saved,
        Self::Refused,
        Self::Short,
        Self::Busy,
        Self::NoPasid,
        Self::Internal,
    ];
}

/// Why a call failed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: QuirkStatus,
    pub(crate) text: String,
}

impl Failure {
    pub(crate) fn new(status: QuirkStatus, text: impl fmt::Display) -> Self {
        Self { status, text: text.to_string() }
    }

    pub(crate) fn invalid(text: impl fmt::Display) -> Self {
        Self::new(QuirkStatus::Invalid, text)
    }

    /// One for which the text of its status says everything.
    pub(crate) fn plain(status: QuirkStatus) -> Self {
        Self::new(status, status.text().to_string_lossy())
    }
}
