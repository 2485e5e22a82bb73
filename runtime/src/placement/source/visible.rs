//! A PASID capability that the device shows: it stays where it is, and the search ends. One that is there on purpose is left
//! alone.

use super::trail::Trail;
use crate::ConfigAccess;
use crate::decision::Verdict;
use crate::placement::left_linked;
use crate::question::Question;
use crate::reason::Reason;
use crate::survey::ConfigSurvey;

pub(super) fn find<D: ConfigAccess + ?Sized>(
    survey: &ConfigSurvey<'_, D>,
    question: &Question<'_, '_>,
    record: &mut Trail<'_>,
) -> Option<u16> {
    let Some(at) = survey.visible_pasid else {
        return record.skipped(Reason::NothingGiven);
    };
    if let Some(reason) = left_linked::refusal(survey, question, at) {
        return record.refused(at, reason);
    }
    record.add(Some(at), Verdict::Chosen, Reason::Visible { at });
    Some(at)
}
