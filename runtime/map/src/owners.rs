//! Who owns what: by the bytes of a function, and by its description.

use quirk_runtime::capability::{DVSEC, Kind, Name, PASID_LENGTH, Shown, Space, VSEC};
use quirk_runtime::tables::{Claim, Device, EntryKind, Evidence, FreeRange, LayoutEntry, List, PlaceKind};
use quirk_runtime::{ConfigRead, Database, Decision, Finding, Source};

use crate::model::{Owner, Painted};
use crate::{Entry, Role, list};

/// What the description calls the bytes where it lets PASID go.
pub(crate) const PLACE: &str = "a place for PASID";

fn owner(name: String, role: Role, start: u16, length: u16) -> Owner {
    let start = usize::from(start);
    Owner { name, role, start, end: start + usize::from(length), evidence: Vec::new(), note: None }
}

/// What the bytes tell: header and both lists, then what the kernel hides.
pub(crate) fn live<D: ConfigRead + ?Sized>(config: &D, hidden: &[Entry]) -> Result<Painted, D::Error> {
    let mut painted = Painted::new();
    painted.paint(owner("header".to_owned(), Role::Header, 0, 64));
    for (space, role) in [(Space::Conventional, Role::Conventional), (Space::Extended, Role::Extended)] {
        let mut entries = list(config, space)?;
        // In the order of their places, so that a length that is too large hides no header after it.
        entries.sort_by_key(|(capability, _)| capability.offset);
        for (capability, length) in entries {
            let name = called(config, space, capability.id, capability.offset)?;
            let least = if space == Space::Extended { 4 } else { 2 };
            painted.paint(owner(name, role, capability.offset, length.max(least)));
        }
    }
    for (capability, length) in hidden {
        let mut owner =
            owner(Name(capability.space, capability.id).to_string(), Role::Hidden, capability.offset, (*length).max(4));
        owner.note = Some("vfio-pci hides it, and its bytes still reach the device".to_owned());
        painted.paint_gaps(owner);
    }
    Ok(painted)
}

/// A capability as the language names it, with what tells several of one id apart.
fn called<D: ConfigRead + ?Sized>(config: &D, space: Space, id: u16, offset: u16) -> Result<String, D::Error> {
    let name = Name(space, id).to_string();
    let mut dwords = [0; 12];
    let inside = usize::from(offset) + dwords.len() <= config.size();
    if space == Space::Conventional || !matches!(id, DVSEC | VSEC) || !inside {
        return Ok(name);
    }
    config.read(offset, &mut dwords)?;
    let word = |at: usize| u16::from_le_bytes([dwords[at], dwords[at + 1]]);
    Ok(match id {
        DVSEC => format!("{name}(vendor: {:#06x}, id: {:#06x})", word(4), word(8)),
        _ => format!("{name}(id: {:#06x})", word(4)),
    })
}

/// What was decided: PASID, and what looks like a capability.
pub(crate) fn with_decision(painted: &mut Painted, decision: &Decision<'_>) {
    for finding in decision.findings.iter() {
        if let Finding::SuspectedCapability { at, .. } = *finding {
            let mut owner = owner("suspected capability".to_owned(), Role::Suspected, at, 4);
            owner.note = Some(decision.sentence(*finding).to_string());
            painted.paint_gaps(owner);
        }
    }
    if let Some(placement) = decision.placement
        && placement.source != Source::Visible
    {
        let mut owner = owner("ext pasid, virtual".to_owned(), Role::Pasid, placement.offset, PASID_LENGTH);
        owner.note = Some(format!("placed by source `{}`", placement.source.name()));
        painted.paint(owner);
    }
}

/// What a description declares. Where no length is written, that of the capability which is there counts.
pub(crate) fn declared(database: Database<'_>, device: &Device, live: &Painted) -> Painted {
    let mut painted = Painted::new();
    for FreeRange { start, end, evidence } in database.list(device.free) {
        let mut owner = owner("free".to_owned(), Role::Free, start, end.saturating_sub(start));
        owner.evidence = claims(database, evidence);
        painted.paint(owner);
    }
    for entry in database.list(device.layout) {
        let mut owner = layout(database, &entry);
        let same = |found: &&Owner| found.start == owner.start && is_alike(&found.name, &owner.name);
        if let Some(found) = live.owners.iter().find(same).filter(|_| !entry.length_stated) {
            owner.end = found.end;
        } else if !live.owners.iter().any(|found| same(&found)) && is_unlinked(&entry, live) {
            let told = owner.note.map_or_else(String::new, |note| format!("; {note}"));
            owner.note = Some(format!("in no list of this function{told}"));
        }
        painted.paint(owner);
    }
    for place in database.list(device.places) {
        if matches!(place.kind, PlaceKind::At | PlaceKind::Free) {
            let mut owner = owner(PLACE.to_owned(), Role::Free, place.offset, PASID_LENGTH);
            owner.note = Some("the description lets PASID go here".to_owned());
            owner.evidence = free_at(database, device, place.offset);
            painted.paint(owner);
        }
    }
    painted
}

/// Whether an entry is a capability that a function would have in a list.
fn is_unlinked(entry: &LayoutEntry, live: &Painted) -> bool {
    // Of a description alone nothing is known.
    !live.owners.is_empty() && matches!(entry.kind, EntryKind::Capability | EntryKind::Extended)
}

/// Whether two names are those of one kind, with or without what tells several of one id apart.
fn is_alike(one: &str, other: &str) -> bool {
    one == other || one.split('(').next() == other.split('(').next() && !(one.contains('(') && other.contains('('))
}

/// Who vouches for the free bytes at an offset.
fn free_at(database: Database<'_>, device: &Device, offset: u16) -> Vec<String> {
    let range = database.list(device.free).find(|range| (range.start..range.end).contains(&offset));
    range.map(|range| claims(database, range.evidence)).unwrap_or_default()
}

fn layout(database: Database<'_>, entry: &LayoutEntry) -> Owner {
    let &LayoutEntry { kind, id, offset, length, optional, has_sub_id, sub_vendor, sub_id, .. } = entry;
    let label = database.text(entry.label);
    let (name, role) = match kind {
        EntryKind::Capability => (Name(Space::Conventional, id).to_string(), Role::Conventional),
        EntryKind::Extended => {
            let name = Name(Space::Extended, id).to_string();
            let name = match (has_sub_id, id) {
                (true, DVSEC) => format!("{name}(vendor: {sub_vendor:#06x}, id: {sub_id:#06x})"),
                (true, _) => format!("{name}(id: {sub_id:#06x})"),
                (false, _) => name,
            };
            let is_hidden = Kind::by_id(Space::Extended, id).is_none_or(|kind| kind.shown == Shown::Never);
            (name, if is_hidden { Role::Hidden } else { Role::Extended })
        }
        EntryKind::Register if label.is_empty() => ("register".to_owned(), Role::Register),
        EntryKind::Register => (format!("register \"{label}\""), Role::Register),
        EntryKind::Reserved => ("reserved".to_owned(), Role::Reserved),
    };
    let mut owner = owner(name, role, offset, length);
    owner.evidence = claims(database, entry.evidence);
    owner.note = optional.then(|| "optional: a function without it is still this device".to_owned());
    owner
}

fn claims(database: Database<'_>, claims: List<Claim>) -> Vec<String> {
    let claim = |claim: Claim| {
        let seen = if claim.evidence == Evidence::Dump { format!(", seen {}", claim.seen) } else { String::new() };
        format!("{} \"{}\"{seen}", claim.evidence.word(), database.text(claim.text))
    };
    database.list(claims).map(claim).collect()
}
