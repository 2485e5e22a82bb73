//! `pasid` and `dvsec`: what a device wishes to show.

use quirk_dsl::Span;
use quirk_dsl::ast::{self, PasidStatementKind, Property, Statement};
use quirk_dsl::shape::Context;
use quirk_runtime::MAX_WIDTH;
use quirk_runtime::tables::Permission;

use super::Lower;
use crate::catalogue;
use crate::model::{Dvsec, Pasid, Placing, PlacingKind};
use crate::names::NameKind;

impl Lower<'_, '_> {
    /// None if any property was not understood.
    pub(super) fn pasid(&mut self, statements: &[Statement<PasidStatementKind>], span: Span) -> Option<Pasid> {
        let place = self.place(span);
        let free = Placing { node: self.node(), place, kind: PlacingKind::Free };
        let host = Permission::Host;
        let mut pasid = Pasid { place, places: vec![free], max_width: MAX_WIDTH, execute: host, privileged: host };
        let mut is_understood = true;
        for (statement, counts) in self.counted(Context::Pasid, statements) {
            is_understood &= match &statement.kind {
                PasidStatementKind::Place(places) => {
                    let places: Option<Vec<_>> = places.iter().map(|place| self.placing(place)).collect();
                    set(&mut pasid.places, places, counts)
                }
                PasidStatementKind::Property(Property::Number(expr)) => {
                    let width = self.width(expr).filter(|&width| width != 0);
                    if width.is_none() && self.names.value(self.unit, expr) == Some(0) {
                        let found = "a PASID of 0 bits: with `pasid none;` a device has none";
                        self.wrong(&catalogue::PASID_WIDTH, expr.span, found);
                    }
                    set(&mut pasid.max_width, width, counts)
                }
                PasidStatementKind::Property(Property::Word(word)) => {
                    let permission = self.choice(statement.shape, word, &[Permission::Host, Permission::Deny]);
                    match statement.shape.keyword {
                        "execute" => set(&mut pasid.execute, permission, counts),
                        "privileged" => set(&mut pasid.privileged, permission, counts),
                        _ => true,
                    }
                }
                PasidStatementKind::Property(Property::Text(_)) => true,
            };
        }
        is_understood.then_some(pasid)
    }

    fn placing(&mut self, placing: &ast::Placing) -> Option<Placing> {
        let (kind, span) = match placing {
            ast::Placing::Free(span) => (PlacingKind::Free, *span),
            ast::Placing::Native(span) => (PlacingKind::Native, *span),
            ast::Placing::At(expr, span) => (PlacingKind::At(self.offset(expr)?), *span),
        };
        Some(Placing { node: self.node(), place: self.place(span), kind })
    }

    pub(super) fn width(&mut self, expr: &ast::Expr) -> Option<u8> {
        let width = self.value(expr)?;
        if width > u64::from(MAX_WIDTH) {
            let message = format!("a PASID of {width} bits: it has at most {MAX_WIDTH}");
            self.wrong(&catalogue::PASID_WIDTH, expr.span, message);
            return None;
        }
        u8::try_from(width).ok()
    }

    pub(super) fn dvsec(&mut self, format: &ast::Path, place: &ast::DvsecPlace, span: Span) -> Option<Dvsec> {
        let id = self.names.resolve(self.unit, format, NameKind::Format);
        let at = match place {
            ast::DvsecPlace::InFree(_) => None,
            ast::DvsecPlace::At(at) => {
                let length = match &at.len {
                    None => None,
                    Some(len) => Some(self.at_most(len, 0xfff, "the length of a DVSEC")?),
                };
                Some((self.offset(&at.offset)?, length))
            }
        };
        let format = self.format(id?)?;
        Some(Dvsec { node: self.node(), place: self.place(span), format, at })
    }
}

/// Sets what the first statement of a keyword says. Says whether it is understood.
fn set<T>(slot: &mut T, value: Option<T>, counts: bool) -> bool {
    match value {
        Some(value) if counts => *slot = value,
        Some(_) => {}
        None => return !counts,
    }
    true
}
