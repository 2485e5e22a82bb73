//! What is written, and how: what the parts of the C output have in common.

use quirk_runtime::Database;
use quirk_runtime::tables::{Clause, Device};

use super::style::CStyle;

/// What is written, and how.
pub(super) struct Output<'a> {
    pub(super) database: Database<'a>,
    pub(super) style: &'a CStyle,
    pub(super) devices: Vec<Device>,
}

impl Output<'_> {
    /// Whether something is seen from other files.
    pub(super) fn linkage(&self) -> &'static str {
        if self.style.header().is_some() { "" } else { "static " }
    }

    pub(super) fn clauses(&self) -> impl Iterator<Item = Clause> {
        self.database.clauses().filter(|clause| !clause.layer)
    }
}
