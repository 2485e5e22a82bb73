//! The sources of places for PASID, one file each, and what is the same for all of them.

mod dvsec;
mod entry;
pub(super) mod native;
mod operator;
pub(super) mod profile;
mod tail;
mod visible;

use super::{Question, Site, forbidden};
use crate::ConfigAccess;
use crate::decision::{Candidate, Candidates, Placement, Source, Verdict};
use crate::reason::Reason;

/// Why no source behind this one is asked: what it was to place was refused, and nothing else is put in its place.
pub(super) fn ends_search(source: Source, candidates: &Candidates) -> Option<Reason> {
    match source {
        Source::Operator if operator::was_refused(candidates) => Some(Reason::OperatorRefused),
        Source::Profile if profile::was_refused(candidates) => Some(Reason::ProfileRefused),
        _ => None,
    }
}

/// Asks one source, and records what it had. `refusal` is why the entry must not place, `placed` what earlier sources found,
/// `ended` why none is asked any more.
///
/// # Errors
/// When the device could not be read.
pub(super) fn try_source<D: ConfigAccess + ?Sized>(
    source: Source,
    site: &mut Site<'_, D>,
    question: &Question<'_, '_>,
    refusal: Option<Reason>,
    placed: Option<Placement>,
    ended: Option<Reason>,
    candidates: &mut Candidates,
) -> Result<Option<u16>, D::Error> {
    if question.forbidden_by.is_some() {
        forbidden::record(source, site, question, candidates);
        return Ok(None);
    }
    let mut record = Record { source, candidates };
    let beside_visible = source == Source::Operator && placed.is_some_and(|placed| placed.source == Source::Visible);
    if let Some(placed) = placed.filter(|_| !beside_visible) {
        return Ok(record.skipped(Reason::Outranked { by: placed.source }));
    }
    if let Some(reason) = ended {
        return Ok(record.skipped(reason));
    }
    if !question.policy.sources.contains(source) {
        return Ok(record.skipped(Reason::NotAllowed));
    }
    // What is asked for here is refused for it.
    let is_asked = matches!(source, Source::Operator | Source::Profile);
    if site.is_gone() && !is_asked {
        return Ok(record.skipped(Reason::DeviceGone));
    }
    match source {
        Source::Visible => Ok(visible::find(site, question, &mut record)),
        Source::Operator => operator::find(site, question, refusal, &mut record),
        Source::Entry => entry::find(site, question, refusal, &mut record),
        Source::Native => native::find(site, question, &mut record),
        Source::Tail => tail::find(site, question, &mut record),
        Source::Profile => profile::find(site, question, refusal, &mut record),
        Source::Dvsec => dvsec::find(site, &mut record),
    }
}

/// Where a source writes down its candidates.
struct Record<'a> {
    source: Source,
    candidates: &'a mut Candidates,
}

impl Record<'_> {
    fn add(&mut self, offset: Option<u16>, verdict: Verdict, reason: Reason) {
        self.candidates.push(Candidate { source: self.source, offset, verdict, reason });
    }

    fn skipped(&mut self, reason: Reason) -> Option<u16> {
        self.add(None, Verdict::Skipped, reason);
        None
    }

    fn refused(&mut self, offset: u16, reason: Reason) -> Option<u16> {
        self.add(Some(offset), Verdict::Refused, reason);
        None
    }

    /// Records what a check said.
    fn judged(&mut self, offset: u16, refusal: Option<Reason>) -> Option<u16> {
        if let Some(reason) = refusal {
            return self.refused(offset, reason);
        }
        self.add(Some(offset), Verdict::Chosen, Reason::Free);
        Some(offset)
    }
}
