//! The sources of places for PASID, one file each, and what is the same for all of them.

mod dvsec;
mod entry;
pub(super) mod native;
mod operator;
pub(super) mod profile;
mod tail;
mod trail;
mod visible;

use self::trail::Trail;
use super::forbidden;
use crate::ConfigAccess;
use crate::decision::{Candidates, Placement};
use crate::question::Question;
use crate::reason::Reason;
use crate::source::Source;
use crate::survey::{ConfigSurvey, Told};

/// Why no source after this one is asked: what it was to place was refused, and nothing else is put in its place.
pub(super) fn ends_search(source: Source, candidates: &Candidates) -> Option<Reason> {
    match source {
        Source::Operator if operator::was_refused(candidates) => Some(Reason::OperatorRefused),
        Source::Profile if profile::was_refused(candidates) => Some(Reason::ProfileRefused),
        _ => None,
    }
}

/// What sources left to those after them.
#[derive(Default)]
pub(super) struct Asked {
    /// What an earlier one found.
    pub(super) placed: Option<Placement>,
    /// Why none is asked any more.
    pub(super) ended: Option<Reason>,
    /// What free-space DVSECs say, where one listened to them.
    pub(super) told: Option<Told>,
}

/// Asks one source, and records what it had.
///
/// # Errors
/// When the device could not be read.
pub(super) fn try_source<D: ConfigAccess + ?Sized>(
    source: Source,
    survey: &mut ConfigSurvey<'_, D>,
    question: &Question<'_, '_>,
    asked: &mut Asked,
    candidates: &mut Candidates,
) -> Result<Option<u16>, D::Error> {
    if question.forbidden_by.is_some() {
        forbidden::record(source, survey, question, candidates);
        return Ok(None);
    }
    let (placed, ended) = (asked.placed, asked.ended);
    let mut record = Trail { source, candidates };
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
    if survey.is_gone() && !is_asked {
        return Ok(record.skipped(Reason::DeviceGone));
    }
    match source {
        Source::Visible => Ok(visible::find(survey, question, &mut record)),
        Source::Operator => operator::find(survey, question, &mut record),
        Source::Entry => entry::find(survey, question, &mut record),
        Source::Native => native::find(survey, question, &mut record),
        Source::Tail => tail::find(survey, question, &mut record),
        Source::Profile => profile::find(survey, question, &mut record),
        Source::Dvsec => dvsec::find(survey, &mut asked.told, &mut record),
    }
}
