//! Why there is no draft.

/// Why there is no draft, and the way out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No record was given.
    #[error("nothing was recorded")]
    Nothing,
    /// A function that is gone, or powered down.
    #[error("{name}: the function does not answer: every byte reads ff")]
    NoAnswer {
        /// What it is called.
        name: String,
    },
    /// A virtual function does not tell its own ids.
    #[error("{name}: the ids of a virtual function read ffff:ffff")]
    NoIds {
        /// What it is called.
        name: String,
    },
    /// What a device is to be called is no name of the language.
    #[error("`{name}` is no name: letters, digits and `_`, no digit first")]
    Name {
        /// What was given.
        name: String,
    },
    /// The device is to be called as the one that it is like.
    #[error("the device is to be like `{name}`, and cannot have its name: a name is one device's")]
    SameName {
        /// The name of both.
        name: String,
    },
    /// The device that a draft is to be like cannot be read.
    #[error("{file}: {why}")]
    Base {
        /// The file that was to describe it.
        file: String,
        /// What the compiler says.
        why: String,
    },
    /// The bytes have not the size of a configuration space.
    #[error("{name}: {size} bytes are no configuration space")]
    Size {
        /// What it is called.
        name: String,
        /// How many there are.
        size: usize,
    },
    /// A fault of this crate: whatever was left out, the compiler refused what remained.
    #[error("no draft of `{name}` holds: {why}")]
    DoesNotHold {
        /// The device.
        name: String,
        /// What the compiler said last.
        why: String,
    },
    /// A fault of the runtime: an image can always be read.
    #[error("{0}")]
    Runtime(String),
}

impl Error {
    /// What to do.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::NoAnswer { .. } => Some("record it while it is powered on"),
            Self::NoIds { .. } => Some("say them with `--id VVVV:DDDD`"),
            Self::Base { .. } => Some("`quirkc check` says more of the file"),
            Self::SameName { .. } => Some("give it a name of its own with `--name`"),
            Self::Nothing | Self::Name { .. } | Self::Size { .. } | Self::DoesNotHold { .. } | Self::Runtime(_) => None,
        }
    }

    pub(crate) fn runtime(error: impl std::fmt::Display) -> Self {
        Self::Runtime(error.to_string())
    }
}
