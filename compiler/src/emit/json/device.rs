//! `device` and `profile`: what the silicon is, and where PASID goes on it.

use quirk_runtime::Database;
use quirk_runtime::capability::{Kind, Space};
use quirk_runtime::tables::{self, EntryKind, List, Permission, PlaceKind};
use serde::Serialize;

use super::clause::Clause;
use crate::emit::dvsec;

/// One kind of function.
#[derive(Serialize)]
pub(super) struct Device<'db> {
    name: &'db str,
    title: &'db str,
    source: &'db str,
    r#match: Vec<Clause>,
    layout: Vec<Entry<'db>>,
    free: Vec<Free<'db>>,
    pasid: Option<Pasid>,
    pasid_none: bool,
    dvsecs: Vec<Dvsec<'db>>,
    allocations: Vec<Allocation<'db>>,
    aliased_every: Option<u16>,
    port_type: Option<u8>,
    distrust_dvsec: bool,
}

#[derive(Serialize)]
struct Entry<'db> {
    kind: &'static str,
    id: Option<u16>,
    name: Option<&'static str>,
    sub: Option<Sub>,
    offset: u16,
    length: u16,
    length_stated: bool,
    optional: bool,
    inherited: bool,
    label: &'db str,
    evidence: Vec<Claim<'db>>,
}

/// What tells a DVSEC or VSEC from others; a VSEC's vendor is the function's, and 0 here.
#[derive(Serialize)]
pub(super) struct Sub {
    vendor: u16,
    id: u16,
}

#[derive(Serialize)]
pub(super) struct Claim<'db> {
    by: &'static str,
    text: &'db str,
    seen: u32,
}

#[derive(Serialize)]
struct Free<'db> {
    start: u16,
    end: u16,
    evidence: Vec<Claim<'db>>,
}

#[derive(Serialize)]
struct Pasid {
    places: Vec<Place>,
    max_width: u8,
    execute: &'static str,
    privileged: &'static str,
}

#[derive(Serialize)]
struct Place {
    kind: &'static str,
    offset: u16,
}

#[derive(Serialize)]
struct Dvsec<'db> {
    format: &'db str,
    offset: u16,
    length: u16,
    free: Vec<Range>,
    bytes: Option<String>,
}

#[derive(Serialize)]
struct Range {
    start: u16,
    end: u16,
}

/// The place of one `@ free` of a layer on this device.
#[derive(Serialize)]
struct Allocation<'db> {
    layer: &'db str,
    emulation: u32,
    offset: u16,
}

/// A frozen virtual layout.
#[derive(Serialize)]
pub(super) struct Profile<'db> {
    name: &'db str,
    source: &'db str,
    device: &'db str,
    pasid: u16,
    width: u8,
    execute: bool,
    privileged: bool,
    capabilities: Vec<ProfileEntry>,
    released: Option<&'db str>,
}

#[derive(Serialize)]
struct ProfileEntry {
    space: &'static str,
    id: u16,
    name: Option<&'static str>,
    offset: u16,
}

impl<'db> Device<'db> {
    pub(super) fn new(database: Database<'db>, device: &tables::Device, clauses: Option<Vec<Clause>>) -> Self {
        let pasid = Pasid {
            places: database.list(device.places).map(|place| self::place(&place)).collect(),
            max_width: device.max_width,
            execute: permission(device.execute),
            privileged: permission(device.privileged),
        };
        Self {
            name: database.text(device.name),
            title: database.text(device.title),
            source: database.text(device.source),
            r#match: clauses.unwrap_or_default(),
            layout: database.list(device.layout).map(|entry| Entry::new(database, &entry)).collect(),
            free: database
                .list(device.free)
                .map(|free| Free { start: free.start, end: free.end, evidence: claims(database, free.evidence) })
                .collect(),
            pasid: (!device.places.is_empty()).then_some(pasid),
            pasid_none: device.forbids_pasid,
            dvsecs: database.list(device.dvsecs).map(|dvsec| Dvsec::new(database, &dvsec)).collect(),
            allocations: database
                .list(device.allocations)
                .filter_map(|allocation| {
                    let layer: tables::Layer = database.record(allocation.layer)?;
                    Some(Allocation {
                        layer: database.text(layer.name),
                        emulation: allocation.emulation.checked_sub(layer.emulations.start)?,
                        offset: allocation.offset,
                    })
                })
                .collect(),
            aliased_every: (device.aliased_every != 0).then_some(device.aliased_every),
            port_type: (device.port_type != 0xff).then_some(device.port_type),
            distrust_dvsec: device.distrust_dvsec,
        }
    }
}

impl<'db> Entry<'db> {
    fn new(database: Database<'db>, entry: &tables::LayoutEntry) -> Self {
        let (kind, space) = match entry.kind {
            EntryKind::Capability => ("cap", Some(Space::Conventional)),
            EntryKind::Extended => ("ext", Some(Space::Extended)),
            EntryKind::Register => ("register", None),
            EntryKind::Reserved => ("reserved", None),
        };
        Self {
            kind,
            id: space.map(|_| entry.id),
            name: space.and_then(|space| kind_name(space, entry.id)),
            sub: sub(entry.has_sub_id, entry.sub_vendor, entry.sub_id),
            offset: entry.offset,
            length: entry.length,
            length_stated: entry.length_stated,
            optional: entry.optional,
            inherited: entry.inherited,
            label: database.text(entry.label),
            evidence: claims(database, entry.evidence),
        }
    }
}

impl<'db> Dvsec<'db> {
    fn new(database: Database<'db>, dvsec: &tables::EmittedDvsec) -> Self {
        let format: Option<tables::Format> = database.record(dvsec.format);
        Self {
            format: format.map_or("", |format| database.text(format.name)),
            offset: dvsec.offset,
            length: dvsec.length,
            free: database.list(dvsec.entries).map(|tables::Range { start, end }| Range { start, end }).collect(),
            bytes: dvsec::bytes(database, dvsec).map(|bytes| hex(&bytes)),
        }
    }
}

impl<'db> Profile<'db> {
    pub(super) fn new(database: Database<'db>, profile: &tables::Profile) -> Self {
        let device: Option<tables::Device> = database.record(profile.device);
        let released = database.text(profile.released);
        Self {
            name: database.text(profile.name),
            source: database.text(profile.source),
            device: device.map_or("", |device| database.text(device.name)),
            pasid: profile.pasid,
            width: profile.width,
            execute: profile.execute,
            privileged: profile.privileged,
            capabilities: database
                .list(profile.entries)
                .map(|entry| {
                    let space = space(entry.extended);
                    let (id, name) = (entry.id, kind_name(space, entry.id));
                    ProfileEntry { space: space.keyword(), id, name, offset: entry.offset }
                })
                .collect(),
            released: (!released.is_empty()).then_some(released),
        }
    }
}

pub(super) fn space(extended: bool) -> Space {
    if extended { Space::Extended } else { Space::Conventional }
}

pub(super) fn kind_name(space: Space, id: u16) -> Option<&'static str> {
    Kind::by_id(space, id).map(|kind| kind.name)
}

pub(super) fn sub(is_given: bool, vendor: u16, id: u16) -> Option<Sub> {
    is_given.then_some(Sub { vendor, id })
}

/// `08503250`
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn claims<'db>(database: Database<'db>, claims: List<tables::Claim>) -> Vec<Claim<'db>> {
    let claim =
        |claim: tables::Claim| Claim { by: claim.evidence.word(), text: database.text(claim.text), seen: claim.seen };
    database.list(claims).map(claim).collect()
}

fn place(place: &tables::Place) -> Place {
    let kind = match place.kind {
        PlaceKind::Free => "free",
        PlaceKind::Native => "native",
        PlaceKind::At => "at",
    };
    Place { kind, offset: place.offset }
}

fn permission(permission: Permission) -> &'static str {
    match permission {
        Permission::Host => "host",
        Permission::Deny => "deny",
    }
}
