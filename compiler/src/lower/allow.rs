//! `allow RULE "reason";`: what the items of a file silence.

use quirk_dsl::ast::Allow;

use super::Lower;
use crate::catalogue;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::model::Allowance;
use crate::source::Place;

impl Lower<'_, '_> {
    /// Collects what a file allows.
    pub(super) fn allowances(&mut self, unit: usize) {
        let program = self.names.program;
        for (_, item) in program.units[unit].open() {
            for allow in &item.allows {
                self.allowance(allow, self.place(item.span));
            }
        }
    }

    fn allowance(&mut self, allow: &Allow, item: Place) {
        let place = self.place(allow.rule.span);
        let name = &allow.rule.value;
        let Some(rule) = catalogue::find(name) else {
            let message = format!("there is no rule `{name}`");
            let found = Diagnostic::new(&catalogue::UNKNOWN_RULE, place, message);
            return self.report(found.did_you_mean(name, catalogue::all().map(|rule| rule.name)));
        };
        if !rule.silenceable {
            let message = format!("`{name}` cannot be allowed");
            let found = Diagnostic::new(&catalogue::CANNOT_ALLOW, place, message);
            return self.report(found.remove(Applicability::Safe, "take this `allow` away", self.place(allow.span)));
        }
        if self.is_text(&allow.reason, "the reason") {
            let (statement, asked_for) = (self.place(allow.span), self.names.program.units[self.unit].asked_for);
            self.model.allowances.push(Allowance { rule, place, statement, asked_for, item });
        }
    }
}
