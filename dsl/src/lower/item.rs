//! Items, and the statements of the small ones: `dvsec_format` and `profile`.

use super::Lower;
use super::cursor::{all, child, dashed, keyword, name, nodes, path, token, word};
use crate::Span;
use crate::ast::{
    Allow, Const, DvsecFormat, File, Item, ItemKind, PasidFacts, Profile, ProfileStatementKind, Source, Use,
};
use crate::lex::TokenKind;
use crate::parser::NodeKind;
use crate::shape::Context;
use crate::tree::Element;

impl Lower<'_> {
    /// Adds the items of one piece of the file.
    pub(super) fn chunk(&mut self, chunk: Element<'_>, file: &mut File) {
        let mut docs = None;
        for node in nodes(chunk) {
            if node.node() == Some(NodeKind::Docs) {
                docs = Some(node);
                continue;
            }
            let is_read = node.node() == Some(NodeKind::Statement) && !self.report.failed.contains(&node.index());
            let item = if is_read { self.item(node) } else { None };
            let mut allows = core::mem::take(&mut self.allows);
            // Syntax trees of long texts are held as a whole: they take no more room than they need.
            allows.shrink_to_fit();
            match item {
                Some(kind) => {
                    let docs = self.docs(docs);
                    file.items.push(Item { docs, kind, span: node.span(), head: head(node), allows });
                }
                None if node.node() != Some(NodeKind::StraySemicolon) => {
                    file.poisoned = true;
                    file.lost_use |= node.says("use")
                        || matches!(node.node(), Some(NodeKind::UnknownStatement | NodeKind::StrayTokens));
                }
                None => {}
            }
            docs = None;
        }
    }

    fn item(&mut self, node: Element<'_>) -> Option<ItemKind> {
        Some(match keyword(node) {
            "edition" => ItemKind::Edition(self.int(token(node, TokenKind::Number)?)?),
            "use" => ItemKind::Use(Use { path: self.text(node)?, name: name(node)? }),
            "const" => ItemKind::Const(Const { name: name(node)?, value: self.expr(node)? }),
            "source" => {
                let claim = self.claim(node);
                ItemKind::Source(Source { name: name(node)?, claim: claim? })
            }
            "device" => ItemKind::Device(self.device(node)?),
            "layer" => ItemKind::Layer(self.layer(node)?),
            "dvsec_format" => ItemKind::DvsecFormat(self.dvsec_format(node)?),
            "profile" => ItemKind::Profile(self.profile(node)?),
            "test" => ItemKind::Test(self.test(node)?),
            _ => return None,
        })
    }

    fn dvsec_format(&mut self, node: Element<'_>) -> Option<DvsecFormat> {
        let (statements, poisoned) = self.statements(Context::DvsecFormat, node, Self::property);
        Some(DvsecFormat { name: name(node)?, statements, poisoned })
    }

    fn profile(&mut self, node: Element<'_>) -> Option<Profile> {
        let (statements, poisoned) = self.statements(Context::Profile, node, Self::profile_statement);
        Some(Profile { name: name(node)?, device: path(node)?, statements, poisoned })
    }

    fn profile_statement(&mut self, node: Element<'_>) -> Option<ProfileStatementKind> {
        Some(match keyword(node) {
            "pasid" => {
                let (at, facts) = (self.expr(node), self.facts(node));
                ProfileStatementKind::Pasid { at: at?, facts: facts? }
            }
            "cap" | "ext" => {
                let (called, at) = (self.called(node), self.expr(node));
                let (extended, kind) = called?;
                ProfileStatementKind::Capability { extended, kind, at: at? }
            }
            _ => ProfileStatementKind::Property(self.property(node)?),
        })
    }

    pub(super) fn allow(&mut self, node: Element<'_>) -> Option<Allow> {
        let reason = self.text(node);
        Some(Allow { rule: dashed(node)?, reason: reason?, span: node.span() })
    }

    /// `[disabled] [width N] [execute] [privileged]`, in any order, each at most once.
    pub(super) fn facts(&mut self, parent: Element<'_>) -> Option<PasidFacts> {
        let mut facts = PasidFacts::default();
        let mut sound = true;
        let mut width_at: Option<Span> = None;
        for node in all(parent, NodeKind::Part) {
            if let Some(span) = word(node, "width") {
                let first = width_at.replace(span);
                if let Some(first) = first {
                    self.repeated(first, span, node.span(), "width");
                    sound = false;
                }
                facts.width = self.expr(node);
                sound &= facts.width.is_some();
                continue;
            }
            for (text, slot) in [
                ("disabled", &mut facts.disabled),
                ("execute", &mut facts.execute),
                ("privileged", &mut facts.privileged),
            ] {
                if let Some(span) = word(node, text)
                    && let Some(first) = slot.replace(span)
                {
                    self.repeated(first, span, node.span(), text);
                    sound = false;
                }
            }
        }
        sound.then_some(facts)
    }
}

/// An item's keyword and name.
fn head(node: Element<'_>) -> Span {
    let keyword = token(node, TokenKind::Word).map_or(node.span(), Element::span);
    let name =
        child(node, NodeKind::Name).or_else(|| token(node, TokenKind::Text)).or_else(|| token(node, TokenKind::Number));
    name.map_or(keyword, |name| keyword.to(name.span()))
}
