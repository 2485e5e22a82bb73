//! `dvsec_format`: identity and form of a free-space DVSEC.

use quirk_dsl::ast::{DvsecFormat, DvsecFormatStatementKind};
use quirk_runtime::tables::Form;

use super::Lower;
use crate::catalogue;
use crate::model::Format;
use crate::names::ItemId;

impl Lower<'_, '_> {
    pub(super) fn format_of(&mut self, id: ItemId, syntax: &DvsecFormat) -> Option<Format> {
        let (mut vendor, mut dvsec, mut revision, mut form) = (None, None, None, None);
        for statement in &syntax.statements {
            let span = statement.span;
            match &statement.kind {
                DvsecFormatStatementKind::Vendor(expr) => {
                    let value = self.id16(expr, "a vendor id");
                    if value == Some(0xffff) {
                        self.wrong(&catalogue::NULL_ID, expr.span, "0xffff is no vendor");
                    }
                    self.once(&mut vendor, value, span, "`vendor`");
                }
                DvsecFormatStatementKind::Id(expr) => {
                    let value = self.id16(expr, "a DVSEC id");
                    self.once(&mut dvsec, value, span, "`id`");
                }
                DvsecFormatStatementKind::Revision(expr) => {
                    let value = self.at_most(expr, 0xf, "a DVSEC revision");
                    self.once(&mut revision, value, span, "`revision`");
                }
                DvsecFormatStatementKind::Form(name) => {
                    let value = self.word(name, &[("per_gap", Form::PerGap), ("table", Form::Table)]);
                    self.once(&mut form, value, span, "`form`");
                }
                DvsecFormatStatementKind::Allow(_) => {}
            }
        }
        let item = self.names.item(id);
        if !syntax.poisoned {
            for (word, missing) in [
                ("vendor", vendor.is_none()),
                ("id", dvsec.is_none()),
                ("revision", revision.is_none()),
                ("form", form.is_none()),
            ] {
                if missing {
                    let message = format!("`{}` has no `{word}`", syntax.name.value);
                    self.wrong(&catalogue::MISSING_STATEMENT, item.head, message);
                }
            }
        }
        Some(Format {
            name: syntax.name.value.clone(),
            vendor: vendor?.value?,
            id: dvsec?.value?,
            revision: u8::try_from(revision?.value?).ok()?,
            form: form?.value?,
        })
    }
}
