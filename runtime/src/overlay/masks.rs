//! Who owns the bits of one byte.

/// The masks of one byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Masks {
    /// The bits that have an owner.
    pub(super) owned: u8,
    /// Those of them that take what is written.
    pub(super) writable: u8,
}

impl Masks {
    pub(super) const NONE: Self = Self { owned: 0, writable: 0 };

    /// Whether these masks have a code that need not be learnt.
    #[inline(always)]
    pub(super) const fn are_common(self) -> bool {
        self.owned == 0 || self.owned == 0xff && matches!(self.writable, 0 | 0xff)
    }
}
