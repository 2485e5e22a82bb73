//! The second phase: what the policy and the entries claim of a device whose lists were read.

use super::verify;
use crate::lookup;
use crate::policy::Operator;
use crate::question::Question;
use crate::survey::{ConfigSurvey, Unread, claims, copies, suspects};
use crate::{ConfigAccess, Finding, Policy};

/// A device whose lists were read, with all that somebody claims of it; the entry that applies was held against it.
pub(crate) struct Claimed<'s, 'd, 'a, 'db, D: ?Sized> {
    pub(super) survey: &'s mut ConfigSurvey<'d, D>,
    pub(super) question: &'s Question<'a, 'db>,
}

impl<'s, 'd, 'a, 'db, D: ConfigAccess + ?Sized> Claimed<'s, 'd, 'a, 'db, D> {
    /// Reads the device's lists, finds the entries, and puts what they and the policy say into the map.
    ///
    /// # Errors
    /// When the device could not be read.
    pub(crate) fn of(unread: &'s mut Unread<'d, D>, question: &'s mut Question<'a, 'db>) -> Result<Self, D::Error> {
        let policy = question.policy;
        let survey = unread.read(question.databases, policy.raw)?;
        claims::of_policy(survey, policy);
        find_entries(survey, question)?;
        if let Some(entry) = &question.entry {
            question.refusal = verify::entry(survey, question.database(), &entry.device, policy)?;
        }
        if policy.scan_gaps {
            copies::find(survey)?;
            suspects::find(survey)?;
        }
        if question.entry.is_some() || asks_the_map(survey, policy) {
            survey.map.open();
        }
        survey.read_own_pasid()?;
        if policy.what_if {
            question.host = question.host.map(|host| survey.enable_own_pasid(host));
        }
        Ok(Self { survey, question })
    }
}

/// Whether a source will ask what is where, though no entry says anything of it.
fn asks_the_map<D: ?Sized>(survey: &ConfigSurvey<'_, D>, policy: &Policy<'_>) -> bool {
    survey.visible_pasid.is_some()
        || !survey.free_space.is_empty()
        || survey.known_pasid.is_some()
        || policy.operator != Operator::None
        || policy.tail
        || policy.scan_gaps
}

/// Finds the entry of each database, of which the last applies; what each of them keeps from others counts.
fn find_entries<D: ConfigAccess + ?Sized>(
    survey: &mut ConfigSurvey<'_, D>,
    question: &mut Question<'_, '_>,
) -> Result<(), D::Error> {
    if survey.is_gone() {
        return Ok(());
    }
    let databases = question.databases;
    lookup::device_matches(databases, question.identity, survey.device, |found| {
        if let Some(shadowed) = question.entry.replace(found) {
            let (database, by) = (shadowed.database as u16, found.database as u16);
            survey.findings.push(Finding::EntryShadowed { database, by });
        }
        question.forbidden_by = Some(found).filter(|found| found.device.forbids_pasid).or(question.forbidden_by);
        survey.distrusts_free_space |= found.device.distrust_dvsec;
        claims::of_entry(survey, databases[found.database], &found.device);
    })
}
