//! A function that must not have PASID, because an entry says `pasid none`: no source is asked, and what the device shows is
//! taken out.

use crate::ConfigAccess;
use crate::capability::{PASID, Space};
use crate::decision::{Candidate, Candidates, Verdict};
use crate::guest_view::GuestView;
use crate::policy::Operator;
use crate::question::Question;
use crate::reason::Reason;
use crate::source::Source;
use crate::survey::ConfigSurvey;

/// Takes every PASID capability that the device shows out of its list; whether it has one. One that the kernel hides is shielded
/// with all that it hides: there is a view that says so, though nothing else is shown.
pub(super) fn hide<D: ConfigAccess + ?Sized>(survey: &ConfigSurvey<'_, D>, view: &mut GuestView<'_>) -> bool {
    let mut is_one = false;
    for start in survey.map.starts(Space::Extended).filter(|start| start.id == PASID) {
        is_one = true;
        if start.is_visible() && !view.is_hidden(start.offset) {
            view.hide(survey, start);
        }
    }
    is_one
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
