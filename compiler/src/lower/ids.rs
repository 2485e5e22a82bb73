//! Ids that are written in decimal: `1959` copied from `lspci -n` is another device than 0x1959.

use quirk_dsl::ast::{Expr, ExprKind, IdSet, ItemKind, Radix};

use super::Lower;
use crate::catalogue;
use crate::diagnostic::{Applicability, Diagnostic, Edit};
use crate::names::NameKind;
use crate::source::Place;

/// Below it a number is the same in both.
const FIRST: u64 = 10;

impl Lower<'_, '_> {
    /// Warns of every id of a set that is written in decimal.
    pub(super) fn in_hexadecimal(&mut self, set: &IdSet) {
        match set {
            IdSet::Any(_) => {}
            IdSet::One(expr) | IdSet::Mask(expr, _) => self.id_in_hexadecimal(expr),
            IdSet::Range(first, last) => {
                self.id_in_hexadecimal(first);
                self.id_in_hexadecimal(last);
            }
            IdSet::List(sets, _) => sets.iter().for_each(|set| self.in_hexadecimal(set)),
        }
    }

    /// Warns of an id that is written in decimal, itself or in the constant that stands for it.
    pub(super) fn id_in_hexadecimal(&mut self, id: &Expr) {
        match &id.kind {
            ExprKind::Int(int) if int.radix == Radix::Decimal && int.value >= FIRST => {
                self.report(decimal(int.value, self.place(int.span)));
            }
            ExprKind::Path(path) => {
                let Some(found) = self.names.declared(self.unit, path, NameKind::Constant) else { return };
                let file = self.names.program.units[found.unit].file;
                let ItemKind::Const(constant) = &self.names.item(found).kind else { return };
                let ExprKind::Int(int) = &constant.value.kind else { return };
                if int.radix == Radix::Decimal && int.value >= FIRST {
                    let found = decimal(int.value, Place { file, span: int.span });
                    self.report(found.also(self.place(id.span), "it is an id here"));
                }
            }
            ExprKind::Paren(inner) => self.id_in_hexadecimal(inner),
            _ => {}
        }
    }
}

fn decimal(value: u64, place: Place) -> Diagnostic {
    let message = format!("the id `{value}` is written in decimal: it is {value:#06x}");
    let found = Diagnostic::new(&catalogue::DECIMAL_ID, place, message);
    let write = |found: Diagnostic, text: String| {
        found.fix(Applicability::Unsafe, format!("write `{text}`"), Edit { place, text })
    };
    let same = format!("{value:#06x}");
    // Digits that say more than 16 bits were not copied from a list of ids.
    let copied = Some(format!("0x{value:0>4}")).filter(|_| value < 10_000);
    match copied {
        Some(copied) => {
            let help = format!("did you mean `{copied}`? ids are hexadecimal where others print them");
            write(write(found.help(help), copied), same)
        }
        None => write(found.help(format!("write `{same}`")), same),
    }
}
