//! `profile`: what was frozen, and for which device.

use std::collections::HashMap;

use quirk_dsl::Span;
use quirk_dsl::ast::{self, PasidFacts, ProfileStatementKind, Property};
use quirk_dsl::shape::Context;

use super::Lower;
use super::kind::space;
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::profile::{Frozen, FrozenEntry, Profile};
use crate::names::{ItemId, NameKind};
use crate::source::Located;

impl Lower<'_, '_> {
    pub(super) fn profile(&mut self, id: ItemId, syntax: &ast::Profile) {
        let item = self.names.item(id);
        let device = self.names.resolve(self.unit, &syntax.device, NameKind::Device);
        let device = device.and_then(|device| self.device(device));
        let (mut pasid, mut released) = (None, None);
        let mut entries: Vec<FrozenEntry> = Vec::new();
        let mut seen = HashMap::new();
        for (statement, counts) in self.counted(Context::Profile, &syntax.statements) {
            let span = statement.span;
            match &statement.kind {
                ProfileStatementKind::Pasid { at, facts } => {
                    let frozen = self.frozen(at, facts, span);
                    pasid = frozen.filter(|_| counts).or(pasid);
                }
                ProfileStatementKind::Capability { extended, kind, at } => {
                    let (kind, at) = (self.kind(*extended, kind), self.offset(at));
                    let Some(((id, sub), offset)) = kind.zip(at) else { continue };
                    let space = space(*extended);
                    let place = self.place(span);
                    if let Some(first) = seen.get(&(space, offset)) {
                        let message = format!("duplicate {offset:#x}: a profile names an offset once");
                        let found = Diagnostic::new(&catalogue::DUPLICATE_OFFSET, place, message);
                        let found = found.also(*first, "first given here");
                        self.report(found);
                        continue;
                    }
                    seen.insert((space, offset), place);
                    entries.push(FrozenEntry { place, space, id, sub, offset });
                }
                ProfileStatementKind::Property(Property::Text(text)) if counts => {
                    let place = self.place(span);
                    released = self.text(text, "the release").map(|value| Located { value, place });
                }
                ProfileStatementKind::Property(_) => {}
            }
        }
        let head = self.place(item.head);
        self.missing(Context::Profile, &syntax.statements, syntax.poisoned, &syntax.name.value, head);
        let (Some(device), Some(pasid)) = (device, pasid) else { return };
        let profile =
            Profile { node: self.node(), name: syntax.name.value.clone(), head, device, pasid, entries, released };
        self.model.profiles.push(profile);
    }

    fn frozen(&mut self, at: &ast::Expr, facts: &PasidFacts, span: Span) -> Option<Frozen> {
        let offset = self.offset(at);
        if let Some(disabled) = facts.disabled {
            self.wrong(&catalogue::UNKNOWN_WORD, disabled, "what is disabled is not shown: take the `profile` away");
            return None;
        }
        let Some(width) = &facts.width else {
            self.wrong(&catalogue::MISSING_STATEMENT, span, "how wide the frozen PASID is, is not said: `width N`");
            return None;
        };
        let place = self.place(width.span);
        let width = Located { value: self.width(width)?, place };
        let place_of = |span: Option<Span>| span.map(|span| self.place(span));
        Some(Frozen {
            place: self.place(span),
            offset: offset?,
            width,
            execute: place_of(facts.execute),
            privileged: place_of(facts.privileged),
        })
    }
}
