//! The operator's offset, which is taken or refused, or ranges, of which the lowest offset that is free is taken.

use super::native;
use super::trail::Trail;
use crate::decision::{Candidate, Verdict};
use crate::placement::zero;
use crate::policy::Operator;
use crate::question::Question;
use crate::reason::Reason;
use crate::source::Source;
use crate::survey::ConfigSurvey;
use crate::{ByteRange, ConfigAccess};

/// Whether the operator asked for something and did not get it: nothing else is then put in its place.
pub(super) fn was_refused(candidates: &[Candidate]) -> bool {
    candidates.iter().any(|each| each.source == Source::Operator && each.verdict == Verdict::Refused)
        && !candidates.iter().any(|each| each.source == Source::Operator && each.verdict == Verdict::Chosen)
}

pub(super) fn find<D: ConfigAccess + ?Sized>(
    survey: &mut ConfigSurvey<'_, D>,
    question: &Question<'_, '_>,
    record: &mut Trail<'_>,
) -> Result<Option<u16>, D::Error> {
    match question.policy.operator {
        Operator::None => Ok(record.skipped(Reason::NothingGiven)),
        Operator::Offset(offset) => {
            // The function's own slot is the same place no matter who names it.
            let is_own = survey.shape(offset).is_none() && native::is_vouched(survey, question, offset);
            let refusal = if is_own { native::check(survey, question, offset) } else { survey.check(offset)? };
            if refusal.is_none() && !is_own {
                zero::told(survey, offset, Source::Operator)?;
            }
            Ok(record.judged(offset, refusal))
        }
        Operator::Ranges(ranges) => {
            let mut lowest = None;
            for &range in ranges {
                let found = lowest_in(survey, range, record)?;
                lowest = match (lowest, found) {
                    (Some(lowest), Some(found)) => Some(u16::min(lowest, found)),
                    (lowest, found) => lowest.or(found),
                };
            }
            if let Some(offset) = lowest {
                return Ok(record.judged(offset, None));
            }
            if ranges.is_empty() {
                record.add(None, Verdict::Refused, Reason::NoRoom);
            }
            Ok(None)
        }
    }
}

/// The lowest free offset of a range whose bytes read 0. If there is none, the range is recorded with the reason of its first offset.
fn lowest_in<D: ConfigAccess + ?Sized>(
    survey: &mut ConfigSurvey<'_, D>,
    range: ByteRange,
    record: &mut Trail<'_>,
) -> Result<Option<u16>, D::Error> {
    let mut first = None;
    let mut offset = range.start.checked_next_multiple_of(4);
    while let Some(at) = offset.filter(|at| at.checked_add(8).is_some_and(|end| end <= range.end)) {
        let refusal = match survey.check(at)? {
            None => zero::first(survey, at)?.map(|at| Reason::NotZero { at }),
            refusal => refusal,
        };
        match refusal {
            None => return Ok(Some(at)),
            Some(reason) => first = first.or(Some(reason)),
        }
        offset = at.checked_add(4);
    }
    record.refused(range.start, first.unwrap_or(Reason::NoRoom));
    Ok(None)
}
