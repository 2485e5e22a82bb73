//! The third phase: layers are applied, every source is asked in order, every candidate is checked the same way.

use super::claimed::Claimed;
use super::forbidden;
use super::impose::{self, Imposed};
use super::source::{self, Asked};
use crate::decision::{Candidate, Decision, Grant, NearMiss, Placement, Verdict};
use crate::layers::{self, Chosen, Ground};
use crate::lookup::{self, DeviceMatch, NearMatch};
use crate::question::Question;
use crate::reason::Reason;
use crate::source::Source;
use crate::survey::{ConfigSurvey, Told};
use crate::tables::Profile;
use crate::{ConfigAccess, Finding};

/// A device for which it was decided where PASID goes: what the guest's view is built from.
pub(crate) struct Decided<'s, 'd, D: ?Sized> {
    pub(crate) survey: &'s mut ConfigSurvey<'d, D>,
    /// The entry that applies.
    pub(crate) entry: Option<&'s DeviceMatch>,
    /// The profile that PASID was placed by.
    pub(crate) profile: Option<Profile>,
    /// What free-space DVSECs say, where a source listened to them.
    pub(crate) told: Option<Told>,
    /// The guest is shown something beside the device, PASID aside.
    pub(crate) is_shown: bool,
}

impl<D: ConfigAccess + ?Sized> Decided<'_, '_, D> {
    /// What is to be emulated: a place that was found, or a PASID capability that was left in the list.
    pub(crate) fn emulated(&self, decision: &Decision<'_>) -> Option<Placement> {
        let is_left = |offset| self.survey.is_left_linked(offset);
        decision.placement.filter(|placement| placement.source != Source::Visible || is_left(placement.offset))
    }

    /// Whether the guest sees nothing but the device.
    pub(crate) fn shows_nothing(&self, decision: &Decision<'_>) -> bool {
        !self.is_shown && !self.survey.has_left_linked() && self.emulated(decision).is_none()
    }
}

impl<'s, 'd, 'db, D: ConfigAccess + ?Sized> Claimed<'s, 'd, '_, 'db, D> {
    /// The layers that are on.
    ///
    /// # Errors
    /// When the device could not be read.
    pub(crate) fn choose_layers(&mut self, chosen: &mut Chosen) -> Result<(), D::Error> {
        layers::choose(self.survey, self.question, chosen)
    }

    /// Whether the guest may be shown something before a place is looked for.
    pub(crate) fn shows(&self, layers: &Chosen) -> bool {
        !layers.is_empty() || self.question.forbidden_by.is_some()
    }

    /// Applies the layers, and takes out the PASID that the device must not have; whether there is anything to show.
    ///
    /// # Errors
    /// When the device could not be read; what is shown is of no use then.
    pub(crate) fn show(&mut self, layers: &Chosen, ground: &mut Ground<'_, '_, 'db>) -> Result<bool, D::Error> {
        let Self { survey, question } = self;
        let is_applied = layers::apply(survey, question, layers, ground)?;
        Ok(question.forbidden_by.is_some() && forbidden::hide(survey, ground.view) || is_applied)
    }

    /// Decides; what is seen on the way is noted in the survey. What is imposed is judged, and nothing else is looked for.
    /// `is_shown` says whether the guest is shown something already.
    ///
    /// # Errors
    /// When the device could not be read.
    #[inline]
    pub(crate) fn decide(
        self,
        imposed: Option<&Imposed>,
        is_shown: bool,
        decision: &mut Decision<'db>,
    ) -> Result<Decided<'s, 'd, D>, D::Error> {
        let Self { survey, question } = self;
        survey.close(question.host, question.policy);
        let told = match imposed {
            Some(imposed) => place_as_imposed(survey, question, imposed, decision)?,
            None => ask_sources(survey, question, decision)?,
        };
        name_entries(survey, question, decision)?;
        let profile = source::profile::named(question)
            .filter(|_| decision.placement.is_some_and(|placement| placement.source == Source::Profile));
        decision.grant = grant(survey, question, profile, imposed, decision.placement)?;
        decision.findings.copy_from(&survey.findings);
        Ok(Decided { survey, entry: question.entry.as_ref(), profile, told, is_shown })
    }
}

/// Judges the place that was saved elsewhere.
fn place_as_imposed<D: ConfigAccess + ?Sized>(
    survey: &mut ConfigSurvey<'_, D>,
    question: &Question<'_, '_>,
    imposed: &Imposed,
    decision: &mut Decision<'_>,
) -> Result<Option<Told>, D::Error> {
    let mut told = None;
    survey.map.open();
    let Placement { offset, source } = imposed.placement;
    let reason = impose::check(survey, question, imposed, &mut told)?;
    let verdict = if reason.is_some() { Verdict::Refused } else { Verdict::Chosen };
    let reason = reason.unwrap_or(Reason::Free);
    decision.candidates.push(Candidate { source, offset: Some(offset), verdict, reason });
    decision.placement = (verdict == Verdict::Chosen).then_some(imposed.placement);
    Ok(told)
}

/// Asks every source.
fn ask_sources<D: ConfigAccess + ?Sized>(
    survey: &mut ConfigSurvey<'_, D>,
    question: &Question<'_, '_>,
    decision: &mut Decision<'_>,
) -> Result<Option<Told>, D::Error> {
    let mut asked = Asked::default();
    for source in Source::ALL {
        let candidates = &mut decision.candidates;
        let chosen = source::try_source(source, survey, question, &mut asked, candidates)?;
        asked.placed = asked.placed.or(chosen.map(|offset| Placement { offset, source }));
        if matches!(source, Source::Operator | Source::Profile) {
            asked.ended = asked.ended.or_else(|| source::ends_search(source, candidates));
        }
    }
    decision.placement = asked.placed;
    Ok(asked.told)
}

/// Says which entry applies, or nearly does.
fn name_entries<'db, D: ConfigAccess + ?Sized>(
    survey: &ConfigSurvey<'_, D>,
    question: &Question<'_, 'db>,
    decision: &mut Decision<'db>,
) -> Result<(), D::Error> {
    decision.entry = question.entry.as_ref().map(|entry| question.name_of(entry));
    decision.forbidden_by = question.forbidden_by.as_ref().map(|entry| question.name_of(entry));
    if question.entry.is_none() && !survey.is_gone() {
        let near = lookup::near_match(question.databases, question.identity, survey.device)?;
        decision.near_miss = near.map(|NearMatch { database, device, condition }| {
            let entry = question.name_of(&DeviceMatch { database, index: 0, device, rank: 0 });
            NearMiss { entry, condition }
        });
    }
    Ok(())
}

/// What the guest's capability says; `profile` is the one that placed it.
fn grant<D: ConfigAccess + ?Sized>(
    survey: &mut ConfigSurvey<'_, D>,
    question: &Question<'_, '_>,
    profile: Option<Profile>,
    imposed: Option<&Imposed>,
    placement: Option<Placement>,
) -> Result<Grant, D::Error> {
    let Some(Placement { source, offset }) = placement else { return Ok(Grant::default()) };
    if source == Source::Visible && !survey.is_left_linked(offset) {
        let grant = survey.visible_grant()?;
        if let Some(viommu) = question.policy.viommu_width.filter(|&width| width < grant.width) {
            survey.findings.push(Finding::VisibleWidthOverViommu { at: offset, device: grant.width, viommu });
        }
        return Ok(grant);
    }
    let frozen = profile.map(|Profile { width, execute, privileged, .. }| Grant { width, execute, privileged });
    Ok(imposed.map(|imposed| imposed.grant).or(frozen).unwrap_or(question.grant()))
}
