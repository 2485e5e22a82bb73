//! The places that the device's entry lists, in its order. The compiler chose the offsets; here they are taken or refused.

use super::native;
use super::trail::Trail;
use crate::capability::PASID_LENGTH;
use crate::placement::zero;
use crate::question::Question;
use crate::reason::Reason;
use crate::survey::ConfigSurvey;
use crate::tables::PlaceKind;
use crate::{ByteRange, ConfigAccess};

pub(super) fn find<D: ConfigAccess + ?Sized>(
    survey: &mut ConfigSurvey<'_, D>,
    question: &Question<'_, '_>,
    record: &mut Trail<'_>,
) -> Result<Option<u16>, D::Error> {
    let Some(entry) = &question.entry else {
        return Ok(record.skipped(Reason::NoEntry));
    };
    let database = question.database();
    if entry.device.places.is_empty() {
        return Ok(record.skipped(Reason::NoPlace));
    }
    for place in database.list(entry.device.places) {
        let reason = match survey.shape(place.offset).or(question.refusal) {
            Some(reason) => Some(reason),
            None => check(survey, question, place.offset, place.kind == PlaceKind::Native)?,
        };
        if let Some(offset) = record.judged(place.offset, reason) {
            return Ok(Some(offset));
        }
    }
    Ok(None)
}

/// The check of a place that an entry or its profile names.
pub(super) fn check<D: ConfigAccess + ?Sized>(
    survey: &mut ConfigSurvey<'_, D>,
    question: &Question<'_, '_>,
    offset: u16,
    is_native: bool,
) -> Result<Option<Reason>, D::Error> {
    if is_native {
        return Ok(native::check(survey, question, offset));
    }
    match survey.check(offset)?.or_else(|| undeclared(survey, question, offset)) {
        Some(reason) => Ok(Some(reason)),
        None => zero::declared(survey, question, offset),
    }
}

/// An entry vouches only for what it declares free, with evidence that the policy accepts.
fn undeclared<D: ConfigAccess + ?Sized>(
    survey: &ConfigSurvey<'_, D>,
    question: &Question<'_, '_>,
    offset: u16,
) -> Option<Reason> {
    let range = ByteRange::from_length(offset, PASID_LENGTH);
    if survey.map.is_declared_free(range) {
        return None;
    }
    let entry = question.entry?;
    let is_declared =
        question.database().list(entry.device.free).any(|free| ByteRange::new(free.start, free.end).contains(range));
    Some(if is_declared { Reason::EvidenceTooWeak } else { Reason::NotDeclaredFree })
}
