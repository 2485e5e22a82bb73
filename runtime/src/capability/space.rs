//! The two lists of capabilities, and where they lie.

/// Which of the two lists a capability belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Space {
    /// Conventional: `0x40..0x100`, written `cap`.
    Conventional,
    /// Extended: `0x100..0x1000`, written `ext`.
    Extended,
}

impl Space {
    /// The space of a capability whose header is at an offset.
    #[must_use]
    pub const fn of(offset: u16) -> Self {
        if offset < 0x100 { Self::Conventional } else { Self::Extended }
    }

    /// The first byte where a capability of this space may lie.
    #[must_use]
    pub const fn start(self) -> u16 {
        match self {
            Self::Conventional => 0x40,
            Self::Extended => 0x100,
        }
    }

    /// The byte after the last.
    #[must_use]
    pub const fn end(self) -> u16 {
        match self {
            Self::Conventional => 0x100,
            Self::Extended => 0x1000,
        }
    }

    /// The word of the language: `cap` or `ext`.
    #[must_use]
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Conventional => "cap",
            Self::Extended => "ext",
        }
    }
}
