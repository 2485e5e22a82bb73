//! Whether a place that was saved elsewhere holds here. It is this place or none; nothing is searched.

use super::source::native;
use super::{left_linked, zero};
use crate::capability::PASID_LENGTH;
use crate::decision::{Grant, Placement};
use crate::policy::Operator;
use crate::question::Question;
use crate::reason::Reason;
use crate::source::Source;
use crate::survey::{ConfigSurvey, Told};
use crate::{ByteRange, ConfigAccess};

/// A place that was saved elsewhere, and what PASID said there.
pub(crate) struct Imposed {
    pub(crate) placement: Placement,
    pub(crate) grant: Grant,
}

/// Why it does not. What free-space DVSECs say is left in `told`, where somebody listened to them.
///
/// It passes the check of every candidate, and somebody vouches for it here: the entry, a free-space DVSEC, or an operator,
/// then or now. A tail must read 0.
///
/// # Errors
/// When the device could not be read.
pub(super) fn check<D: ConfigAccess + ?Sized>(
    survey: &mut ConfigSurvey<'_, D>,
    question: &Question<'_, '_>,
    imposed: &Imposed,
    told: &mut Option<Told>,
) -> Result<Option<Reason>, D::Error> {
    let Placement { offset, source } = imposed.placement;
    if question.forbidden_by.is_some() {
        return Ok(Some(Reason::PasidForbidden));
    }
    if source == Source::Visible {
        // The device shows it there, or the guest would lose it.
        if survey.visible_pasid != Some(offset) {
            return Ok(Some(Reason::NoNativeSlot));
        }
        let exceeds = || survey.is_left_linked(offset) && !imposed.grant.is_within(question.grant());
        let refusal = left_linked::refusal(survey, question, offset);
        return Ok(refusal.or_else(|| exceeds().then_some(Reason::SavedExceedsHost)));
    }
    if let Some(reason) = survey.shape(offset) {
        return Ok(Some(reason));
    }
    if !imposed.grant.is_within(question.grant()) {
        return Ok(Some(Reason::SavedExceedsHost));
    }
    if native::is_vouched(survey, question, offset) {
        return Ok(native::check(survey, question, offset));
    }
    let range = ByteRange::from_length(offset, PASID_LENGTH);
    if !survey.distrusts_free_space {
        *told = Some(survey.tell_free_space()?);
    }
    let told = told.as_ref().filter(|told| told.frees(survey, range));
    let is_told = told.is_some();
    let reason = match told {
        Some(told) => survey.check_told(told, offset)?,
        None => survey.check(offset)?,
    };
    if reason.is_some() {
        return Ok(reason);
    }
    if source == Source::Tail
        && let Some(at) = zero::first(survey, offset)?
    {
        return Ok(Some(Reason::NotZero { at }));
    }
    let by_operator = source == Source::Operator || question.policy.operator == Operator::Offset(offset);
    let is_vouched = by_operator || is_told || source == Source::Tail || survey.map.is_declared_free(range);
    if !is_vouched {
        return Ok(Some(question.refusal.unwrap_or(Reason::NotDeclaredFree)));
    }
    if by_operator || is_told {
        zero::told(survey, offset, if by_operator { Source::Operator } else { Source::Dvsec })?;
        return Ok(None);
    }
    if source == Source::Tail { Ok(None) } else { zero::declared(survey, question, offset) }
}
