//! An entry as it is compared: its layout, its free ranges, and the texts of its evidence.

use std::collections::BTreeSet;
use std::ops::Range;

use quirk_runtime::capability::{DVSEC, Kind, Name, Space};
use quirk_runtime::lookup::{self, DeviceMatch};
use quirk_runtime::tables::{Claim, Device, EntryKind, FreeRange, LayoutEntry};
use quirk_runtime::{Database, Function, Identity, Image};

use crate::failure::Failure;

/// One entry, read once.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    /// `file:line` of its description.
    pub(super) source: String,
    pub(super) layout: Vec<LayoutEntry>,
    pub(super) free: Vec<FreeRange>,
    pub(super) aliased_every: usize,
    /// What its evidence cites.
    pub(super) cites: BTreeSet<String>,
}

impl Entry {
    pub(super) fn new(database: Database<'_>, device: &Device) -> Self {
        let layout: Vec<LayoutEntry> = database.list(device.layout).collect();
        let free: Vec<FreeRange> = database.list(device.free).collect();
        let lists = layout.iter().map(|entry| entry.evidence).chain(free.iter().map(|free| free.evidence));
        let claims = lists.flat_map(|list| database.list::<Claim>(list));
        Self {
            name: database.text(device.name).to_owned(),
            source: database.text(device.source).to_owned(),
            cites: claims.map(|claim| database.text(claim.text).to_owned()).collect(),
            aliased_every: device.aliased_every.into(),
            layout,
            free,
        }
    }

    /// The entry that applies to a function. Ids that can be read are those of a physical function: a virtual one reads ffff.
    pub(super) fn of(databases: &[Database<'_>], identity: &Identity, image: &Image) -> Result<Option<Self>, Failure> {
        let identity = match identity.function {
            Function::Unknown => identity.with_function(Function::Physical),
            _ => *identity,
        };
        let found = lookup::find_device(databases, &identity, image).map_err(Failure::new)?;
        Ok(found.map(|DeviceMatch { database, device, .. }| Self::new(databases[database], &device)))
    }

    /// The name without the namespace of its file.
    pub(super) fn own_name(&self) -> &str {
        self.name.rsplit("::").next().unwrap_or(&self.name)
    }

    /// Declared capabilities.
    pub(super) fn capabilities(&self) -> impl Iterator<Item = (Space, &LayoutEntry)> {
        self.layout.iter().filter_map(|entry| Some((space(entry)?, entry)))
    }

    /// What is declared outside capabilities, and how it is called.
    pub(super) fn outside(&self) -> impl Iterator<Item = (Range<u16>, &'static str)> + '_ {
        let other = self.layout.iter().filter_map(|entry| match entry.kind {
            EntryKind::Register => Some((bytes(entry), "a register")),
            EntryKind::Reserved => Some((bytes(entry), "reserved")),
            EntryKind::Capability | EntryKind::Extended => None,
        });
        other.chain(self.free.iter().map(|free| (free.start..free.end, "free")))
    }
}

/// The bytes of a part of a layout.
pub(super) fn bytes(entry: &LayoutEntry) -> Range<u16> {
    entry.offset..entry.offset.saturating_add(entry.length)
}

/// Which list a part of a layout is in.
pub(super) const fn space(entry: &LayoutEntry) -> Option<Space> {
    match entry.kind {
        EntryKind::Capability => Some(Space::Conventional),
        EntryKind::Extended => Some(Space::Extended),
        EntryKind::Register | EntryKind::Reserved => None,
    }
}

/// What is at an offset, as the language names it.
pub(super) fn called(space: Space, id: u16, sub: Option<(u16, u16)>) -> String {
    let name = Name(space, id);
    match sub {
        Some((vendor, id_of)) if id == DVSEC => format!("{name}(vendor: {vendor:#06x}, id: {id_of:#06x})"),
        Some((_, id_of)) => format!("{name}(id: {id_of:#06x})"),
        None => name.to_string(),
    }
}

/// Ids of a part of a layout, where it has them.
pub(super) fn sub(entry: &LayoutEntry) -> Option<(u16, u16)> {
    entry.has_sub_id.then_some((entry.sub_vendor, entry.sub_id))
}

/// Whether the length of a kind is all that its own bits tell.
pub(super) fn tells_its_length(space: Space, id: u16) -> bool {
    Kind::by_id(space, id).is_some_and(|kind| kind.is_fixed() || kind.rule.is_exact())
}
