//! What comes of a decision.

use crate::decision::Decision;
use crate::guest_view::GuestView;
use crate::layers::{Mirrors, NO_MIRRORS};

/// What comes of it. It is large: the caller makes room for it, and it is not moved.
pub(crate) struct Outcome<'db> {
    pub(crate) decision: Decision<'db>,
    /// What layers show, if one is applied.
    pub(crate) layers: Option<GuestView>,
    pub(crate) mirrors: Mirrors,
}

impl Outcome<'_> {
    /// Nothing is decided, and the device is as it is.
    // As a call it is built where it stays: see `Overlay::new`.
    #[inline(never)]
    pub(crate) fn new() -> Self {
        Self { decision: Decision::default(), layers: None, mirrors: NO_MIRRORS }
    }
}
