//! The last 8 bytes, as QEMU takes them: only if the policy opts in, and if they read 0.

use super::trail::Trail;
use crate::ConfigAccess;
use crate::capability::PASID_LENGTH;
use crate::placement::zero;
use crate::question::Question;
use crate::reason::Reason;
use crate::survey::ConfigSurvey;

const TAIL: u16 = 0x1000 - PASID_LENGTH;

pub(super) fn find<D: ConfigAccess + ?Sized>(
    survey: &mut ConfigSurvey<'_, D>,
    question: &Question<'_, '_>,
    record: &mut Trail<'_>,
) -> Result<Option<u16>, D::Error> {
    if !question.policy.tail {
        return Ok(record.skipped(Reason::NotOptedIn));
    }
    let refusal = match survey.check(TAIL)? {
        None => zero::first(survey, TAIL)?.map(|at| Reason::NotZero { at }),
        refusal => refusal,
    };
    Ok(record.judged(TAIL, refusal))
}
