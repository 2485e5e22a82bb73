//! The statements of `layer`.

use super::Lower;
use super::cursor::{all, child, extended, keyword, name, part, path, tokens, word};
use super::matching::field_type;
use crate::Spanned;
use crate::ast::{
    Allowed, Bits, Emulate, EmulateCapability, EmulatePlace, Field, FieldAnchor, FieldValue, Hide, Layer,
    LayerStatementKind, Lock, Mirror, ParamType, Range, RangeEnd, Unassigned,
};
use crate::error::{SyntaxCode, SyntaxError};
use crate::parser::NodeKind;
use crate::report::suggest;
use crate::shape::Context;
use crate::tree::Element;

impl Lower<'_> {
    pub(super) fn layer(&mut self, node: Element<'_>) -> Option<Layer> {
        let (statements, poisoned) = self.statements(Context::Layer, node, Self::layer_statement);
        Some(Layer { name: name(node)?, statements, poisoned })
    }

    fn layer_statement(&mut self, node: Element<'_>) -> Option<LayerStatementKind> {
        Some(match keyword(node) {
            "match" => LayerStatementKind::Match(Box::new(self.matching(node)?)),
            "over" => LayerStatementKind::Over(path(node)?),
            "param" => {
                LayerStatementKind::Param { name: name(node)?, ty: self.param_type(child(node, NodeKind::Type)?)? }
            }
            "emulate" => LayerStatementKind::Emulate(Box::new(self.emulate(node)?)),
            "hide" => {
                let (called, at) = (self.called(node), self.part(node, "@"));
                let (extended, kind) = called?;
                LayerStatementKind::Hide(Hide { extended, kind, at: at.ok()? })
            }
            "mirror" => {
                let (bar, range, config) = (self.expr(node), self.range(node), self.part(node, "config"));
                LayerStatementKind::Mirror(Mirror { bar: bar?, range: range?, config: config.ok()? })
            }
            "unassigned" => {
                let (allowed, _) = self.block(node, |lower, node, docs| {
                    let allowed = lower.allowed(node)?;
                    lower.no_docs(docs);
                    Some(allowed)
                });
                LayerStatementKind::Unassigned(Unassigned { mode: name(node)?, allowed })
            }
            _ => LayerStatementKind::Property(self.property(node)?),
        })
    }

    fn allowed(&mut self, node: Element<'_>) -> Option<Allowed> {
        Some(Allowed { range: self.range(node)?, access: name(node)?, span: node.span() })
    }

    fn param_type(&mut self, node: Element<'_>) -> Option<Spanned<ParamType>> {
        let word = tokens(node).next()?;
        let len = child(node, NodeKind::Expr);
        let bits = word.text().strip_prefix('u').and_then(|bits| bits.parse::<u8>().ok());
        let ty = match (word.text(), bits, len) {
            ("bytes", _, Some(len)) => Some(ParamType::Bytes(self.expr_of(len)?)),
            (_, Some(bits @ 1..=64), None) => Some(ParamType::Unsigned(bits)),
            _ => None,
        };
        if ty.is_none() {
            let error = SyntaxError::new(
                SyntaxCode::UnknownType,
                node.span(),
                format!("`{}` is no type of a parameter", node.text()),
                "not a type",
            )
            .help("the types are `u1` to `u64`, by the number of bits, and `bytes(N)`");
            self.error(suggest(error, word, ["bytes"]));
        }
        ty.map(|ty| Spanned::new(ty, node.span()))
    }

    fn emulate(&mut self, node: Element<'_>) -> Option<Emulate> {
        if let Some(field) = child(node, NodeKind::Field) {
            return Some(Emulate::Field(Box::new(self.field(field)?)));
        }
        let node = child(node, NodeKind::Form)?;
        let (called, place) = (self.called(node), self.emulate_place(node));
        let (len, version) = (self.part(node, "len"), self.part(node, "version"));
        let mut evidence = Vec::new();
        let (fields, poisoned) = self.block(node, |lower, node, docs| match node.node()? {
            NodeKind::Statement => {
                lower.no_docs(docs);
                evidence.extend(lower.one_evidence(node));
                None
            }
            NodeKind::Field => {
                lower.no_docs(docs);
                lower.field(node)
            }
            _ => None,
        });
        let (extended, kind) = called?;
        Some(Emulate::Capability(Box::new(EmulateCapability {
            extended,
            kind,
            place: place?,
            len: len.ok()?,
            version: version.ok()?,
            over_register: part(node, "over").map(Element::span),
            evidence,
            fields,
            poisoned,
        })))
    }

    fn emulate_place(&mut self, node: Element<'_>) -> Option<EmulatePlace> {
        if let Some(list) = child(node, NodeKind::List) {
            return Some(EmulatePlace::OneOf(self.list(list)?, list.span()));
        }
        if let Some(span) = word(node, "free") {
            return Some(EmulatePlace::Free(span));
        }
        let at = self.expr(node)?;
        self.may_mean(&at, "free");
        Some(EmulatePlace::At(at))
    }

    fn field(&mut self, node: Element<'_>) -> Option<Field> {
        if self.report.failed.contains(&node.index()) {
            return None;
        }
        let ty = field_type(node)?;
        let anchor = child(node, NodeKind::Anchor).map(|anchor| {
            let (_, kind) = self.called(anchor)?;
            Some(FieldAnchor { extended: extended(anchor), kind })
        });
        let (offset, len) = (self.expr(node), self.part(node, "len"));
        let bits = self.bits(node);
        let value = self.field_value(node);
        let lock = part(node, "by").map(|lock| {
            let (offset, bits) = (self.expr(lock), self.bits(lock));
            Some(Lock { offset: offset?, bits: bits?, span: lock.span() })
        });
        let forced = self.part(node, "forced");
        Some(Field {
            ty,
            anchor: match anchor {
                Some(anchor) => Some(anchor?),
                None => None,
            },
            offset: offset?,
            len: len.ok()?,
            bits: bits?,
            value: value?,
            class: name(node),
            lock: match lock {
                Some(lock) => Some(lock?),
                None => None,
            },
            forced: forced.ok()?,
            span: node.span(),
        })
    }

    /// The bits of a field, if it says any; the outer `None` is a failure.
    #[expect(clippy::option_option, reason = "absent is not unreadable")]
    fn bits(&mut self, node: Element<'_>) -> Option<Option<Bits>> {
        if let Some(mask) = part(node, "mask") {
            return Some(Some(Bits::Mask(self.expr(mask)?)));
        }
        let Some(bits) = part(node, "bits") else { return Some(None) };
        let Range { start, end, .. } = self.range(bits)?;
        match end {
            RangeEnd::End(end) => Some(Some(Bits::Range(start, end))),
            RangeEnd::Len(len) => {
                self.error(
                    SyntaxError::new(
                        SyntaxCode::UnexpectedToken,
                        len.span,
                        "bits are written `a..b`",
                        "expected `..` and the bit after the last",
                    )
                    .help("`bits 0..4` are the bits 0, 1, 2 and 3"),
                );
                None
            }
        }
    }

    fn field_value(&mut self, node: Element<'_>) -> Option<FieldValue> {
        if let Some(list) = child(node, NodeKind::List) {
            return Some(FieldValue::Bytes(self.list(list)?, list.span()));
        }
        if let Some(span) = word(node, "device") {
            return Some(FieldValue::Device(span));
        }
        let value = all(node, NodeKind::Expr).nth(1)?;
        let value = self.expr_of(value)?;
        self.may_mean(&value, "device");
        Some(FieldValue::Expr(value))
    }
}
