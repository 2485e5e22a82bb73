//! A free-space DVSEC of a known identity in the device: the lowest offset in extended space that all of them leave free.

use super::trail::Trail;
use crate::capability::{PASID_LENGTH, Space};
use crate::placement::zero;
use crate::reason::Reason;
use crate::source::Source;
use crate::survey::{ConfigSurvey, FoundDvsec, Told};
use crate::{ByteRange, ConfigAccess};

pub(super) fn find<D: ConfigAccess + ?Sized>(
    survey: &mut ConfigSurvey<'_, D>,
    told: &mut Option<Told>,
    record: &mut Trail<'_>,
) -> Result<Option<u16>, D::Error> {
    let Some(first) = survey.free_space.first().map(FoundDvsec::offset) else {
        return Ok(record.skipped(Reason::NothingGiven));
    };
    let distrust = survey.distrusts_free_space.then_some(Reason::Distrusted);
    if let Some(reason) = survey.closed.or(distrust) {
        return Ok(record.refused(first, reason));
    }
    let told = told.insert(survey.tell_free_space()?);
    match lowest(survey, told)? {
        Ok(offset) => {
            zero::told(survey, offset, Source::Dvsec)?;
            Ok(record.judged(offset, None))
        }
        Err(reason) => {
            for dvsec in survey.free_space.iter() {
                let fault = dvsec.fault.map(|_| Reason::DvsecDropped);
                record.refused(dvsec.offset(), fault.or(reason).unwrap_or(Reason::NoRoom));
            }
            Ok(None)
        }
    }
}

/// The lowest offset that is said to be free and passes the check, or why the first one that is said to be free does not.
fn lowest<D: ConfigAccess + ?Sized>(
    survey: &mut ConfigSurvey<'_, D>,
    told: &Told,
) -> Result<Result<u16, Option<Reason>>, D::Error> {
    let mut first = None;
    for offset in (Space::Extended.start()..=Space::Extended.end() - PASID_LENGTH).step_by(4) {
        if told.frees(survey, ByteRange::from_length(offset, PASID_LENGTH)) {
            match survey.check_told(told, offset)? {
                None => return Ok(Ok(offset)),
                Some(reason) => first = first.or(Some(reason)),
            }
        }
    }
    Ok(Err(first))
}
