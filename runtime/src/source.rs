//! Where a place for PASID may come from.

use core::fmt;

/// Where a place for PASID comes from, in the order in which they are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Source {
    /// The device shows a PASID capability: it is left alone.
    Visible,
    /// The operator's offset or ranges.
    Operator,
    /// A profile that was asked for.
    Profile,
    /// The `place` list of the device's entry.
    Entry,
    /// A free-space DVSEC in the device.
    Dvsec,
    /// The physical function's own, hidden capability.
    Native,
    /// The last 8 bytes.
    Tail,
}

impl Source {
    /// All, in order.
    pub const ALL: [Self; 7] =
        [Self::Visible, Self::Operator, Self::Profile, Self::Entry, Self::Dvsec, Self::Native, Self::Tail];

    /// Its name for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Visible => "visible",
            Self::Operator => "operator",
            Self::Profile => "profile",
            Self::Entry => "entry",
            Self::Dvsec => "dvsec",
            Self::Native => "native",
            Self::Tail => "tail",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A set of sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sources(u8);

impl Sources {
    /// None: PASID is placed nowhere.
    pub const NONE: Self = Self(0);
    /// All of them; those that need an opt-in need it still.
    pub const ALL: Self = Self(0x7f);

    /// The set with a source.
    #[must_use]
    pub const fn with(self, source: Source) -> Self {
        Self(self.0 | 1 << source as u8)
    }

    /// The set without a source.
    #[must_use]
    pub const fn without(self, source: Source) -> Self {
        Self(self.0 & !(1 << source as u8))
    }

    /// Whether a source is in it. A visible capability is always seen.
    #[must_use]
    pub const fn contains(self, source: Source) -> bool {
        matches!(source, Source::Visible) || self.0 >> source as u8 & 1 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_a_set_in_which_visible_always_is() {
        let some = Sources::NONE.with(Source::Entry);
        assert!(some.contains(Source::Entry) && some.contains(Source::Visible) && !some.contains(Source::Tail));
        assert!(Source::ALL.into_iter().all(|source| Sources::ALL.contains(source)));
        assert!(!Sources::ALL.without(Source::Tail).contains(Source::Tail));
    }
}
