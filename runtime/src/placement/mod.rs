//! Decides where PASID goes: looks at the device, asks every source in order, checks every candidate the same way.

mod check;
mod claims;
pub(crate) mod free_space;
mod impose;
pub(crate) mod map;
mod site;
mod source;
mod suspects;
pub(crate) mod verify;

use crate::decision::{Candidate, Decision, EntryName, Grant, Placement, Source, Verdict};
use crate::layers::{self, Layers};
use crate::lookup::{self, DeviceMatch};
use crate::reason::Reason;
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
}

impl<'db> Question<'_, 'db> {
    /// The entry's database.
    pub(crate) fn database(&self) -> Database<'db> {
        let at = self.entry.map(|entry| entry.database);
        at.and_then(|at| self.databases.get(at)).copied().unwrap_or(Database::EMPTY)
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

/// Decides for a device; what was seen on the way comes with it. What is imposed is judged, and nothing else is looked for.
/// Layers are applied if they are wanted.
///
/// # Errors
/// When the device could not be read.
pub(crate) fn decide<'a, 'db, D: ConfigAccess + ?Sized>(
    device: &'a D,
    databases: &[Database<'db>],
    identity: &Identity,
    host: Option<HostPasid>,
    policy: &Policy<'_>,
    imposed: Option<&Imposed>,
    wanted: Layering,
) -> Result<(Decision<'db>, Site<'a, D>, Layers<'db>), D::Error> {
    let mut site = Site::survey(device, databases)?;
    let mut question = Question { databases, identity, host, policy, entry: None };
    claims::of_policy(&mut site, policy);
    if !site.is_gone() {
        lookup::device_matches(databases, identity, device, |found| {
            if let Some(shadowed) = question.entry.replace(found) {
                let (database, by) = (shadowed.database as u16, found.database as u16);
                site.findings.push(Finding::EntryShadowed { database, by });
            }
            site.distrusts_free_space |= found.device.distrust_dvsec;
            claims::of_entry(&mut site, databases[found.database], &found.device);
        })?;
    }
    let refusal = match question.entry {
        Some(entry) => verify::entry(&mut site, question.database(), &entry.device, policy)?,
        None => None,
    };
    if policy.scan_gaps {
        suspects::find(&mut site)?;
    }
    site.read_own_pasid()?;
    let layers = match wanted {
        Layering::Wanted => layers::apply(&mut site, &question, refusal)?,
        Layering::Unwanted => Layers::none(site.size),
    };
    site.close(&question);

    let mut decision = Decision { layers: layers.entries, ..Decision::default() };
    if let Some(imposed) = imposed {
        let Placement { offset, source } = imposed.placement;
        let reason = impose::check(&mut site, &question, refusal, imposed)?;
        let verdict = if reason.is_some() { Verdict::Refused } else { Verdict::Chosen };
        let reason = reason.unwrap_or(Reason::Free);
        decision.candidates.push(Candidate { source, offset: Some(offset), verdict, reason });
        decision.placement = (verdict == Verdict::Chosen).then_some(imposed.placement);
    }
    for source in Source::ALL.into_iter().filter(|_| imposed.is_none()) {
        let candidates = &mut decision.candidates;
        let chosen = source::try_source(source, &mut site, &question, refusal, decision.placement, candidates)?;
        decision.placement = decision.placement.or(chosen.map(|offset| Placement { offset, source }));
    }
    decision.entry = question.entry.map(|entry| {
        let database = question.database();
        EntryName {
            database: entry.database,
            name: database.text(entry.device.name),
            title: database.text(entry.device.title),
            source: database.text(entry.device.source),
        }
    });
    decision.grant = match decision.placement {
        Some(Placement { source: Source::Visible, .. }) => site.visible_grant()?,
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
    decision.findings = site.findings;
    Ok((decision, site, layers))
}
