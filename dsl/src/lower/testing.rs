//! The statements of `test`.

use super::Lower;
use super::cursor::{all, child, dashed, dashed_name, extended, keyword, name, part, path, word};
use super::matching::field_type;
use crate::ast::{
    Assignment, Enable, Expect, Expr, Given, GivenPci, PolicySetting, Statement, Test, TestStatementKind,
};
use crate::parser::NodeKind;
use crate::shape::Context;
use crate::tree::Element;

impl Lower<'_> {
    pub(super) fn test(&mut self, node: Element<'_>) -> Option<Test> {
        let title = self.text(node);
        let (statements, poisoned) = self.statements(Context::Test, node, Self::test_statement);
        Some(Test { title: title?, statements, poisoned })
    }

    fn test_statement(&mut self, node: Element<'_>) -> Option<TestStatementKind> {
        Some(match keyword(node) {
            "given" => TestStatementKind::Given(self.given(node)?),
            "host" => TestStatementKind::Host(self.facts(node)?),
            "viommu" => TestStatementKind::Viommu(self.expr(node)?),
            "enable" => {
                let (params, _) = self.block(node, |lower, node, docs| {
                    let assignment = lower.assignment(node)?;
                    lower.no_docs(docs);
                    Some(assignment)
                });
                TestStatementKind::Enable(Enable { layer: path(node)?, params })
            }
            "policy" => {
                let (settings, _) = self.block(node, |lower, node, docs| {
                    let setting = lower.setting(node)?;
                    lower.no_docs(docs);
                    Some(setting)
                });
                TestStatementKind::Policy(settings)
            }
            "write" => {
                let (at, value) = (self.expr(node), self.value(node));
                TestStatementKind::Write { ty: field_type(node)?, at: at?, value: value? }
            }
            "expect" => TestStatementKind::Expect(self.expect(node)?),
            _ => TestStatementKind::Property(self.property(node)?),
        })
    }

    /// The value after an offset: the second expression, or a list.
    fn value(&mut self, node: Element<'_>) -> Option<Vec<Expr>> {
        match child(node, NodeKind::List) {
            Some(list) => self.list(list),
            None => all(node, NodeKind::Expr).nth(1).and_then(|expr| self.expr_of(expr)).map(|value| vec![value]),
        }
    }

    fn given(&mut self, node: Element<'_>) -> Option<Given> {
        let inner = super::cursor::nodes(node).next()?;
        let view = part(inner, "view").and_then(name);
        Some(match keyword(inner) {
            "device" => Given::Device { device: path(inner)?, view },
            "pci" => {
                let pair: Vec<Element<'_>> = all(inner, NodeKind::Expr).take(2).collect();
                let ids = self.together(&pair, |lower| lower.two_exprs(inner));
                let mut bars = Vec::new();
                let (conditions, _) = self.block(inner, |lower, node, docs| {
                    lower.no_docs(docs);
                    if node.says("bar") {
                        bars.extend(lower.two_exprs(node));
                        return None;
                    }
                    let shape = Context::GivenPci.statement(keyword(node))?;
                    let kind = lower.condition(node)?;
                    Some(Statement { shape, docs: Vec::new(), kind, span: node.span() })
                });
                let (vendor, device) = ids?;
                Given::Pci(GivenPci { vendor, device, view, conditions, bars })
            }
            "optional" => {
                let (called, at) = (self.called(inner), self.expr(inner));
                let (extended, kind) = called?;
                Given::OptionalAbsent { extended, kind, at: at? }
            }
            "bytes" => {
                let (at, value) = (self.expr(inner), self.list_in(inner));
                Given::Bytes { at: at?, value: value? }
            }
            _ => return None,
        })
    }

    fn assignment(&mut self, node: Element<'_>) -> Option<Assignment> {
        let value = match child(node, NodeKind::List) {
            Some(list) => self.list(list)?,
            None => vec![self.expr(node)?],
        };
        Some(Assignment { name: name(node)?, value, span: node.span() })
    }

    fn setting(&mut self, node: Element<'_>) -> Option<PolicySetting> {
        let words = all(node, NodeKind::Dashed).map(dashed_name).collect();
        let (mut at, mut range) = (None, None);
        if let Some(place) = child(node, NodeKind::OffsetOrRange) {
            if all(place, NodeKind::Expr).count() > 1 {
                range = Some(self.range_of(place)?);
            } else {
                at = Some(self.expr(place)?);
            }
        }
        Some(PolicySetting { name: name(node)?, at, range, words, span: node.span() })
    }

    fn expect(&mut self, node: Element<'_>) -> Option<Expect> {
        let inner = super::cursor::nodes(node).next()?;
        Some(match keyword(inner) {
            "pasid" => {
                let (at, facts) = (self.expr(inner), self.facts(inner));
                Expect::Pasid { at: at?, facts: facts? }
            }
            "no" if word(inner, "pasid").is_some() => Expect::NoPasid,
            "no" => self.expect_capability(inner, true)?,
            "cap" | "ext" => self.expect_capability(inner, false)?,
            "chain" => Expect::Chain { extended: extended(inner), offsets: self.list_in(inner)? },
            "device" => Expect::Untouched(match child(inner, NodeKind::Range) {
                Some(range) => Some(self.range_of(range)?),
                None => None,
            }),
            "effect" => Expect::Effect(dashed(inner)?),
            "reason" => Expect::Reason(dashed(inner)?),
            "finding" => Expect::Finding(dashed(inner)?),
            _ => {
                let (at, value) = (self.expr(inner), self.value(inner));
                Expect::Value { ty: field_type(inner)?, at: at?, value: value? }
            }
        })
    }

    fn expect_capability(&mut self, node: Element<'_>, absent: bool) -> Option<Expect> {
        let (called, at, len) = (self.called(node), self.part(node, "@"), self.part(node, "len"));
        let (extended, kind) = called?;
        Some(Expect::Capability { absent, extended, kind, at: at.ok()?, len: len.ok()? })
    }
}
