//! Devices that name nothing: what they say is understood as soon as they are read, whatever else there is, so that their syntax need not
//! be held until all is read.

use core::sync::atomic::AtomicU32;

use quirk_dsl::ast::{self, ItemKind};

use super::Lower;
use crate::load::{Early, Program, Unit};
use crate::names::{ItemId, Names};
use crate::source::FileId;

/// So many more devices may name something than name nothing, until no other of the part is tried.
const VAIN: usize = 8;

/// Understands the devices of a part of a file that name nothing, and takes away their statements.
pub(crate) fn alone(file: FileId, part: &mut ast::File, nodes: &AtomicU32) -> Early {
    let unit =
        Unit { file, ast: core::mem::take(part), uses: vec![], asked_for: false, declared: [].into(), early: vec![] };
    let program = Program { units: vec![unit], ..Program::default() };
    let early = Lower::new(&mut Names::none(&program), nodes).alone();
    for unit in program.units {
        *part = unit.ast;
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
        let mut early = Early { items: items.len(), ..Early::default() };
        let mut vain = 0;
        for (item, each) in items.iter().enumerate() {
            let ItemKind::Device(device) = &each.kind else { continue };
            if device.like.is_some() || vain > VAIN + early.devices.len() {
                continue;
            }
            self.understand(ItemId { unit: 0, item }, &device.statements);
            let (device, found) = (self.model.devices.pop(), core::mem::take(&mut self.names.diagnostics));
            if self.names.take_asked() {
                vain += 1;
                continue;
            }
            early.devices.extend(device.map(|device| (item, device)));
            early.found.extend(found);
        }
        early
    }
}
