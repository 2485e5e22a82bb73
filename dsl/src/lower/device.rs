//! The statements of `device`.

use super::Lower;
use super::cursor::{all, child, extended, name, path, word};
use crate::ast::{
    Device, DeviceStatement, DeviceStatementKind, DvsecPlace, LayoutEntry, LayoutKind, PasidProperty, Placing, Without,
};
use crate::parser::NodeKind;
use crate::tree::Element;

impl Lower<'_> {
    pub(super) fn device(&mut self, node: Element<'_>) -> Option<Device> {
        let like = child(node, NodeKind::Like).and_then(path);
        let (statements, poisoned) = self.block(node, |lower, node, docs| {
            let kind = lower.device_statement(node)?;
            Some(DeviceStatement { docs: lower.docs(docs), kind, span: node.span() })
        });
        Some(Device { name: name(node)?, like, statements, poisoned })
    }

    fn device_statement(&mut self, node: Element<'_>) -> Option<DeviceStatementKind> {
        Some(match node.node()? {
            NodeKind::DeviceName => DeviceStatementKind::Name(self.text(node)?),
            NodeKind::Match => DeviceStatementKind::Match(self.matching(node)?),
            NodeKind::Layout => DeviceStatementKind::Layout(self.layout(node)),
            NodeKind::Free => {
                let (ranges, evidence) = (self.ranges(node), self.evidence(node));
                DeviceStatementKind::Free { ranges: ranges?, evidence }
            }
            NodeKind::Pasid if word(node, "none").is_some() => DeviceStatementKind::PasidNone,
            NodeKind::Pasid => DeviceStatementKind::Pasid(self.pasid(node)),
            NodeKind::Dvsec => DeviceStatementKind::Dvsec { format: path(node)?, place: self.dvsec_place(node)? },
            NodeKind::Distrust => DeviceStatementKind::Distrust(name(node)?),
            NodeKind::PciePort => DeviceStatementKind::PciePort(name(node)?),
            NodeKind::Without => DeviceStatementKind::Without(self.without(node)?),
            NodeKind::Evidence => DeviceStatementKind::Evidence(self.one_evidence(node)?),
            NodeKind::Allow => DeviceStatementKind::Allow(self.allow(node)?),
            _ => return None,
        })
    }

    fn layout(&mut self, node: Element<'_>) -> Vec<LayoutEntry> {
        let (entries, _) = self.block(node, |lower, node, docs| {
            let kind = lower.layout_entry(node)?;
            Some(LayoutEntry { docs: lower.docs(docs), kind, span: node.span() })
        });
        entries
    }

    fn layout_entry(&mut self, node: Element<'_>) -> Option<LayoutKind> {
        Some(match node.node()? {
            NodeKind::Capability => {
                let (called, at, evidence) = (self.called(node), self.at(node), self.evidence(node));
                let (extended, kind) = called?;
                LayoutKind::Capability { extended, kind, at: at?, optional: word(node, "optional"), evidence }
            }
            NodeKind::Register => {
                let label = match super::cursor::token(node, crate::lex::TokenKind::Text) {
                    Some(_) => Some(self.text(node)?),
                    None => None,
                };
                let (ranges, evidence) = (self.ranges(node), self.evidence(node));
                LayoutKind::Register { label, ranges: ranges?, optional: word(node, "optional"), evidence }
            }
            NodeKind::Reserved => {
                let (ranges, evidence) = (self.ranges(node), self.evidence(node));
                LayoutKind::Reserved { ranges: ranges?, optional: word(node, "optional"), evidence }
            }
            NodeKind::Aliased => LayoutKind::Aliased(self.expr(node)?),
            NodeKind::Allow => LayoutKind::Allow(self.allow(node)?),
            _ => return None,
        })
    }

    fn pasid(&mut self, node: Element<'_>) -> Vec<PasidProperty> {
        let (properties, _) = self.block(node, |lower, node, docs| {
            let property = lower.pasid_property(node);
            if property.is_some() {
                lower.no_docs(docs);
            }
            property
        });
        properties
    }

    fn pasid_property(&mut self, node: Element<'_>) -> Option<PasidProperty> {
        let span = node.span();
        Some(match node.node()? {
            NodeKind::Place => {
                let places: Vec<Option<Placing>> =
                    all(node, NodeKind::Placing).map(|place| self.placing(place)).collect();
                PasidProperty::Place(places.into_iter().collect::<Option<_>>()?, span)
            }
            NodeKind::MaxWidth => PasidProperty::MaxWidth(self.expr(node)?, span),
            NodeKind::Execute => PasidProperty::Execute(name(node)?, span),
            NodeKind::Privileged => PasidProperty::Privileged(name(node)?, span),
            _ => return None,
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
