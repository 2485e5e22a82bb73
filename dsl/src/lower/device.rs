//! The statements of `device`.

use super::Lower;
use super::cursor::{all, extended, keyword, name, nodes, part, path, word};
use crate::ast::{
    Device, DeviceStatementKind, DvsecPlace, LayoutKind, PasidStatementKind, Placing, Statement, Without,
};
use crate::parser::NodeKind;
use crate::shape::Context;
use crate::tree::Element;

impl Lower<'_> {
    pub(super) fn device(&mut self, node: Element<'_>) -> Option<Device> {
        let like = part(node, "like").and_then(path);
        let (statements, poisoned) = self.statements(Context::Device, node, Self::device_statement);
        let lost = nodes(node).any(|each| self.report.failed.contains(&each.index()));
        Some(Device { name: name(node)?, like, statements, poisoned, lost })
    }

    fn device_statement(&mut self, node: Element<'_>) -> Option<DeviceStatementKind> {
        Some(match keyword(node) {
            "match" => DeviceStatementKind::Match(Box::new(self.matching(node)?)),
            "layout" => DeviceStatementKind::Layout(self.layout(node)),
            "free" => {
                let (ranges, evidence) = (self.ranges(node), self.evidence(node));
                DeviceStatementKind::Free { ranges: ranges?, evidence }
            }
            "pasid" if word(node, "none").is_some() => DeviceStatementKind::PasidNone,
            "pasid" => DeviceStatementKind::Pasid(self.pasid(node)),
            "dvsec" => DeviceStatementKind::Dvsec { format: path(node)?, place: Box::new(self.dvsec_place(node)?) },
            "without" => DeviceStatementKind::Without(Box::new(self.without(node)?)),
            "evidence" => DeviceStatementKind::Evidence(self.one_evidence(node)?),
            _ => DeviceStatementKind::Property(self.property(node)?),
        })
    }

    fn layout(&mut self, node: Element<'_>) -> Vec<Statement<LayoutKind>> {
        self.statements(Context::Layout, node, Self::layout_entry).0
    }

    fn layout_entry(&mut self, node: Element<'_>) -> Option<LayoutKind> {
        Some(match keyword(node) {
            "cap" | "ext" => {
                let (called, at, evidence) = (self.called(node), self.at(node), self.evidence(node));
                let (extended, kind) = called?;
                LayoutKind::Capability { extended, kind, at: at?, optional: word(node, "optional"), evidence }
            }
            "register" => {
                let label = match super::cursor::token(node, crate::lex::TokenKind::Text) {
                    Some(_) => Some(self.text(node)?),
                    None => None,
                };
                let (ranges, evidence) = (self.ranges(node), self.evidence(node));
                LayoutKind::Register { label, ranges: ranges?, optional: word(node, "optional"), evidence }
            }
            "reserved" => {
                let (ranges, evidence) = (self.ranges(node), self.evidence(node));
                LayoutKind::Reserved { ranges: ranges?, optional: word(node, "optional"), evidence }
            }
            "aliased" => LayoutKind::Aliased(self.expr(node)?),
            _ => return None,
        })
    }

    fn pasid(&mut self, node: Element<'_>) -> Vec<Statement<PasidStatementKind>> {
        self.statements(Context::Pasid, node, Self::pasid_statement).0
    }

    fn pasid_statement(&mut self, node: Element<'_>) -> Option<PasidStatementKind> {
        Some(match keyword(node) {
            "place" => {
                let places: Vec<Option<Placing>> =
                    all(node, NodeKind::Placing).map(|place| self.placing(place)).collect();
                PasidStatementKind::Place(places.into_iter().collect::<Option<_>>()?)
            }
            _ => PasidStatementKind::Property(self.property(node)?),
        })
    }

    fn placing(&mut self, node: Element<'_>) -> Option<Placing> {
        if let Some(span) = word(node, "free") {
            return Some(Placing::Free(span));
        }
        if let Some(span) = word(node, "native") {
            return Some(Placing::Native(span));
        }
        Some(Placing::At(self.expr(node)?, node.span()))
    }

    fn dvsec_place(&mut self, node: Element<'_>) -> Option<DvsecPlace> {
        match (word(node, "in"), word(node, "free")) {
            (Some(from), Some(to)) => Some(DvsecPlace::InFree(from.to(to))),
            _ => Some(DvsecPlace::At(self.at(node)?)),
        }
    }

    fn without(&mut self, node: Element<'_>) -> Option<Without> {
        let at = self.expr(node);
        Some(if word(node, "register").is_some() {
            Without::Register(at?)
        } else if word(node, "reserved").is_some() {
            Without::Reserved(at?)
        } else {
            let (_, kind) = self.called(node)?;
            Without::Capability { extended: extended(node), kind, at: at? }
        })
    }
}
