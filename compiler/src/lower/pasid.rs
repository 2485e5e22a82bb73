//! `pasid` and `dvsec`: what a device wishes to show.

use quirk_dsl::Span;
use quirk_dsl::ast::{self, PasidProperty};
use quirk_runtime::MAX_WIDTH;
use quirk_runtime::tables::Permission;

use super::Lower;
use crate::catalogue;
use crate::model::{Dvsec, Pasid, Placing, PlacingKind};
use crate::names::NameKind;
use crate::source::Located;

impl Lower<'_, '_> {
    /// None if any property was not understood.
    pub(super) fn pasid(&mut self, properties: &[PasidProperty], span: Span) -> Option<Pasid> {
        let (mut place, mut width, mut execute, mut privileged) = (None, None, None, None);
        for property in properties {
            match property {
                PasidProperty::Place(places, span) => {
                    let places: Option<Vec<Placing>> = places.iter().map(|place| self.placing(place)).collect();
                    self.once(&mut place, places, *span, "`place`");
                }
                PasidProperty::MaxWidth(expr, span) => {
                    let value = self.width(expr).filter(|&value| value != 0);
                    if value.is_none() && self.names.value(self.unit, expr) == Some(0) {
                        let found = "a PASID of 0 bits: with `pasid none;` a device has none";
                        self.wrong(&catalogue::PASID_WIDTH, expr.span, found);
                    }
                    self.once(&mut width, value, *span, "`max_width`");
                }
                PasidProperty::Execute(name, span) => {
                    let value = self.permission(name);
                    self.once(&mut execute, value, *span, "`execute`");
                }
                PasidProperty::Privileged(name, span) => {
                    let value = self.permission(name);
                    self.once(&mut privileged, value, *span, "`privileged`");
                }
            }
        }
        let free = vec![Placing { node: self.node(), place: self.place(span), kind: PlacingKind::Free }];
        Some(Pasid {
            place: self.place(span),
            places: or(place, free)?,
            max_width: or(width, MAX_WIDTH)?,
            execute: or(execute, Permission::Host)?,
            privileged: or(privileged, Permission::Host)?,
        })
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

    fn permission(&mut self, name: &ast::Name) -> Option<Permission> {
        self.word(name, &[("host", Permission::Host), ("deny", Permission::Deny)])
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

/// What was written, or the default where nothing was. None if what was written was not understood.
fn or<T>(written: Option<Located<Option<T>>>, default: T) -> Option<T> {
    match written {
        Some(written) => written.value,
        None => Some(default),
    }
}
