//! Decides where PASID goes: looks at the device, asks every source in order, checks every candidate the same way.

mod check;
mod claims;
mod copies;
mod forbidden;
pub(crate) mod free_space;
mod impose;
pub(crate) mod left_linked;
pub(crate) mod map;
mod site;
mod source;
mod suspects;
pub(crate) mod verify;
mod zero;

use crate::decision::{Candidate, Decision, EntryName, Grant, NearMiss, Placement, Source, Verdict};
use crate::layers::{self, Mirrors};
use crate::lookup::{self, DeviceMatch, NearMatch};
use crate::reason::Reason;
use crate::shown::Shown;
use crate::tables::{Permission, Profile};
use crate::{ConfigAccess, Database, Finding, HostPasid, Identity, MAX_WIDTH, Policy};
pub(crate) use site::Site;

/// Everything that a source may ask about.
pub(crate) struct Question<'a, 'db> {
    pub(crate) databases: &'a [Database<'db>],
    pub(crate) identity: &'a Identity,
    pub(crate) host: Option<HostPasid>,
    pub(crate) policy: &'a Policy<'a>,
    /// The entry that applies.
    pub(crate) entry: Option<DeviceMatch>,
    /// The entry that says that the function must not have PASID. One that another shadows says so too.
    pub(crate) forbidden_by: Option<DeviceMatch>,
}

impl<'db> Question<'_, 'db> {
    /// The entry's database.
    pub(crate) fn database(&self) -> Database<'db> {
        let at = self.entry.map(|entry| entry.database);
        at.and_then(|at| self.databases.get(at)).copied().unwrap_or(Database::EMPTY)
    }

    /// How an entry is called.
    fn name_of(&self, entry: &DeviceMatch) -> EntryName<'db> {
        let database = self.databases.get(entry.database).copied().unwrap_or(Database::EMPTY);
        let text = |text| database.text(text);
        let (name, title, source) = (text(entry.device.name), text(entry.device.title), text(entry.device.source));
        EntryName { database: entry.database, name, title, source }
    }

    /// What the guest's capability would say.
    pub(crate) fn grant(&self) -> Grant {
        let Some(host) = self.host else { return Grant::default() };
        let entry = self.entry.map(|entry| entry.device);
        let passes = |permission: Option<Permission>| permission != Some(Permission::Deny);
        let width = [Some(host.width), entry.map(|entry| entry.max_width), self.policy.viommu_width];
        Grant {
            width: width.into_iter().flatten().fold(MAX_WIDTH, u8::min),
            execute: host.execute && passes(entry.map(|entry| entry.execute)),
            privileged: host.privileged && passes(entry.map(|entry| entry.privileged)),
        }
    }
}

/// A place that was saved elsewhere, and what PASID said there.
pub(crate) struct Imposed {
    pub(crate) placement: Placement,
    pub(crate) grant: Grant,
}

/// Whether layers are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layering {
    Wanted,
    Unwanted,
}

/// What comes of it. It is large: whoever asks makes room for it, and nobody moves it.
pub(crate) struct Outcome<'db> {
    pub(crate) decision: Decision<'db>,
    /// What layers show, if one is applied.
    pub(crate) layers: Option<Shown>,
    pub(crate) mirrors: Mirrors,
}

impl Outcome<'_> {
    /// Nothing is decided, and the device is as it is.
    // As a call it is built where it stays: see `Overlay::new`.
    #[inline(never)]
    pub(crate) fn new() -> Self {
        Self { decision: Decision::default(), layers: None, mirrors: layers::NO_MIRRORS }
    }
}

/// Decides for a device; what is seen on the way is noted in the site. What is imposed is judged, and nothing else is looked
/// for. Layers are applied if they are wanted.
///
/// # Errors
/// When the device could not be read.
pub(crate) fn decide<'db, D: ConfigAccess + ?Sized>(
    site: &mut Site<'_, D>,
    mut question: Question<'_, 'db>,
    imposed: Option<&Imposed>,
    wanted: Layering,
    outcome: &mut Outcome<'db>,
) -> Result<(), D::Error> {
    let Question { databases, identity, policy, .. } = question;
    site.survey(databases)?;
    site.judge_visible(policy.raw)?;
    claims::of_policy(site, policy);
    if !site.is_gone() {
        lookup::device_matches(databases, identity, site.device, |found| {
            if let Some(shadowed) = question.entry.replace(found) {
                let (database, by) = (shadowed.database as u16, found.database as u16);
                site.findings.push(Finding::EntryShadowed { database, by });
            }
            question.forbidden_by = Some(found).filter(|found| found.device.forbids_pasid).or(question.forbidden_by);
            site.distrusts_free_space |= found.device.distrust_dvsec;
            claims::of_entry(site, databases[found.database], &found.device);
        })?;
    }
    let refusal = match question.entry {
        Some(entry) => verify::entry(site, question.database(), &entry.device, policy)?,
        None => None,
    };
    if policy.scan_gaps {
        copies::find(site)?;
        suspects::find(site)?;
    }
    site.read_own_pasid()?;
    if policy.what_if {
        question.host = question.host.map(|host| site.enable_own_pasid(host));
    }
    if wanted == Layering::Wanted {
        layers::apply(site, &question, refusal, outcome)?;
        if question.forbidden_by.is_some() {
            forbidden::hide(site, outcome);
        }
    }
    site.close(&question);

    let decision = &mut outcome.decision;
    if let Some(imposed) = imposed {
        let Placement { offset, source } = imposed.placement;
        let reason = impose::check(site, &question, refusal, imposed)?;
        let verdict = if reason.is_some() { Verdict::Refused } else { Verdict::Chosen };
        let reason = reason.unwrap_or(Reason::Free);
        decision.candidates.push(Candidate { source, offset: Some(offset), verdict, reason });
        decision.placement = (verdict == Verdict::Chosen).then_some(imposed.placement);
    }
    let mut ended = None;
    for source in Source::ALL.into_iter().filter(|_| imposed.is_none()) {
        let candidates = &mut decision.candidates;
        let chosen = source::try_source(source, site, &question, refusal, decision.placement, ended, candidates)?;
        decision.placement = decision.placement.or(chosen.map(|offset| Placement { offset, source }));
        ended = ended.or(source::ends_search(source, candidates));
    }
    decision.entry = question.entry.map(|entry| question.name_of(&entry));
    if question.entry.is_none() && !site.is_gone() {
        let near = lookup::near_match(databases, identity, site.device)?;
        decision.near_miss = near.map(|NearMatch { database, device, condition }| {
            let entry = question.name_of(&DeviceMatch { database, index: 0, device, rank: 0 });
            NearMiss { entry, condition }
        });
    }
    decision.forbidden_by = question.forbidden_by.map(|entry| question.name_of(&entry));
    decision.grant = match decision.placement {
        Some(Placement { source: Source::Visible, offset }) if !site.is_left_linked(offset) => site.visible_grant()?,
        Some(Placement { source: Source::Profile, .. }) => {
            site.profile = source::profile::named(&question);
            let frozen =
                site.profile.map(|Profile { width, execute, privileged, .. }| Grant { width, execute, privileged });
            imposed.map(|imposed| imposed.grant).or(frozen).unwrap_or(question.grant())
        }
        Some(_) => imposed.map_or(question.grant(), |imposed| imposed.grant),
        None => Grant::default(),
    };
    site.entry = question.entry;
    decision.findings.copy_from(&site.findings);
    Ok(())
}
