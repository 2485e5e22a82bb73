//! Evidence: who vouches for a statement.

use quirk_runtime::tables::Evidence;

/// Who vouches for something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) evidence: Evidence,
    pub(crate) text: String,
    pub(crate) seen: u32,
}
