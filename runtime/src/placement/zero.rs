//! Whether bytes that somebody calls free read 0. If not, something may live there: that is said, and what is declared on
//! weak evidence is not used.
//!
//! Only the bytes that are about to be used are read; all that an entry declares free where gaps are scanned.

use crate::capability::PASID_LENGTH;
use crate::free_space::HEADER_LENGTH;
use crate::question::Question;
use crate::reason::Reason;
use crate::source::Source;
use crate::survey::ConfigSurvey;
use crate::tables::{Claim, Database, Device, Evidence, FreeRange};
use crate::{ByteRange, ConfigAccess, Finding};

/// Why PASID must not be on bytes that the entry declares free; `None` if it may.
///
/// # Errors
/// When the device could not be read.
pub(super) fn declared<D: ConfigAccess + ?Sized>(
    survey: &mut ConfigSurvey<'_, D>,
    question: &Question<'_, '_>,
    offset: u16,
) -> Result<Option<Reason>, D::Error> {
    let range = ByteRange::from_length(offset, PASID_LENGTH);
    let Some(run) = first_run(survey, range)? else { return Ok(None) };
    let evidence = weakest(question, range);
    if !question.policy.scan_gaps {
        survey.findings.push(Finding::FreeNotZero { start: run.start, end: run.end, evidence });
    }
    let is_weak = evidence < question.policy.least_evidence_unless_zero;
    Ok(is_weak.then_some(Reason::FreeNotZero { at: run.start }))
}

/// Says so where PASID goes on bytes that do not read 0 by somebody else's word than the entry's.
///
/// # Errors
/// When the device could not be read.
pub(super) fn told<D: ConfigAccess + ?Sized>(
    survey: &mut ConfigSurvey<'_, D>,
    offset: u16,
    by: Source,
) -> Result<(), D::Error> {
    if let Some(ByteRange { start, end }) = first_run(survey, ByteRange::from_length(offset, PASID_LENGTH))? {
        survey.findings.push(Finding::PlaceNotZero { start, end, by });
    }
    Ok(())
}

/// The first dword of a place that does not read 0.
///
/// # Errors
/// When the device could not be read.
pub(super) fn first<D: ConfigAccess + ?Sized>(
    survey: &ConfigSurvey<'_, D>,
    offset: u16,
) -> Result<Option<u16>, D::Error> {
    Ok(first_run(survey, ByteRange::from_length(offset, PASID_LENGTH))?.map(|run| run.start))
}

/// Looks at all that an entry declares free, and notes what does not read 0.
///
/// # Errors
/// When the device could not be read.
pub(super) fn scan<D: ConfigAccess + ?Sized>(
    survey: &mut ConfigSurvey<'_, D>,
    database: Database<'_>,
    device: &Device,
) -> Result<(), D::Error> {
    for free in database.list(device.free) {
        let mut rest = ByteRange::new(free.start & !3, free.end.min(survey.size));
        while let Some(run) = first_run(survey, rest)? {
            let (start, end, evidence) = (run.start, run.end, evidence(database, &free));
            survey.findings.push(Finding::FreeNotZero { start, end, evidence });
            rest.start = run.end;
        }
    }
    Ok(())
}

/// The first run of dwords that do not read 0. The headers of the device's own free-space DVSECs are theirs to be used.
fn first_run<D: ConfigAccess + ?Sized>(
    survey: &ConfigSurvey<'_, D>,
    range: ByteRange,
) -> Result<Option<ByteRange>, D::Error> {
    let mut run: Option<ByteRange> = None;
    for at in (range.start..range.end).step_by(4) {
        let dword = ByteRange::from_length(at, 4);
        let is_header = survey.free_space.iter().any(|dvsec| {
            dvsec.fault.is_none() && ByteRange::from_length(dvsec.offset(), HEADER_LENGTH).contains(dword)
        });
        if is_header || survey.read_dword(at)? == 0 {
            if run.is_some() {
                break;
            }
        } else {
            run.get_or_insert(dword).end = dword.end;
        }
    }
    Ok(run)
}

/// The weakest evidence for a byte of a range that is declared free.
fn weakest(question: &Question<'_, '_>, range: ByteRange) -> Evidence {
    let database = question.database();
    let free = question.entry.map(|entry| database.list(entry.device.free)).into_iter().flatten();
    let covers = |free: &FreeRange| ByteRange::new(free.start, free.end).overlaps(range);
    free.filter(covers).map(|free| evidence(database, &free)).min().unwrap_or(Evidence::None)
}

/// The strongest evidence for a free range.
pub(super) fn evidence(database: Database<'_>, free: &FreeRange) -> Evidence {
    database.list(free.evidence).map(|claim: Claim| claim.evidence).max().unwrap_or(Evidence::None)
}
