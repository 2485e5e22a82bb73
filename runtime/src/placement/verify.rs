//! An entry against the live device: whether it may place anything, and what it then declares free.

use super::zero;
use crate::capability::{DVSEC, Kind, Rule, Space, VSEC};
use crate::dword_set::DwordSet;
use crate::kernel::Kernel;
use crate::reason::Reason;
use crate::survey::{ConfigSurvey, Owner, Start};
use crate::tables::{Database, Device, EntryKind, LayoutEntry};
use crate::{ByteRange, ConfigAccess, Finding, Policy};

/// Why the entry must not place PASID. If nothing speaks against it, its free ranges are marked.
///
/// # Errors
/// When the device could not be read.
pub(crate) fn entry<D: ConfigAccess + ?Sized>(
    survey: &mut ConfigSurvey<'_, D>,
    database: Database<'_>,
    device: &Device,
    policy: &Policy<'_>,
) -> Result<Option<Reason>, D::Error> {
    let (mut refusal, mut ended) = (None, DwordSet::EMPTY);
    let mut layout = database.list(device.layout);
    while let Some(entry) = layout.next_unless(|bytes| survey.has_as_declared(bytes)) {
        let space = match entry.kind {
            EntryKind::Capability => Space::Conventional,
            EntryKind::Extended => Space::Extended,
            EntryKind::Register | EntryKind::Reserved => continue,
        };
        // Without extended space nothing is placed, and nothing can be said of what lies there.
        if entry.offset >= survey.size || survey.closed.is_some() && space == Space::Extended {
            continue;
        }
        if let Some(finding) = contradiction(survey, space, &entry)? {
            let is_expected = entry.optional && matches!(finding, Finding::DeclaredCapabilityAbsent { .. });
            if !is_expected {
                survey.findings.push(finding);
            }
            let absent = Reason::DeclaredCapabilityAbsent { space, id: entry.id, at: entry.offset };
            refusal = refusal.or((!entry.optional).then_some(absent));
        } else if let Some(live) = longer(survey, space, &entry)? {
            let (id, at, stated) = (entry.id, entry.offset, entry.length);
            survey.findings.push(Finding::DeclaredLengthShort { space, id, at, stated, live });
            refusal = refusal.or(Some(Reason::DeclaredLengthShort { space, id, at }));
        } else if entry.length_stated && ends(survey, &entry) {
            ended.insert(entry.offset);
        }
    }
    if policy.scan_gaps && survey.closed.is_none() {
        zero::scan(survey, database, device)?;
    }
    for free in database.list(device.free) {
        let range = ByteRange::new(free.start, free.end);
        let is_live = |start: &Start| start.is_visible() || start.how == Owner::Hidden;
        for Start { id, offset: at, .. } in survey.map.starts_in(Space::Extended, range).filter(is_live) {
            survey.findings.push(Finding::LiveCapabilityInFree { id, at, start: free.start, end: free.end });
            refusal = refusal.or(Some(Reason::LiveCapabilityInFree { id, at }));
        }
    }
    if refusal.is_none() {
        ended.iter().for_each(|offset| survey.map.mark_measured(offset));
        for free in database.list(device.free).filter(|free| zero::evidence(database, free) >= policy.least_evidence) {
            survey.map.declare_free(ByteRange::new(free.start, free.end));
        }
    }
    Ok(refusal)
}

/// Whether the length that the entry states ends the capability, once the device contradicts nothing: its kind leaves it open.
/// What a DVSEC or VSEC says of itself stays; a length that cannot be is beaten by a free range alone.
fn ends<D: ConfigAccess + ?Sized>(survey: &ConfigSurvey<'_, D>, entry: &LayoutEntry) -> bool {
    let says_itself = |start: Start| start.kind().is_some_and(|kind| kind.rule == Rule::Sized);
    survey.map.start_at(entry.offset).is_some_and(|start| start.id == entry.id && !says_itself(start))
}

/// What the bits of a capability tell of its length, where that is more than the entry states: it counts.
fn longer<D: ConfigAccess + ?Sized>(
    survey: &mut ConfigSurvey<'_, D>,
    space: Space,
    entry: &LayoutEntry,
) -> Result<Option<u16>, D::Error> {
    if !entry.length_stated {
        return Ok(None);
    }
    let (Some(start), Some(kind)) = (survey.map.start_at(entry.offset), Kind::by_id(space, entry.id)) else {
        return Ok(None);
    };
    if kind.is_fixed() || kind.rule == Rule::None || start.id != entry.id || !survey.tells(start, kind)? {
        return Ok(None);
    }
    let live = survey.computed(entry.offset, kind)?.filter(|&live| live > entry.length);
    if let Some(live) = live {
        survey.map.extend(start, live, false);
    }
    Ok(live)
}

/// How the device contradicts a declared capability, if it does.
fn contradiction<D: ConfigAccess + ?Sized>(
    survey: &ConfigSurvey<'_, D>,
    space: Space,
    entry: &LayoutEntry,
) -> Result<Option<Finding>, D::Error> {
    let (id, at) = (entry.id, entry.offset);
    let has_sub_ids = entry.has_sub_id && space == Space::Extended && matches!(id, DVSEC | VSEC);
    if !has_sub_ids && survey.map.shows(at, id) {
        return Ok(None);
    }
    let never_shown = || !Kind::by_id(space, id).is_some_and(|kind| kind.is_shown(Kernel::LATEST));
    match survey.map.start_at(at).filter(|start| start.is_visible()) {
        Some(start) if start.id == id => {
            let same = !has_sub_ids || survey.sub_ids(at, id)? == (entry.sub_vendor, entry.sub_id);
            Ok((!same).then_some(Finding::DeclaredCapabilityDiffers { space, id, at, live: id }))
        }
        Some(start) => Ok(Some(Finding::DeclaredCapabilityDiffers { space, id, at, live: start.id })),
        // What vfio-pci never shows cannot be missed.
        None if never_shown() => Ok(None),
        // The kernel also hides what states a length of 0, and older ones every DVSEC. Where its anchor stands over the
        // header, what is after that still says what it is.
        None if survey.map.is_anchor(at) && has_sub_ids => {
            let same = survey.sub_ids(at, id)? == (entry.sub_vendor, entry.sub_id);
            Ok((!same).then_some(Finding::DeclaredCapabilityAbsent { space, id, at }))
        }
        // Elsewhere the header still reads.
        None => {
            let mask = if space == Space::Conventional { 0xff } else { 0xffff };
            let is_unlinked = at <= survey.size - 4 && survey.read_dword(at & !3)? & mask == u32::from(id);
            Ok((!is_unlinked).then_some(Finding::DeclaredCapabilityAbsent { space, id, at }))
        }
    }
}
