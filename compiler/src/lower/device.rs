//! `device`: what one kind of function is, with what it takes over from the device that it is like.

use std::collections::HashSet;

use quirk_dsl::Span;
use quirk_dsl::ast::{self, DeviceStatementKind, ItemKind, LayoutKind, Property, Statement};
use quirk_dsl::shape::{Context, Shape};

use super::Lower;
use super::seats::Seat;
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::load::Early;
use crate::model::{Allowance, Broken, Claim, Device, Entry, Free};
use crate::names::{ItemId, NameKind};
use crate::source::Located;

/// The device/port types in the order of their words, as bits 7:4 of the PCI Express Capabilities register have them.
pub(super) const PORT_TYPES: [u8; 9] = [0, 1, 4, 5, 6, 7, 8, 9, 10];

impl Lower<'_, '_> {
    /// Takes in what is understood already of the parts of each unit.
    pub(super) fn understood(&mut self, units: Vec<Vec<Early>>) {
        let program = self.names.program;
        self.model.devices.reserve_exact(units.iter().flatten().map(|part| part.devices.len()).sum());
        for (unit, parts) in units.into_iter().enumerate() {
            let asked_for = program.units[unit].asked_for;
            let mut before = 0;
            for part in parts {
                for (item, mut device) in part.devices {
                    let index = self.model.devices.len();
                    self.devices.set(ItemId { unit, item: before + item }, Seat::Taken(index));
                    (device.index, device.asked_for) = (index, asked_for);
                    self.model.devices.push(device);
                }
                let allowances = part.allowances.into_iter();
                self.model.allowances.extend(allowances.map(|allowance| Allowance { asked_for, ..allowance }));
                self.model.may_have_named_sources |= part.lost;
                self.names.diagnostics.extend(part.found);
                before += part.items;
            }
        }
    }

    /// The index of a device, understood at first need; none while it is being understood. Those that it is like come
    /// first, one by one: a row of them may be of any length.
    pub(super) fn device(&mut self, id: ItemId) -> Option<usize> {
        let mut row = vec![];
        let mut next = Some(id);
        while let Some(id) = next.filter(|id| self.devices.get(*id) == Seat::Unseen) {
            self.devices.set(id, Seat::Open);
            row.push(id);
            let ItemKind::Device(syntax) = &self.names.item(id).kind else { break };
            let like = syntax.like.as_ref();
            next = like.and_then(|like| self.names.declared(id.unit, like, NameKind::Device));
        }
        while let Some(id) = row.pop() {
            // What is understood is not held any longer.
            let place = self.names.program.units[id.unit].place_of_open(id.item);
            let said = place.and_then(|place| self.said.get_mut(id.unit)?.get_mut(place));
            let statements = said.map(core::mem::take).unwrap_or_default();
            self.understand(id, &statements);
        }
        self.devices.get(id).index()
    }

    /// Puts the devices in the order of the text: some were needed before it was their turn. Nothing that is found depends on
    /// which others there are.
    pub(super) fn devices_in_order(&mut self) {
        if self.devices.taken().is_sorted_by_key(|(_, index)| index) {
            return;
        }
        let order: Vec<(ItemId, usize)> = self.devices.taken().collect();
        let devices = core::mem::take(&mut self.model.devices).into_iter();
        let mut devices: Vec<Option<Box<Device>>> = devices.map(Some).collect();
        let mut positions = vec![0; devices.len()];
        for (index, (id, before)) in order.into_iter().enumerate() {
            positions[before] = index;
            self.devices.set(id, Seat::Taken(index));
            self.model.devices.extend(devices[before].take().map(|mut device| {
                device.index = index;
                device
            }));
        }
        for profile in &mut self.model.profiles {
            profile.device = positions[profile.device];
        }
    }

    /// Understands a device that says this.
    pub(super) fn understand(&mut self, id: ItemId, statements: &[Statement<DeviceStatementKind>]) -> Option<usize> {
        let item = self.names.item(id);
        let ItemKind::Device(syntax) = &item.kind else { return None };
        let back = core::mem::replace(&mut self.unit, id.unit);
        let unit = &self.names.program.units[id.unit];
        let mut device = Device {
            index: 0,
            name: syntax.name.value.clone(),
            head: self.place(item.head),
            item: self.place(item.span),
            asked_for: unit.asked_for,
            title: None,
            clauses: vec![],
            entries: vec![],
            free: vec![],
            pasid: None,
            forbids_pasid: None,
            dvsec: None,
            aliased_every: None,
            port_type: None,
            distrust_dvsec: None,
            claims: vec![],
            broken: Broken { text: syntax.poisoned, claims: syntax.lost, ..Broken::default() },
            is_kin: false,
            is_tested: false,
        };
        if let Some(like) = &syntax.like {
            self.like(&mut device, like);
        }
        self.statements(&mut device, syntax, statements);
        self.unit = back;
        let index = self.model.devices.len();
        self.model.devices.push(Box::new(Device { index, ..device }));
        self.devices.set(id, Seat::Taken(index));
        Some(index)
    }

    /// Takes over layout, pasid and dvsec.
    fn like(&mut self, device: &mut Device, like: &ast::Path) {
        let Some(id) = self.names.resolve(self.unit, like, NameKind::Device) else {
            device.broken.layout = true;
            device.broken.pasid = true;
            return;
        };
        let Some(base) = self.device(id) else {
            device.broken.layout = true;
            let message = format!("`{}` is like itself", like.name.value);
            let found = Diagnostic::new(&catalogue::NAME_CYCLE, self.place(like.span()), message);
            let declared = self.names.item(id).head;
            let there = crate::source::Place { file: self.names.program.units[id.unit].file, span: declared };
            self.report(found.also(there, "it is declared here"));
            return;
        };
        self.model.devices[base].is_kin = true;
        device.is_kin = true;
        let base = &self.model.devices[base];
        device.entries = base.entries.iter().map(|entry| inherited(entry, &base.claims)).collect();
        device.pasid = base.pasid.clone();
        device.forbids_pasid = base.forbids_pasid;
        device.dvsec = base.dvsec.clone();
        device.aliased_every = base.aliased_every;
        device.broken.layout |= base.broken.layout();
        device.broken.pasid |= base.broken.pasid;
        device.broken.dvsec |= base.broken.dvsec;
    }

    fn statements(&mut self, device: &mut Device, syntax: &ast::Device, statements: &[Statement<DeviceStatementKind>]) {
        // First what is taken away, then what is there: a new entry may lie where an old one lay.
        for statement in statements {
            if let DeviceStatementKind::Without(without) = &statement.kind {
                self.without(device, without, statement.span);
            }
        }
        for (statement, counts) in self.counted(Context::Device, statements) {
            let span = statement.span;
            match &statement.kind {
                DeviceStatementKind::Property(property) if counts => {
                    self.device_property(device, statement.shape, property, span);
                }
                DeviceStatementKind::Match(found) => match self.clauses(found, span) {
                    Some(clauses) => {
                        device.clauses.reserve_exact(clauses.len());
                        device.clauses.extend(clauses);
                    }
                    None => device.broken.matches = true,
                },
                DeviceStatementKind::Layout(entries) => self.own_layout(device, entries),
                DeviceStatementKind::Free { ranges, evidence } => {
                    let claims = self.claims(evidence);
                    device.free.reserve_exact(ranges.len());
                    for region in self.regions(ranges, span) {
                        match region {
                            Some(region) => device.free.push(Free { region, claims: claims.clone() }),
                            None => device.broken.free = true,
                        }
                    }
                }
                DeviceStatementKind::Pasid(properties) => {
                    let pasid = self.pasid(properties, span);
                    device.broken.pasid |= pasid.is_none();
                    if counts {
                        (device.pasid, device.forbids_pasid) = (pasid, None);
                    }
                }
                DeviceStatementKind::PasidNone if counts => {
                    (device.pasid, device.forbids_pasid) = (None, Some(self.place(span)));
                }
                DeviceStatementKind::Dvsec { format, place } => {
                    let dvsec = self.dvsec(format, place, span);
                    device.broken.dvsec |= dvsec.is_none();
                    if counts {
                        device.dvsec = dvsec;
                    }
                }
                DeviceStatementKind::Evidence(evidence) => {
                    let claims = self.claims_of(evidence);
                    device.claims.extend(claims);
                }
                DeviceStatementKind::Property(_) | DeviceStatementKind::PasidNone | DeviceStatementKind::Without(_) => {
                }
            }
        }
        self.missing(Context::Device, statements, syntax.poisoned, &device.name, device.head);
    }

    fn device_property(&mut self, device: &mut Device, shape: &Shape, property: &Property, span: Span) {
        let place = self.place(span);
        match (shape.keyword, property) {
            ("name", Property::Text(text)) => {
                device.title = self.text(text, "the name").map(|value| Located { value, place });
            }
            ("distrust", Property::Word(word)) => {
                device.distrust_dvsec = self.choice(shape, word, &[()]).map(|()| place);
            }
            ("pcie_port", Property::Word(word)) => {
                device.port_type = self.choice(shape, word, &PORT_TYPES).map(|value| Located { value, place });
            }
            _ => {}
        }
    }

    /// Own entries replace inherited ones at the same offset.
    fn own_layout(&mut self, device: &mut Device, entries: &[Statement<LayoutKind>]) {
        let inherited = device.entries.len();
        self.layout(device, entries);
        let own: HashSet<u64> = device.entries[inherited..].iter().map(|entry| entry.region.start).collect();
        device.entries.retain(|entry| !(entry.inherited && own.contains(&entry.region.start)));
    }
}

/// An entry with its evidence, which may be what was given for the whole device that wrote it.
fn inherited(entry: &Entry, of_device: &[Claim]) -> Entry {
    let vouched_for_whole = entry.claims.is_empty() && !entry.inherited;
    let claims = if vouched_for_whole { of_device.to_vec() } else { entry.claims.clone() };
    Entry { inherited: true, claims, ..entry.clone() }
}
