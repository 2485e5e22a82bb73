//! Descriptions as far as they mean something, each item by its name, in words that can be compared.

use std::collections::{BTreeMap, BTreeSet};

use quirk_runtime::Database;
use quirk_runtime::capability::{Name, Space};
use quirk_runtime::tables::{
    Alternative, Claim, Device, Emulation, EmulationKind, EntryKind, Format, Layer, LayoutEntry, List, Permission,
    Place, PlaceKind, Profile,
};

use super::load::Side;
use crate::clause;

/// All items of one side.
pub(super) struct Model {
    pub(super) devices: BTreeMap<String, Item<DeviceFacts>>,
    pub(super) layers: BTreeMap<String, Item<()>>,
    pub(super) profiles: BTreeMap<String, Item<BTreeMap<String, u16>>>,
    pub(super) formats: BTreeMap<String, Item<()>>,
}

/// One item: what it says, as texts under headings, and what breaking rules look at.
pub(super) struct Item<F> {
    pub(super) source: String,
    pub(super) says: BTreeMap<&'static str, BTreeSet<String>>,
    pub(super) facts: F,
}

/// What breaking rules look at.
pub(super) struct DeviceFacts {
    /// Where capabilities are put: what, and where.
    pub(super) placed: BTreeMap<String, u16>,
    pub(super) free: Vec<(u16, u16)>,
    pub(super) forbids_pasid: bool,
}

impl Model {
    pub(super) fn new(databases: &[Database<'_>], side: &Side) -> Self {
        let mut model = Self {
            devices: BTreeMap::new(),
            layers: BTreeMap::new(),
            profiles: BTreeMap::new(),
            formats: BTreeMap::new(),
        };
        for &database in databases {
            model.add(database, side);
        }
        model
    }

    /// A later database's items take the place of an earlier one's of the same name.
    fn add(&mut self, database: Database<'_>, side: &Side) {
        let text = |text| database.text(text).to_owned();
        let mut clauses: BTreeMap<u32, BTreeSet<String>> = BTreeMap::new();
        for each in database.clauses().filter(|clause| !clause.layer) {
            clauses.entry(each.owner).or_default().insert(clause::text(database, &each));
        }
        for (index, each) in (0..).zip(database.all::<Device>()) {
            let matches = clauses.remove(&index).unwrap_or_default();
            let item = device(database, &each, matches, side.place(database.text(each.source)));
            self.devices.insert(text(each.name), item);
        }
        for each in database.all::<Layer>() {
            self.layers.insert(text(each.name), layer(database, &each, side.place(database.text(each.source))));
        }
        for each in database.all::<Profile>() {
            self.profiles.insert(text(each.name), profile(database, &each, side.place(database.text(each.source))));
        }
        for each in database.all::<Format>() {
            let Format { vendor, id, revision, form, .. } = each;
            let says = format!("vendor {vendor:#06x}, id {id:#06x}, revision {revision}, form {form:?}");
            let item = Item { source: String::new(), says: [("says", [says].into())].into(), facts: () };
            self.formats.insert(text(each.name), item);
        }
    }
}

fn claims(database: Database<'_>, claims: List<Claim>) -> String {
    let claim = |claim: Claim| {
        let seen = if claim.seen == 0 { String::new() } else { format!(" seen {}", claim.seen) };
        format!("{} \"{}\"{seen}", claim.evidence.word(), database.text(claim.text))
    };
    let claims: Vec<_> = database.list(claims).map(claim).collect();
    if claims.is_empty() { String::new() } else { format!(" by {}", claims.join(", ")) }
}

fn device(database: Database<'_>, device: &Device, matches: BTreeSet<String>, source: String) -> Item<DeviceFacts> {
    let mut says: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    says.insert("match", matches);
    says.insert("name", [format!("\"{}\"", database.text(device.title))].into());
    says.insert("layout", database.list(device.layout).map(|entry| layout(database, &entry)).collect());
    let free = database.list(device.free);
    let free =
        free.map(|range| format!("{:#05x}..{:#05x}{}", range.start, range.end, claims(database, range.evidence)));
    says.insert("free", free.collect());
    let mut pasid: BTreeSet<String> = BTreeSet::new();
    let mut placed = BTreeMap::new();
    for (at, Place { kind, offset }) in database.list(device.places).enumerate() {
        let word = match kind {
            PlaceKind::Free => "free",
            PlaceKind::Native => "native",
            PlaceKind::At => "an offset",
        };
        pasid.insert(format!("place {}: {word}, {offset:#05x}", at + 1));
        if at == 0 {
            placed.insert("PASID".to_owned(), offset);
        }
    }
    if !device.places.is_empty() {
        let deny = |permission| if permission == Permission::Deny { "deny" } else { "host" };
        pasid.insert(format!("max_width {}", device.max_width));
        pasid.insert(format!("execute {}", deny(device.execute)));
        pasid.insert(format!("privileged {}", deny(device.privileged)));
    }
    if device.forbids_pasid {
        pasid.insert("none".to_owned());
    }
    says.insert("pasid", pasid);
    let mut other = BTreeSet::new();
    for dvsec in database.list(device.dvsecs) {
        let format = database.record::<Format>(dvsec.format).map_or("", |format| database.text(format.name));
        placed.insert(format!("dvsec {format}"), dvsec.offset);
        other.insert(format!("dvsec {format} at {:#05x}, {:#x} bytes", dvsec.offset, dvsec.length));
    }
    for each in database.list(device.allocations) {
        let layer = database.record::<Layer>(each.layer).map_or("", |layer| database.text(layer.name));
        let what = emulated(database, each.emulation);
        other.insert(format!("layer {layer} puts {what} at {:#05x}", each.offset));
        placed.insert(format!("{what} of layer {layer}"), each.offset);
    }
    if device.aliased_every != 0 {
        other.insert(format!("aliased every {:#x}", device.aliased_every));
    }
    if device.port_type != 0xff {
        other.insert(format!("pcie_port of type {}", device.port_type));
    }
    if device.distrust_dvsec {
        other.insert("distrust dvsec".to_owned());
    }
    says.insert("other", other);
    let free = database.list(device.free).map(|range| (range.start, range.end)).collect();
    Item { source, says, facts: DeviceFacts { placed, free, forbids_pasid: device.forbids_pasid } }
}

fn layout(database: Database<'_>, entry: &LayoutEntry) -> String {
    let &LayoutEntry { kind, id, offset, length, length_stated, optional, has_sub_id, sub_vendor, sub_id, .. } = entry;
    let ids = if has_sub_id { format!("({sub_vendor:#06x}, {sub_id:#06x})") } else { String::new() };
    let name = match kind {
        EntryKind::Capability => Name(Space::Conventional, id).to_string() + &ids,
        EntryKind::Extended => Name(Space::Extended, id).to_string() + &ids,
        EntryKind::Register => format!("register \"{}\"", database.text(entry.label)),
        EntryKind::Reserved => "reserved".to_owned(),
    };
    let is_range = matches!(kind, EntryKind::Register | EntryKind::Reserved);
    let length = if length_stated || is_range { format!(" len {length:#x}") } else { String::new() };
    let optional = if optional { " optional" } else { "" };
    format!("{name} @ {offset:#05x}{length}{optional}{}", claims(database, entry.evidence))
}

fn emulated(database: Database<'_>, index: u32) -> String {
    let Some(emulation) = database.record::<Emulation>(index) else { return "a capability".to_owned() };
    match emulation.kind {
        EmulationKind::Capability => Name(Space::Conventional, emulation.id).to_string(),
        EmulationKind::Extended => Name(Space::Extended, emulation.id).to_string(),
        EmulationKind::Fields => "fields".to_owned(),
    }
}

fn layer(database: Database<'_>, layer: &Layer, source: String) -> Item<()> {
    let mut says: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    says.insert("match", database.clauses_of(layer.clauses).map(|each| clause::text(database, &each)).collect());
    let param = |param: quirk_runtime::tables::Param| {
        format!("{}: {:?} of {}", database.text(param.name), param.kind, param.size)
    };
    says.insert("param", database.list(layer.params).map(param).collect());
    says.insert("emulate", database.list(layer.emulations).map(|each| emulation(database, &each)).collect());
    let hide = |hide: quirk_runtime::tables::Hide| {
        let space = if hide.extended { Space::Extended } else { Space::Conventional };
        format!("{} {:?}", Name(space, hide.id), (hide.has_sub_id, hide.sub_vendor, hide.sub_id, hide.offset))
    };
    says.insert("hide", database.list(layer.hides).map(hide).collect());
    let mut other: BTreeSet<String> = database.list(layer.mirrors).map(|mirror| format!("{mirror:?}")).collect();
    other.extend(database.list(layer.allows).map(|allow| format!("{allow:?}")));
    other.insert(format!("unassigned {:?}", layer.unassigned));
    other.insert(format!("default {}", if layer.default_on { "on" } else { "off" }));
    if layer.port_type != 0xff {
        other.insert(format!("pcie_port of type {}", layer.port_type));
    }
    if layer.pin_resizable_bar {
        other.insert("pins resizable BARs".to_owned());
    }
    let over = |over: quirk_runtime::tables::Over| {
        let name = database.record::<Layer>(over.layer).map_or("", |layer| database.text(layer.name));
        format!("over {name}")
    };
    other.extend(database.list(layer.over).map(over));
    says.insert("other", other);
    Item { source, says, facts: () }
}

fn emulation(database: Database<'_>, emulation: &Emulation) -> String {
    let what = match emulation.kind {
        EmulationKind::Capability => Name(Space::Conventional, emulation.id).to_string(),
        EmulationKind::Extended => Name(Space::Extended, emulation.id).to_string(),
        EmulationKind::Fields => "fields".to_owned(),
    };
    let at: Vec<_> =
        database.list(emulation.alternatives).map(|Alternative { offset }| format!("{offset:#05x}")).collect();
    let at = if emulation.in_free { "in free".to_owned() } else { format!("at {}", at.join(" or ")) };
    let hex = |list| database.list_bytes(list).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let field = |field: quirk_runtime::tables::Field| {
        format!(
            "{:?}+{:#x} len {} mask {:#x} {:?} {:?} {}",
            field.anchor,
            field.offset,
            field.length,
            field.mask,
            field.class,
            field.value_kind,
            hex(field.value)
        )
    };
    let fields: Vec<_> = database.list(emulation.fields).map(field).collect();
    format!("{what} {at} len {:#x} {{ {} }}", emulation.length, fields.join("; "))
}

fn profile(database: Database<'_>, profile: &Profile, source: String) -> Item<BTreeMap<String, u16>> {
    let device = database.record::<Device>(profile.device).map_or("", |device| database.text(device.name));
    let mut placed = BTreeMap::from([("PASID".to_owned(), profile.pasid)]);
    for entry in database.list(profile.entries) {
        let space = if entry.extended { Space::Extended } else { Space::Conventional };
        placed.insert(Name(space, entry.id).to_string(), entry.offset);
    }
    let Profile { width, execute, privileged, .. } = profile;
    let mut says: BTreeSet<String> = placed.iter().map(|(what, at)| format!("{what} at {at:#05x}")).collect();
    says.insert(format!("for {device}"));
    says.insert(format!("width {width}, execute {execute}, privileged {privileged}"));
    says.insert(format!("released \"{}\"", database.text(profile.released)));
    Item { source, says: [("says", says)].into(), facts: placed }
}
