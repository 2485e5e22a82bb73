//! A function that must not have PASID, because an entry says `pasid none`: no source is asked, and what the device shows is
//! taken out.

use super::outcome::Outcome;
use crate::capability::{PASID, Space};
use crate::decision::{Candidate, Candidates, Verdict};
use crate::guest_view::GuestView;
use crate::policy::Operator;
use crate::question::Question;
use crate::reason::Reason;
use crate::source::Source;
use crate::survey::ConfigSurvey;
use crate::{ConfigAccess, Overlay};

/// Takes every PASID capability that the device shows out of its list.
pub(super) fn hide<D: ConfigAccess + ?Sized>(survey: &ConfigSurvey<'_, D>, outcome: &mut Outcome<'_>) {
    let is_seen = |at| outcome.layers.as_ref().is_none_or(|shown| !shown.is_hidden(at));
    if survey.visible_pasid.is_none_or(|at| !is_seen(at)) {
        return;
    }
    let shown = outcome.layers.get_or_insert_with(|| GuestView::over(Overlay::new(survey.size.into())));
    for start in survey.map.starts(Space::Extended).filter(|start| start.is_visible() && start.id == PASID) {
        shown.hide(survey, start);
    }
}

/// Records why a source gives no place.
pub(super) fn record<D: ?Sized>(
    source: Source,
    survey: &ConfigSurvey<'_, D>,
    question: &Question<'_, '_>,
    candidates: &mut Candidates,
) {
    let reason = Reason::PasidForbidden;
    let operator = &question.policy.operator;
    let (offset, verdict, reason) = match (source, survey.visible_pasid, operator) {
        (Source::Visible, None, _) | (Source::Operator, _, Operator::None) => {
            (None, Verdict::Skipped, Reason::NothingGiven)
        }
        (Source::Visible, at @ Some(_), _) => (at, Verdict::Refused, reason),
        (Source::Operator, _, Operator::Offset(offset)) => (Some(*offset), Verdict::Refused, reason),
        (Source::Operator, _, Operator::Ranges(_)) | (Source::Entry, ..) => (None, Verdict::Refused, reason),
        _ => (None, Verdict::Skipped, reason),
    };
    candidates.push(Candidate { source, offset, verdict, reason });
}
