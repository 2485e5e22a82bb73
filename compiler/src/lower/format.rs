//! `dvsec_format`: identity and form of a free-space DVSEC.

use quirk_dsl::ast::{DvsecFormat, Property};
use quirk_dsl::shape::Context;
use quirk_runtime::tables::Form;

use super::Lower;
use crate::catalogue;
use crate::model::Format;
use crate::names::ItemId;

impl Lower<'_, '_> {
    pub(super) fn format_of(&mut self, id: ItemId, syntax: &DvsecFormat) -> Option<Format> {
        let (mut vendor, mut dvsec, mut revision, mut form) = (None, None, None, None);
        for (statement, counts) in self.counted(Context::DvsecFormat, &syntax.statements) {
            match (statement.shape.keyword, &statement.kind) {
                _ if !counts => {}
                ("vendor", Property::Number(expr)) => {
                    self.id_in_hexadecimal(expr);
                    vendor = self.id16(expr, "a vendor id");
                    if vendor == Some(0xffff) {
                        self.wrong(&catalogue::NULL_ID, expr.span, "0xffff is no vendor");
                    }
                }
                ("id", Property::Number(expr)) => dvsec = self.id16(expr, "a DVSEC id"),
                ("revision", Property::Number(expr)) => revision = self.at_most(expr, 0xf, "a DVSEC revision"),
                ("form", Property::Word(word)) => {
                    form = self.choice(statement.shape, word, &[Form::PerGap, Form::Table]);
                }
                _ => {}
            }
        }
        let (name, head) = (&syntax.name.value, self.place(self.names.item(id).head));
        self.missing(Context::DvsecFormat, &syntax.statements, syntax.poisoned, name, head);
        Some(Format {
            name: name.clone(),
            vendor: vendor?,
            id: dvsec?,
            revision: u8::try_from(revision?).ok()?,
            form: form?,
        })
    }
}
