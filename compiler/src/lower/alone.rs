//! Devices that name nothing: what they say is understood as soon as they are read, whatever else there is, so that their syntax need not
//! be held until all is read. So is what items allow.

use core::sync::atomic::AtomicU32;

use quirk_dsl::ast::{self, ItemKind};

use super::Lower;
use super::claims::poisoned;
use crate::load::{Early, Program, Unit};
use crate::names::{ItemId, Names};
use crate::source::FileId;

/// So many more devices may name something than name nothing, until no other of the part is tried.
const VAIN: usize = 8;

/// Understands the devices of a part of a file that name nothing and what its items allow, and takes away the statements.
pub(crate) fn alone(file: FileId, part: &mut ast::File, nodes: &AtomicU32) -> Early {
    let unit = Unit::new(file, core::mem::take(part), vec![]);
    let program = Program { units: vec![unit], ..Program::default() };
    let early = Lower::new(&mut Names::none(&program), nodes).alone();
    for unit in program.units {
        *part = unit.ast;
    }
    for item in &mut part.items {
        item.allows = vec![];
    }
    for &(at, _) in &early.devices {
        let item = &mut part.items[at];
        if let ItemKind::Device(device) = &mut item.kind {
            device.statements = vec![];
        }
        // Where a file begins, an edition may have to be put.
        if at > 0 {
            item.docs = vec![];
        }
    }
    early
}

impl Lower<'_, '_> {
    fn alone(&mut self) -> Early {
        let items = &self.names.program.units[0].ast.items;
        self.allowances(0);
        let mut early = Early {
            items: items.len(),
            allowances: core::mem::take(&mut self.model.allowances),
            found: core::mem::take(&mut self.names.diagnostics),
            ..Early::default()
        };
        let mut vain = 0;
        for (item, each) in items.iter().enumerate() {
            let device = match &each.kind {
                ItemKind::Device(device) if device.like.is_none() && vain <= VAIN + early.devices.len() => device,
                _ => {
                    early.open.push(item);
                    continue;
                }
            };
            self.understand(ItemId { unit: 0, item }, &device.statements);
            let (understood, found) = (self.model.devices.pop(), core::mem::take(&mut self.names.diagnostics));
            if self.names.take_asked() {
                vain += 1;
                early.open.push(item);
                continue;
            }
            early.devices.extend(understood.map(|device| (item, device)));
            early.lost |= poisoned(each);
            early.found.extend(found);
        }
        early
    }
}
