//! From syntax to model: the statements of `layer`, emulations aside.

use std::collections::HashMap;
use std::collections::hash_map::Entry::{Occupied, Vacant};

use quirk_dsl::Span;
use quirk_dsl::ast::{self, ItemKind, LayerStatementKind, ParamType, Property};
use quirk_dsl::shape::{Context, Shape};
use quirk_runtime::tables::{ParamKind, Unassigned};

use super::Lower;
use super::device::PORT_TYPES;
use super::kind::space;
use crate::catalogue;
use crate::model::Region;
use crate::model::layer::{Allow, Hide, Layer, LayerBroken, Mirror, Over, Param};
use crate::names::{ItemId, NameKind, duplicate, reserved};
use crate::source::{Located, Place};

/// A program names a parameter by one byte.
const MOST_PARAMS: usize = 256;

/// As many as configuration space has.
const MOST_BYTES: u64 = 0x1000;

impl Lower<'_, '_> {
    /// Understands a layer. What it is `over` may follow it: see [`Lower::overs`].
    pub(super) fn layer(&mut self, id: ItemId) {
        let item = self.names.item(id);
        let ItemKind::Layer(syntax) = &item.kind else { return };
        let mut layer = Layer {
            name: syntax.name.value.clone(),
            head: self.place(item.head),
            asked_for: self.names.program.units[id.unit].asked_for,
            clauses: vec![],
            default_on: false,
            params: vec![],
            lost_params: vec![],
            emulations: vec![],
            hides: vec![],
            mirrors: vec![],
            unassigned: Unassigned::Unspecified,
            allows: vec![],
            port_type: None,
            pin_resizable_bar: None,
            over: vec![],
            broken: LayerBroken { text: syntax.poisoned, ..LayerBroken::default() },
        };
        self.params(&mut layer, syntax);
        self.layer_statements(&mut layer, syntax);
        self.missing(Context::Layer, &syntax.statements, syntax.poisoned, &layer.name, layer.head);
        self.layers.insert(id, self.model.layers.len());
        self.model.layers.push(layer);
    }

    /// Values may name params that follow them.
    fn params(&mut self, layer: &mut Layer, syntax: &ast::Layer) {
        for statement in &syntax.statements {
            let LayerStatementKind::Param { name, ty } = &statement.kind else { continue };
            let place = self.place(name.span);
            let param = match &ty.value {
                ParamType::Unsigned(bits) => Some((ParamKind::Unsigned, u16::from(*bits))),
                ParamType::Bytes(count) => self.byte_count(count).map(|count| (ParamKind::Bytes, count)),
            };
            if let Some(reserved) = reserved(&name.value, place) {
                self.report(reserved);
                layer.lost_params.push(name.value.clone());
                continue;
            }
            if let Some(first) = layer.params.iter().find(|param| param.name == name.value) {
                self.report(duplicate(&name.value, place, first.place));
                continue;
            }
            if let Some(first) = self.names.constant_place(self.unit, &name.value) {
                self.report(duplicate(&name.value, place, first));
                continue;
            }
            if layer.params.len() == MOST_PARAMS {
                if layer.lost_params.is_empty() {
                    let message = format!("a layer has at most {MOST_PARAMS} params");
                    self.wrong(&catalogue::DOES_NOT_FIT, statement.span, message);
                }
                layer.lost_params.push(name.value.clone());
                continue;
            }
            match param {
                Some((kind, size)) => {
                    layer.params.push(Param { name: name.value.clone(), place, kind, size, used: false });
                }
                None => layer.lost_params.push(name.value.clone()),
            }
        }
    }

    /// A number of bytes that configuration space can hold.
    pub(super) fn byte_count(&mut self, expr: &ast::Expr) -> Option<u16> {
        let count = self.at_most(expr, MOST_BYTES, "a number of bytes")?;
        if count == 0 {
            self.wrong(&catalogue::EMPTY_RANGE, expr.span, "the length is 0");
            return None;
        }
        u16::try_from(count).ok()
    }

    fn layer_statements(&mut self, layer: &mut Layer, syntax: &ast::Layer) {
        for (statement, counts) in self.counted(Context::Layer, &syntax.statements) {
            let span = statement.span;
            match &statement.kind {
                LayerStatementKind::Match(found) => match self.clauses(found, span) {
                    Some(clauses) => layer.clauses.extend(clauses),
                    None => layer.broken.matches = true,
                },
                LayerStatementKind::Property(property) if counts => {
                    self.layer_property(layer, statement.shape, property, span);
                }
                LayerStatementKind::Emulate(emulate) => match self.emulation(layer, emulate, span) {
                    Some(emulation) => layer.emulations.push(emulation),
                    None => layer.broken.emulations = true,
                },
                LayerStatementKind::Hide(hide) => layer.hides.extend(self.hide(hide, span)),
                LayerStatementKind::Mirror(mirror) => layer.mirrors.extend(self.mirror(mirror, span)),
                LayerStatementKind::Unassigned(unassigned) => {
                    let modes = [Unassigned::Raw, Unassigned::ReadOnly, Unassigned::Deny];
                    let mode = self.choice(statement.shape, &unassigned.mode, &modes);
                    layer.allows.extend(unassigned.allowed.iter().filter_map(|allowed| self.allowed(allowed)));
                    layer.unassigned = mode.filter(|_| counts).unwrap_or(layer.unassigned);
                }
                LayerStatementKind::Property(_) | LayerStatementKind::Over(_) | LayerStatementKind::Param { .. } => {}
            }
        }
    }

    fn layer_property(&mut self, layer: &mut Layer, shape: &Shape, property: &Property, span: Span) {
        let place = self.place(span);
        match (shape.keyword, property) {
            ("default", Property::Word(word)) => layer.default_on = self.choice(shape, word, &[()]).is_some(),
            ("pcie_type", Property::Word(word)) => {
                layer.port_type = self.choice(shape, word, &PORT_TYPES).map(|value| Located { value, place });
            }
            ("resizable_bar", Property::Word(word)) => {
                layer.pin_resizable_bar = self.choice(shape, word, &[()]).map(|()| place);
            }
            _ => {}
        }
    }

    fn hide(&mut self, hide: &ast::Hide, span: Span) -> Option<Hide> {
        let kind = self.kind(hide.extended, &hide.kind);
        let at = match &hide.at {
            None => None,
            Some(at) => Some(self.offset(at)?),
        };
        let (id, sub) = kind?;
        Some(Hide { place: self.place(span), space: space(hide.extended), id, sub, at })
    }

    fn mirror(&mut self, mirror: &ast::Mirror, span: Span) -> Option<Mirror> {
        let bar = self.at_most(&mirror.bar, 5, "the number of a BAR");
        let region = self.region(&mirror.range);
        let config = match &mirror.config {
            None => Some(0),
            Some(config) => self.offset(config),
        };
        let region = Region { place: self.place(span), ..region? };
        Some(Mirror { bar: u8::try_from(bar?).ok()?, region, config: config? })
    }

    fn allowed(&mut self, allowed: &ast::Allowed) -> Option<Allow> {
        let region = self.region(&allowed.range);
        let writable = self.word(&allowed.access, &[("rw", true), ("ro", false)])?;
        Some(Allow { region: Region { place: self.place(allowed.span), ..region? }, writable })
    }

    /// Resolves what the layers of a unit are `over`, when all layers are known.
    pub(super) fn overs(&mut self, unit: usize) {
        let program = self.names.program;
        for (item, node) in program.units[unit].open() {
            let ItemKind::Layer(syntax) = &node.kind else { continue };
            let Some(&own) = self.layers.get(&ItemId { unit, item }) else { continue };
            let mut seen = HashMap::new();
            for statement in &syntax.statements {
                let LayerStatementKind::Over(path) = &statement.kind else { continue };
                let Some(id) = self.names.resolve(unit, path, NameKind::Layer) else { continue };
                let Some(&layer) = self.layers.get(&id) else { continue };
                let place = self.place(statement.span);
                match seen.entry(layer) {
                    Vacant(entry) => {
                        entry.insert(place);
                        self.model.layers[own].over.push(Over { place, layer });
                    }
                    Occupied(first) => self.over_again(layer, place, *first.get()),
                }
            }
        }
    }

    fn over_again(&mut self, layer: usize, place: Place, first: Place) {
        let what = format!("`over {}`", self.model.layers[layer].name);
        self.report(self.duplicate(Context::Layer, &what, place, first));
    }
}
