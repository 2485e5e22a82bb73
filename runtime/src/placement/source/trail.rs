//! Where a source writes down its candidates.

use crate::decision::{Candidate, Candidates, Verdict};
use crate::reason::Reason;
use crate::source::Source;

/// Where a source writes down its candidates.
pub(super) struct Trail<'a> {
    pub(super) source: Source,
    pub(super) candidates: &'a mut Candidates,
}

impl Trail<'_> {
    pub(super) fn add(&mut self, offset: Option<u16>, verdict: Verdict, reason: Reason) {
        self.candidates.push(Candidate { source: self.source, offset, verdict, reason });
    }

    pub(super) fn skipped(&mut self, reason: Reason) -> Option<u16> {
        self.add(None, Verdict::Skipped, reason);
        None
    }

    pub(super) fn refused(&mut self, offset: u16, reason: Reason) -> Option<u16> {
        self.add(Some(offset), Verdict::Refused, reason);
        None
    }

    /// Records what a check said.
    pub(super) fn judged(&mut self, offset: u16, refusal: Option<Reason>) -> Option<u16> {
        if let Some(reason) = refusal {
            return self.refused(offset, reason);
        }
        self.add(Some(offset), Verdict::Chosen, Reason::Free);
        Some(offset)
    }
}
