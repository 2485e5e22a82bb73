//! What the policy and the entries take out of the search. Every exclusion counts, those of refused entries too.

use super::config::{ConfigSurvey, PREFIX_LOG_END};
use super::map::Owner;
use crate::capability::{AER, Kind, PASID, Space, UNBOUNDED};
use crate::tables::{Database, Device, EntryKind, LayoutEntry};
use crate::{ByteRange, ConfigAccess, Policy};

/// What the caller says.
pub(crate) fn of_policy<D: ConfigAccess + ?Sized>(survey: &mut ConfigSurvey<'_, D>, policy: &Policy<'_>) {
    for &range in policy.vmm_owned {
        survey.map.claim(range, Owner::VmmOwned);
    }
    for hidden in policy.confirmed {
        hide(survey, hidden.id, hidden.offset, hidden.length, hidden.length != 0);
    }
    survey.confirmed_pasid = survey.known_pasid;
}

/// What an entry says, except what is free.
pub(crate) fn of_entry<D: ConfigAccess + ?Sized>(
    survey: &mut ConfigSurvey<'_, D>,
    database: Database<'_>,
    device: &Device,
) {
    if device.aliased_every != 0 {
        let every = survey.aliased_every;
        survey.aliased_every = if every == 0 { device.aliased_every } else { every.min(device.aliased_every) };
    }
    survey.map.open();
    let mut has_pasid = false;
    let mut layout = database.list(device.layout);
    while let Some(entry) = layout.next_unless(|bytes| survey.has_as_declared(bytes)) {
        has_pasid |= entry.kind == EntryKind::Extended && entry.id == PASID;
        let range = ByteRange::from_length(entry.offset, entry.length);
        match entry.kind {
            EntryKind::Register => survey.map.claim(range, Owner::Register),
            EntryKind::Reserved => survey.map.claim(range, Owner::Reserved),
            // What is as it is declared to be.
            EntryKind::Capability | EntryKind::Extended
                if !entry.length_stated && survey.map.shows(entry.offset, entry.id) => {}
            EntryKind::Capability | EntryKind::Extended => {
                let live = survey.map.start_at(entry.offset).filter(|start| start.is_visible());
                match live {
                    Some(start) if start.id == entry.id => {
                        if entry.length_stated {
                            survey.map.extend(start, entry.length, false);
                        }
                    }
                    // Something else is there; verification says so. What is declared stays an obstacle.
                    Some(start) if start.id != 0 => {
                        let range = ByteRange::from_length(entry.offset, longest(survey, &entry));
                        survey.map.claim(range, Owner::Reserved);
                    }
                    // Nothing, or the kernel's anchor over its header.
                    _ => {
                        let space =
                            if entry.kind == EntryKind::Capability { Space::Conventional } else { Space::Extended };
                        let is_exact = entry.length_stated || Kind::by_id(space, entry.id).is_some_and(Kind::is_fixed);
                        hide(survey, entry.id, entry.offset, entry.length, is_exact);
                    }
                }
            }
        }
    }
    if has_pasid {
        log_prefixes(survey, database, device);
    }
}

impl<D: ConfigAccess + ?Sized> ConfigSurvey<'_, D> {
    /// Whether the device shows what an encoded layout entry declares, and no more is declared of it: there is nothing to claim
    /// and nothing to verify.
    #[inline]
    pub(crate) fn has_as_declared(&self, entry: &[u8]) -> bool {
        // A PASID capability says something of others.
        let is_shown = |&(offset, id): &(u16, u16)| id != PASID && self.map.shows(offset, id);
        LayoutEntry::capability_alone(entry).is_some_and(|declared| is_shown(&declared))
    }
}

/// The longest that a declared capability may be which the function lacks.
fn longest<D: ConfigAccess + ?Sized>(survey: &ConfigSurvey<'_, D>, entry: &LayoutEntry) -> u16 {
    if entry.length_stated {
        return entry.length;
    }
    let space = Space::of(entry.offset);
    let max = Kind::by_id(space, entry.id).map_or(UNBOUNDED, |kind| kind.max).min(space.end() - entry.offset);
    survey.ended(entry.offset, max).max(entry.length)
}

/// A function with PASID has end-to-end prefixes, and so their log in Advanced Error Reporting. The capability after ends it.
fn log_prefixes<D: ConfigAccess + ?Sized>(survey: &mut ConfigSurvey<'_, D>, database: Database<'_>, device: &Device) {
    let extended = database.list(device.layout).filter(|entry| entry.kind == EntryKind::Extended);
    for entry in extended.filter(|entry| entry.id == AER && !entry.length_stated) {
        if let Some(start) = survey.map.start_at(entry.offset).filter(|start| start.id == AER) {
            let length = survey.ended(start.offset, PREFIX_LOG_END);
            survey.map.extend(start, length, false);
        }
    }
}

/// A capability that is there, though no list leads to it.
fn hide<D: ConfigAccess + ?Sized>(survey: &mut ConfigSurvey<'_, D>, id: u16, offset: u16, length: u16, is_exact: bool) {
    if !offset.is_multiple_of(4) || !(0x40..=0xffc).contains(&offset) {
        return;
    }
    let is_extended = offset >= 0x100;
    survey.map.open();
    match survey.map.start_at(offset) {
        // The kernel's anchor stands over it.
        Some(start) if start.is_visible() && start.id != 0 => return,
        _ => {
            let start = survey.map.start(offset, id, Owner::Hidden);
            survey.map.extend(start, length, is_exact);
        }
    }
    if is_extended && id == PASID && offset <= 0xff8 && survey.known_pasid.is_none() {
        survey.known_pasid = Some(offset);
    }
}
