//! Evidence: who vouches for something.

use std::collections::BTreeSet;

use quirk_dsl::ast::{self, ItemKind};
use quirk_runtime::tables::Evidence;

use super::Lower;
use crate::catalogue;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::load::Unit;
use crate::model::Claim;
use crate::names::ItemId;

impl Lower<'_, '_> {
    /// The claims that are understood, sources looked up.
    pub(super) fn claims(&mut self, evidence: &[ast::Evidence]) -> Vec<Claim> {
        evidence.iter().flat_map(|one| self.claims_of(one)).collect()
    }

    /// The claims of one statement. What is wrong with it is reported; it counts all the same.
    pub(super) fn claims_of(&mut self, evidence: &ast::Evidence) -> Vec<Claim> {
        match evidence {
            ast::Evidence::Claim(claim) => vec![self.claim_of(claim)],
            // It may have been any.
            ast::Evidence::Lost => vec![Claim { evidence: Evidence::Vendor, text: String::new(), seen: 0 }],
            ast::Evidence::Sources(paths) => {
                let mut seen = BTreeSet::new();
                paths.iter().map(|path| self.named(path, &mut seen)).collect()
            }
        }
    }

    /// The claim that a source makes. One that is not found was reported, and is evidence all the same.
    fn named(&mut self, path: &ast::Path, seen: &mut BTreeSet<ItemId>) -> Claim {
        let unknown = Claim { evidence: Evidence::Vendor, text: String::new(), seen: 0 };
        let Some(id) = self.names.source(self.unit, path) else {
            let place = self.place(path.span());
            self.model.lost_sources.push(place);
            return unknown;
        };
        if !seen.insert(id) {
            let place = self.place(path.span());
            let message = format!("`{}` is named twice here", path.name.value);
            self.report(Diagnostic::new(&catalogue::DUPLICATE_STATEMENT, place, message).help("name it once"));
        }
        self.sources.get(&id).cloned().unwrap_or(unknown)
    }

    /// Understands the sources of all files, used or not.
    pub(super) fn all_sources(&mut self) {
        let program = self.names.program;
        for (unit, each) in program.units.iter().enumerate() {
            self.unit = unit;
            for (item, node) in each.open() {
                if let ItemKind::Source(source) = &node.kind {
                    let claim = self.claim_of(&source.claim);
                    self.sources.insert(ItemId { unit, item }, claim);
                }
            }
        }
    }

    /// Reports the sources of a file that was asked for and that no evidence names. What could not be read, and a name that is
    /// not known, may have meant one.
    pub(super) fn unused_sources(&mut self) {
        let program = self.names.program;
        let poisoned = |unit: &Unit| unit.ast.poisoned || unit.open().any(|(_, item)| poisoned(item));
        self.model.may_have_named_sources |= program.units.iter().any(poisoned) || !self.model.lost_sources.is_empty();
        for (unit, each) in program.units.iter().enumerate().filter(|(_, each)| each.asked_for) {
            self.unit = unit;
            for (item, node) in each.open() {
                let ItemKind::Source(source) = &node.kind else { continue };
                if !self.names.is_used(ItemId { unit, item }) {
                    let message = format!("no evidence names the source `{}`", source.name.value);
                    let found = Diagnostic::new(&catalogue::UNUSED_SOURCE, self.place(source.name.span), message);
                    let found = found.help(format!("name it where it vouches: `evidence {};`", source.name.value));
                    self.report(found.remove(Applicability::Unsafe, "take the source away", self.place(node.span)));
                }
            }
        }
    }

    /// One claim. What is wrong with it is reported; it counts all the same.
    fn claim_of(&mut self, claim: &ast::Claim) -> Claim {
        let evidence = match claim.kind.value {
            ast::ClaimKind::Datasheet => Evidence::Datasheet,
            ast::ClaimKind::Vendor => Evidence::Vendor,
            ast::ClaimKind::Driver => Evidence::Driver,
            ast::ClaimKind::Dump => Evidence::Dump,
            ast::ClaimKind::Probe => Evidence::Probe,
        };
        let text = self.text(&claim.text, "the reference").unwrap_or_default();
        let seen = claim.seen.as_ref().and_then(|seen| {
            if evidence != Evidence::Dump {
                self.wrong(&catalogue::UNKNOWN_WORD, seen.span, "`seen` counts dumps: it belongs to `dump` alone");
                return None;
            }
            self.id32(seen, "a number of functions")
        });
        Claim { evidence, text, seen: seen.unwrap_or(0) }
    }
}

/// Whether a statement of an item is lost that may have named a source.
pub(crate) fn poisoned(item: &ast::Item) -> bool {
    match &item.kind {
        ItemKind::Device(device) => device.poisoned,
        ItemKind::Layer(layer) => layer.poisoned,
        _ => false,
    }
}
