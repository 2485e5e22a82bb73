//! Decides where PASID goes: looks at the device, asks every source in order, checks every candidate the same way.

mod forbidden;
mod impose;
pub(crate) mod left_linked;
mod outcome;
mod source;
mod verify;
mod zero;

use crate::decision::{Candidate, Grant, NearMiss, Placement, Verdict};
use crate::lookup::{self, DeviceMatch, NearMatch};
use crate::question::Question;
use crate::reason::Reason;
use crate::source::Source;
use crate::survey::{ConfigSurvey, claims, copies, suspects};
use crate::tables::Profile;
use crate::{ConfigAccess, Finding, layers};
pub(crate) use impose::Imposed;
pub(crate) use outcome::Outcome;

/// Whether layers are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layering {
    Wanted,
    Unwanted,
}

/// Decides for a device; what is seen on the way is noted in the survey. What is imposed is judged, and nothing else is looked
/// for. Layers are applied if they are wanted.
///
/// # Errors
/// When the device could not be read.
pub(crate) fn decide<'db, D: ConfigAccess + ?Sized>(
    survey: &mut ConfigSurvey<'_, D>,
    mut question: Question<'_, 'db>,
    imposed: Option<&Imposed>,
    wanted: Layering,
    outcome: &mut Outcome<'db>,
) -> Result<(), D::Error> {
    let Question { databases, identity, policy, .. } = question;
    survey.read_lists(databases)?;
    survey.judge_visible(policy.raw)?;
    claims::of_policy(survey, policy);
    if !survey.is_gone() {
        lookup::device_matches(databases, identity, survey.device, |found| {
            if let Some(shadowed) = question.entry.replace(found) {
                let (database, by) = (shadowed.database as u16, found.database as u16);
                survey.findings.push(Finding::EntryShadowed { database, by });
            }
            question.forbidden_by = Some(found).filter(|found| found.device.forbids_pasid).or(question.forbidden_by);
            survey.distrusts_free_space |= found.device.distrust_dvsec;
            claims::of_entry(survey, databases[found.database], &found.device);
        })?;
    }
    let refusal = match question.entry {
        Some(entry) => verify::entry(survey, question.database(), &entry.device, policy)?,
        None => None,
    };
    if policy.scan_gaps {
        copies::find(survey)?;
        suspects::find(survey)?;
    }
    survey.read_own_pasid()?;
    if policy.what_if {
        question.host = question.host.map(|host| survey.enable_own_pasid(host));
    }
    if wanted == Layering::Wanted {
        let Outcome { decision, layers, mirrors } = outcome;
        layers::apply(survey, &question, refusal, decision, layers, mirrors)?;
        if question.forbidden_by.is_some() {
            forbidden::hide(survey, outcome);
        }
    }
    survey.close(question.host, policy);

    let decision = &mut outcome.decision;
    if let Some(imposed) = imposed {
        let Placement { offset, source } = imposed.placement;
        let reason = impose::check(survey, &question, refusal, imposed)?;
        let verdict = if reason.is_some() { Verdict::Refused } else { Verdict::Chosen };
        let reason = reason.unwrap_or(Reason::Free);
        decision.candidates.push(Candidate { source, offset: Some(offset), verdict, reason });
        decision.placement = (verdict == Verdict::Chosen).then_some(imposed.placement);
    }
    let mut ended = None;
    for source in Source::ALL.into_iter().filter(|_| imposed.is_none()) {
        let candidates = &mut decision.candidates;
        let chosen = source::try_source(source, survey, &question, refusal, decision.placement, ended, candidates)?;
        decision.placement = decision.placement.or(chosen.map(|offset| Placement { offset, source }));
        if matches!(source, Source::Operator | Source::Profile) {
            ended = ended.or_else(|| source::ends_search(source, candidates));
        }
    }
    decision.entry = question.entry.map(|entry| question.name_of(&entry));
    if question.entry.is_none() && !survey.is_gone() {
        let near = lookup::near_match(databases, identity, survey.device)?;
        decision.near_miss = near.map(|NearMatch { database, device, condition }| {
            let entry = question.name_of(&DeviceMatch { database, index: 0, device, rank: 0 });
            NearMiss { entry, condition }
        });
    }
    decision.forbidden_by = question.forbidden_by.map(|entry| question.name_of(&entry));
    decision.grant = match decision.placement {
        Some(Placement { source: Source::Visible, offset }) if !survey.is_left_linked(offset) => {
            let grant = survey.visible_grant()?;
            if let Some(viommu) = policy.viommu_width.filter(|&width| width < grant.width) {
                let width = grant.width;
                survey.findings.push(Finding::VisibleWidthOverViommu { at: offset, device: width, viommu });
            }
            grant
        }
        Some(Placement { source: Source::Profile, .. }) => {
            survey.profile = source::profile::named(&question);
            let frozen =
                survey.profile.map(|Profile { width, execute, privileged, .. }| Grant { width, execute, privileged });
            imposed.map(|imposed| imposed.grant).or(frozen).unwrap_or(question.grant())
        }
        Some(_) => imposed.map_or(question.grant(), |imposed| imposed.grant),
        None => Grant::default(),
    };
    survey.entry = question.entry;
    decision.findings.copy_from(&survey.findings);
    Ok(())
}
