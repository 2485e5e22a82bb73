//! Sets of ids, the conditions of `match`, capability kinds and evidence.

use super::Lower;
use super::cursor::{all, child, extended, keyword, name, nodes, path_of, token, word};
use super::expr::Failed;
use crate::Spanned;
use crate::ast::{Claim, ClaimKind, ConditionKind, Evidence, FieldType, IdSet, Kind, KindId, Match, Name, Path};
use crate::error::{SyntaxCode, SyntaxError};
use crate::lex::TokenKind;
use crate::parser::NodeKind;
use crate::shape::Context;
use crate::tree::Element;

/// What a capability is called: `ext` or not, and which.
pub(super) type Called = (bool, Kind);

impl Lower<'_> {
    pub(super) fn matching(&mut self, node: Element<'_>) -> Option<Match> {
        let (vendor, device) = self.two_sets(node)?;
        let (conditions, poisoned) = self.statements(Context::Match, node, Self::condition);
        Some(Match { vendor, device, conditions, poisoned })
    }

    /// One condition; `None` also for a node that is none.
    pub(super) fn condition(&mut self, node: Element<'_>) -> Option<ConditionKind> {
        Some(match keyword(node) {
            "subsystem" => {
                let (vendor, device) = self.two_sets(node)?;
                ConditionKind::Subsystem(vendor, device)
            }
            "revision" => ConditionKind::Revision(self.set(child(node, NodeKind::IdSet)?)?),
            "class" => {
                let (value, mask) = (self.expr(node), self.part(node, "mask"));
                ConditionKind::Class { value: value?, mask: mask.ok()? }
            }
            "config" => {
                let (ty, exprs, mask) = (self.width(node), self.two_exprs(node), self.part(node, "mask"));
                let (at, value) = exprs?;
                ConditionKind::Config { width: ty?, at, value, mask: mask.ok()? }
            }
            _ => ConditionKind::Property(self.property(node)?),
        })
    }

    fn width(&mut self, node: Element<'_>) -> Option<Spanned<u8>> {
        let ty = field_type(node)?;
        let bits = match ty.value {
            FieldType::U8 => 8,
            FieldType::U16 => 16,
            FieldType::U32 => 32,
            FieldType::Bytes => {
                self.error(SyntaxError::new(
                    SyntaxCode::UnknownType,
                    ty.span,
                    "a condition compares `u8`, `u16` or `u32`",
                    "not one of them",
                ));
                return None;
            }
        };
        Some(Spanned::new(bits, ty.span))
    }

    fn two_sets(&mut self, parent: Element<'_>) -> Option<(IdSet, IdSet)> {
        let mut sets = all(parent, NodeKind::IdSet);
        let (first, second) = (sets.next()?, sets.next()?);
        let (first, second) = self.together(&[first, second], |lower| (lower.set(first), lower.set(second)));
        Some((first?, second?))
    }

    fn set(&mut self, node: Element<'_>) -> Option<IdSet> {
        if let Some(list) = child(node, NodeKind::IdList) {
            let sets: Vec<Option<IdSet>> = nodes(list).map(|set| self.set(set)).collect();
            return Some(IdSet::List(sets.into_iter().collect::<Option<_>>()?, node.span()));
        }
        let mut exprs = all(node, NodeKind::Expr);
        let Some(first) = exprs.next() else {
            return word(node, "any").map(IdSet::Any);
        };
        let first = self.expr_of(first);
        let Some(second) = exprs.next() else {
            let one = first?;
            self.may_mean(&one, "any");
            return Some(IdSet::One(one));
        };
        let second = self.expr_of(second);
        let make = if word(node, "mask").is_some() { IdSet::Mask } else { IdSet::Range };
        Some(make(first?, second?))
    }

    /// The capability that a node names with `cap KIND` or `ext KIND`.
    pub(super) fn called(&mut self, parent: Element<'_>) -> Option<Called> {
        Some((extended(parent), self.kind(parent)?))
    }

    fn kind(&mut self, parent: Element<'_>) -> Option<Kind> {
        let node = child(parent, NodeKind::Kind)?;
        let id = match name(node) {
            Some(name) => KindId::Name(name),
            None => KindId::Number(self.int(token(node, TokenKind::Number)?)?),
        };
        let given: Vec<Element<'_>> = all(node, NodeKind::Argument).collect();
        let arguments: Vec<Option<(Name, crate::ast::Expr)>> = self.together(&given, |lower| {
            let argument = |argument: &Element<'_>| {
                let value = lower.expr(*argument);
                Some((name(*argument)?, value?))
            };
            given.iter().map(argument).collect()
        });
        Some(Kind { id, arguments: arguments.into_iter().collect::<Option<_>>()?, span: node.span() })
    }

    /// The statements of an evidence block.
    pub(super) fn evidence(&mut self, parent: Element<'_>) -> Vec<Evidence> {
        let (mut evidence, poisoned) = self.block(parent, |lower, node, docs| {
            if !node.says("evidence") {
                return None;
            }
            lower.no_docs(docs);
            lower.one_evidence(node)
        });
        if poisoned {
            evidence.push(Evidence::Lost);
        }
        evidence
    }

    /// Who vouches: named sources, or a claim of its own.
    pub(super) fn one_evidence(&mut self, node: Element<'_>) -> Option<Evidence> {
        let sources: Vec<Path> = all(node, NodeKind::Path).filter_map(path_of).collect();
        if sources.is_empty() { self.claim(node).map(Evidence::Claim) } else { Some(Evidence::Sources(sources)) }
    }

    pub(super) fn claim(&mut self, node: Element<'_>) -> Option<Claim> {
        const KINDS: [(&str, ClaimKind); 5] = [
            ("datasheet", ClaimKind::Datasheet),
            ("vendor", ClaimKind::Vendor),
            ("driver", ClaimKind::Driver),
            ("dump", ClaimKind::Dump),
            ("probe", ClaimKind::Probe),
        ];
        let (text, seen): (_, Result<_, Failed>) = (self.text(node), self.part(node, "seen"));
        let kind = KINDS.into_iter().find_map(|(text, kind)| word(node, text).map(|span| Spanned::new(kind, span)))?;
        Some(Claim { kind, text: text?, seen: seen.ok()?, span: node.span() })
    }
}

/// The field type directly in a node.
pub(super) fn field_type(parent: Element<'_>) -> Option<Spanned<FieldType>> {
    let node = child(parent, NodeKind::Type)?;
    let ty = match node.text() {
        "u8" => FieldType::U8,
        "u16" => FieldType::U16,
        "u32" => FieldType::U32,
        "bytes" => FieldType::Bytes,
        _ => return None,
    };
    Some(Spanned::new(ty, node.span()))
}
