//! A profile that was asked for: a frozen layout is imposed as it is, or refused, and nothing else is put in its place.

use super::entry;
use super::trail::Trail;
use crate::ConfigAccess;
use crate::capability::{DVSEC, Space};
use crate::decision::{Candidate, Grant, Verdict};
use crate::question::Question;
use crate::reason::Reason;
use crate::source::Source;
use crate::survey::ConfigSurvey;
use crate::tables::{Database, List, Profile, ProfileEntry};

/// Whether a profile was asked for and could not be imposed.
pub(super) fn was_refused(candidates: &[Candidate]) -> bool {
    candidates.iter().any(|each| each.source == Source::Profile && each.verdict == Verdict::Refused)
}

/// The profile that the policy names, if it is one of the entry that applies. A later database's wins.
pub(in crate::placement) fn named(question: &Question<'_, '_>) -> Option<Profile> {
    let name = question.policy.profile?;
    let applies = question.entry?;
    let in_database =
        |database: &Database<'_>| database.all::<Profile>().find(|profile| database.text(profile.name) == name);
    let (at, profile) = (0..question.databases.len())
        .rev()
        .find_map(|at| in_database(&question.databases[at]).map(|profile| (at, profile)))?;
    (at == applies.database && profile.device == applies.index).then_some(profile)
}

pub(super) fn find<D: ConfigAccess + ?Sized>(
    survey: &mut ConfigSurvey<'_, D>,
    question: &Question<'_, '_>,
    record: &mut Trail<'_>,
) -> Result<Option<u16>, D::Error> {
    if question.policy.profile.is_none() {
        return Ok(record.skipped(Reason::NothingGiven));
    }
    let Some(profile) = named(question) else {
        record.add(None, Verdict::Refused, Reason::ProfileUnknown);
        return Ok(None);
    };
    let offset = profile.pasid;
    let reason = match survey.shape(offset).or(question.refusal).or_else(|| exceeds(&profile, &question.grant())) {
        Some(reason) => Some(reason),
        None => entry::check(survey, question, offset, survey.known_pasid == Some(offset))?,
    };
    let reason = reason.or_else(|| missing(survey, question, &profile));
    Ok(record.judged(offset, reason))
}

/// A frozen layout promises what the host must have.
fn exceeds(profile: &Profile, grant: &Grant) -> Option<Reason> {
    let Profile { width, execute, privileged, .. } = *profile;
    let fits = Grant { width, execute, privileged }.is_within(*grant);
    (!fits).then_some(Reason::ProfileExceedsHost)
}

/// What else is frozen must be there.
fn missing<D: ConfigAccess + ?Sized>(
    survey: &ConfigSurvey<'_, D>,
    question: &Question<'_, '_>,
    profile: &Profile,
) -> Option<Reason> {
    let is_shown = |offset, id| survey.map.start_at(offset).is_some_and(|start| start.is_visible() && start.id == id);
    // A free-space DVSEC of the entry will be there; who puts it in makes sure.
    let dvsecs = question.entry.map_or(List::EMPTY, |entry| entry.device.dvsecs);
    let is_emitted = |each: &ProfileEntry| {
        each.extended && each.id == DVSEC && question.database().list(dvsecs).any(|dvsec| dvsec.offset == each.offset)
    };
    let is_absent = |each: &ProfileEntry| !is_shown(each.offset, each.id) && !is_emitted(each);
    let absent = question.database().list(profile.entries).find(is_absent)?;
    let space = if absent.extended { Space::Extended } else { Space::Conventional };
    Some(Reason::DeclaredCapabilityAbsent { space, id: absent.id, at: absent.offset })
}
