//! An entry against the live device: whether it may place anything, and what it then declares free.

use super::map::{Start, Use};
use super::{Site, zero};
use crate::capability::{DVSEC, Kind, Rule, Space, VSEC};
use crate::reason::Reason;
use crate::tables::{Claim, Database, Device, EntryKind, Evidence, FreeRange, LayoutEntry};
use crate::view::Kernel;
use crate::{ByteRange, ConfigAccess, Finding, Policy};

/// Why the entry must not place PASID. If nothing speaks against it, its free ranges are marked.
///
/// # Errors
/// When the device could not be read.
pub(crate) fn entry<D: ConfigAccess + ?Sized>(
    site: &mut Site<'_, D>,
    database: Database<'_>,
    device: &Device,
    policy: &Policy<'_>,
) -> Result<Option<Reason>, D::Error> {
    let mut refusal = None;
    for entry in database.list(device.layout) {
        let space = match entry.kind {
            EntryKind::Capability => Space::Conventional,
            EntryKind::Extended => Space::Extended,
            EntryKind::Register | EntryKind::Reserved => continue,
        };
        // Without extended space nothing is placed, and nothing can be said of what lies there.
        if entry.offset >= site.size || site.closed.is_some() && space == Space::Extended {
            continue;
        }
        if let Some(finding) = contradiction(site, space, &entry)? {
            let is_expected = entry.optional && matches!(finding, Finding::DeclaredCapabilityAbsent { .. });
            if !is_expected {
                site.findings.push(finding);
            }
            let absent = Reason::DeclaredCapabilityAbsent { space, id: entry.id, at: entry.offset };
            refusal = refusal.or((!entry.optional).then_some(absent));
        } else if let Some(live) = longer(site, space, &entry)? {
            let (id, at, stated) = (entry.id, entry.offset, entry.length);
            site.findings.push(Finding::DeclaredLengthShort { space, id, at, stated, live });
            refusal = refusal.or(Some(Reason::DeclaredLengthShort { space, id, at }));
        }
    }
    if policy.scan_gaps && site.closed.is_none() {
        zero::scan(site, database, device)?;
    }
    for free in database.list(device.free) {
        let range = ByteRange::new(free.start, free.end);
        let is_live = |start: &Start| start.is_visible() || start.how == Use::Hidden;
        for Start { id, offset: at, .. } in site.map.starts_in(Space::Extended, range).filter(is_live) {
            site.findings.push(Finding::LiveCapabilityInFree { id, at, start: free.start, end: free.end });
            refusal = refusal.or(Some(Reason::LiveCapabilityInFree { id, at }));
        }
    }
    if refusal.is_none() {
        for free in database.list(device.free).filter(|free| evidence(database, free) >= policy.least_evidence) {
            site.map.declare_free(ByteRange::new(free.start, free.end));
        }
    }
    Ok(refusal)
}

/// The strongest evidence for a free range.
pub(crate) fn evidence(database: Database<'_>, free: &FreeRange) -> Evidence {
    database.list(free.evidence).map(|claim: Claim| claim.evidence).max().unwrap_or(Evidence::None)
}

/// What the bits of a capability tell of its length, where that is more than the entry states: it counts.
fn longer<D: ConfigAccess + ?Sized>(
    site: &mut Site<'_, D>,
    space: Space,
    entry: &LayoutEntry,
) -> Result<Option<u16>, D::Error> {
    let (true, Some(start), Some(kind)) =
        (entry.length_stated, site.map.start_at(entry.offset), Kind::by_id(space, entry.id))
    else {
        return Ok(None);
    };
    if kind.is_fixed() || kind.rule == Rule::None || start.id != entry.id || !site.tells(start, kind)? {
        return Ok(None);
    }
    let live = site.computed(entry.offset, kind)?.filter(|&live| live > entry.length);
    if let Some(live) = live {
        site.map.extend(start, live, false);
    }
    Ok(live)
}

/// How the device contradicts a declared capability, if it does.
fn contradiction<D: ConfigAccess + ?Sized>(
    site: &Site<'_, D>,
    space: Space,
    entry: &LayoutEntry,
) -> Result<Option<Finding>, D::Error> {
    let (id, at) = (entry.id, entry.offset);
    let has_sub_ids = entry.has_sub_id && space == Space::Extended && matches!(id, DVSEC | VSEC);
    let never_shown = || !Kind::by_id(space, id).is_some_and(|kind| kind.is_shown(Kernel::LATEST));
    match site.map.start_at(at).filter(|start| start.is_visible()) {
        Some(start) if start.id == id => {
            let same = !has_sub_ids || sub_ids(site, at, id)? == (entry.sub_vendor, entry.sub_id);
            Ok((!same).then_some(Finding::DeclaredCapabilityDiffers { space, id, at, live: id }))
        }
        Some(start) => Ok(Some(Finding::DeclaredCapabilityDiffers { space, id, at, live: start.id })),
        // What vfio-pci never shows cannot be missed.
        None if never_shown() => Ok(None),
        // The kernel also hides what states a length of 0, and older ones every DVSEC. Where its anchor stands over the
        // header, what is behind that still says what it is.
        None if site.map.is_anchor(at) && has_sub_ids => {
            let same = sub_ids(site, at, id)? == (entry.sub_vendor, entry.sub_id);
            Ok((!same).then_some(Finding::DeclaredCapabilityAbsent { space, id, at }))
        }
        // Elsewhere the header still reads.
        None => {
            let mask = if space == Space::Conventional { 0xff } else { 0xffff };
            let is_unlinked = at <= site.size - 4 && site.read_dword(at & !3)? & mask == u32::from(id);
            Ok((!is_unlinked).then_some(Finding::DeclaredCapabilityAbsent { space, id, at }))
        }
    }
}

/// Vendor and id of a DVSEC, 0 and id of a VSEC.
pub(crate) fn sub_ids<D: ConfigAccess + ?Sized>(site: &Site<'_, D>, at: u16, id: u16) -> Result<(u16, u16), D::Error> {
    if let Some(header) = site.vendor_headers.iter().find(|header| header.offset == at) {
        return Ok((header.sub_vendor, header.sub_id));
    }
    if at > 0x1000 - 12 {
        return Ok((0, 0));
    }
    let low = (site.read_dword(at + 4)? & 0xffff) as u16;
    Ok(if id == DVSEC { (low, (site.read_dword(at + 8)? & 0xffff) as u16) } else { (0, low) })
}
