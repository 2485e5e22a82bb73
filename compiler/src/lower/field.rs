//! The fields of an emulation: which bits, of which class, with which value.

use quirk_dsl::ast::{self, Bits, Expr, ExprKind, FieldType};
use quirk_runtime::tables::{ParamKind, WriteClass};

use super::Lower;
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::layer::{Anchor, Field, FieldValue, Layer, Lock, Program, largest};

/// Write classes by their names; `rwl` is written with what locks it, and `forced` with its value.
const CLASSES: [(&str, WriteClass); 10] = [
    ("ro", WriteClass::Ro),
    ("rw", WriteClass::Rw),
    ("rw1c", WriteClass::Rw1c),
    ("rws", WriteClass::Rws),
    ("ros", WriteClass::Ros),
    ("rw1cs", WriteClass::Rw1cs),
    ("hwinit", WriteClass::HwInit),
    ("rsvdp", WriteClass::RsvdP),
    ("rwo", WriteClass::Rwo),
    ("rwl", WriteClass::Rwl),
];

/// The bits of a number in a field: its values shifted left lie in the mask.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    mask: u32,
    /// The values that the bits can have, before the shift.
    pub(super) values: u64,
    pub(super) shift: u32,
}

impl Lower<'_, '_> {
    /// One field. `owned` says that it lies in an emulated capability.
    pub(super) fn field(&mut self, layer: &mut Layer, syntax: &ast::Field, owned: bool) -> Option<Field> {
        let anchor = self.anchor(syntax, owned);
        let offset = self.offset(&syntax.offset);
        let class = self.class(syntax);
        let lock = match &syntax.lock {
            Some(lock) => self.lock(lock).map(Some),
            None => Some(None),
        };
        let content = match syntax.ty.value {
            FieldType::U8 => self.number(layer, syntax, 1),
            FieldType::U16 => self.number(layer, syntax, 2),
            FieldType::U32 => self.number(layer, syntax, 4),
            FieldType::Bytes => self.bytes_of(layer, syntax),
        };
        let (length, mask, value, forced) = content?;
        Some(Field {
            node: self.node(),
            place: self.place(syntax.span),
            anchor: anchor?,
            offset: offset?,
            length,
            mask,
            class: class?,
            value,
            forced,
            lock: lock?,
        })
    }

    /// The bits that lock a field: of one byte, which counts as the field does.
    fn lock(&mut self, syntax: &ast::Lock) -> Option<Lock> {
        let offset = self.offset(&syntax.offset);
        let slot = self.slot(syntax.bits.as_ref(), 1);
        Some(Lock { offset: offset?, bits: u8::try_from(slot?.mask).ok()?, place: self.place(syntax.span) })
    }

    fn misformed<T>(&mut self, span: quirk_dsl::Span, message: &str) -> Option<T> {
        self.wrong(&catalogue::FIELD_FORM, span, message);
        None
    }

    fn anchor(&mut self, syntax: &ast::Field, owned: bool) -> Option<Anchor> {
        let Some(anchor) = &syntax.anchor else { return Some(if owned { Anchor::Owner } else { Anchor::Space }) };
        if owned {
            let message = "a field of an emulated capability counts from where that begins";
            return self.misformed(anchor.kind.span, message);
        }
        let (id, sub) = self.kind(anchor.extended, &anchor.kind)?;
        let space = super::kind::space(anchor.extended);
        self.says_whose(space, id, sub, anchor.kind.span)?;
        Some(Anchor::Capability(space, id, sub))
    }

    /// What is not said is read-only.
    fn class(&mut self, syntax: &ast::Field) -> Option<WriteClass> {
        if let (class, Some(lock)) = (&syntax.class, &syntax.lock)
            && class.as_ref().is_none_or(|name| name.value != "rwl")
        {
            let place = self.place(lock.span);
            let found = Diagnostic::new(&catalogue::WRITE_CLASS, place, "`by` belongs to the class `rwl`");
            self.report(found.help("write `rwl by ..`, or leave out what locks the field"));
            return None;
        }
        match (&syntax.class, &syntax.forced) {
            (None, None) => Some(WriteClass::Ro),
            (Some(name), None) if name.value == "rwl" && syntax.lock.is_none() => {
                let place = self.place(name.span);
                let found = Diagnostic::new(&catalogue::WRITE_CLASS, place, "what locks the field is not said");
                self.report(found.help("say which bits: `rwl by 0x14 bits 0..1`; what no bit locks is `rw`"));
                None
            }
            (Some(name), None) => self.word(name, &CLASSES),
            (None, Some(_)) => Some(WriteClass::Forced),
            (Some(name), Some(forced)) => {
                let place = self.place(forced.span);
                let found = Diagnostic::new(&catalogue::WRITE_CLASS, place, "`forced` is a class of its own")
                    .also(self.place(name.span), "another is given here")
                    .help("give the bits that are forced a field of their own, with `bits` or `mask`");
                self.report(found);
                None
            }
        }
    }

    fn number(&mut self, layer: &mut Layer, syntax: &ast::Field, length: u16) -> Option<Content> {
        if let Some(len) = &syntax.len {
            return self.misformed(len.span, "`len` belongs to `bytes`: the other types say their length");
        }
        let slot = self.slot(syntax.bits.as_ref(), length);
        let value = match &syntax.value {
            ast::FieldValue::Device(_) => slot.map(|_| FieldValue::Device),
            ast::FieldValue::Bytes(_, span) => self.misformed(*span, "a list is the value of a field of `bytes`"),
            ast::FieldValue::Expr(expr) => self.program(layer, expr, slot).map(FieldValue::Program),
        };
        let forced = match &syntax.forced {
            None => None,
            Some(expr) => Some(self.program(layer, expr, slot)?),
        };
        Some((length.into(), slot?.mask, value?, forced))
    }

    /// The bits of a field of so many bytes.
    fn slot(&mut self, bits: Option<&Bits>, length: u16) -> Option<Slot> {
        let all = largest(8 * length);
        let (mask, values, shift) = match bits {
            None => (all, all, 0),
            Some(Bits::Mask(expr)) => {
                let mask = self.at_most(expr, all, "the mask")?;
                if mask == 0 {
                    self.wrong(&catalogue::EMPTY_RANGE, expr.span, "the mask has no bit");
                    return None;
                }
                (mask, mask, 0)
            }
            Some(Bits::Range(start, end)) => {
                let most = u64::from(8 * length);
                let (first, end_value) =
                    (self.at_most(start, most - 1, "a bit"), self.at_most(end, most, "the bit after the last"));
                let (first, behind) = (first?, end_value?);
                if behind <= first {
                    let message = format!("the bits end at {behind}, before or where they start at {first}");
                    self.wrong(&catalogue::EMPTY_RANGE, start.span.to(end.span), message);
                    return None;
                }
                let values = largest(u16::try_from(behind - first).ok()?);
                (values << first, values, u32::try_from(first).ok()?)
            }
        };
        Some(Slot { mask: u32::try_from(mask).ok()?, values, shift })
    }

    fn bytes_of(&mut self, layer: &mut Layer, syntax: &ast::Field) -> Option<Content> {
        if let Some(Bits::Mask(expr) | Bits::Range(expr, _)) = &syntax.bits {
            return self.misformed(expr.span, "a field of `bytes` owns every bit: take `u8`, `u16` or `u32`");
        }
        if let Some(forced) = &syntax.forced {
            return self.misformed(forced.span, "`forced` takes a number: take `u8`, `u16` or `u32`");
        }
        let stated = match &syntax.len {
            None => None,
            Some(len) => Some((self.byte_count(len)?, len.span)),
        };
        let (value, length, what) = match &syntax.value {
            ast::FieldValue::Device(span) => {
                let Some((length, _)) = stated else {
                    return self.misformed(*span, "how many bytes these are is not said: write `len` after the offset");
                };
                (FieldValue::Device, length, "the value")
            }
            ast::FieldValue::Bytes(list, span) => {
                let bytes: Vec<Option<u64>> = list.iter().map(|byte| self.at_most(byte, 0xff, "a byte")).collect();
                let bytes: Vec<u64> = bytes.into_iter().collect::<Option<_>>()?;
                let bytes: Vec<u8> = bytes.into_iter().filter_map(|byte| u8::try_from(byte).ok()).collect();
                if bytes.is_empty() {
                    self.wrong(&catalogue::EMPTY_RANGE, *span, "the list is empty");
                    return None;
                }
                let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
                (FieldValue::Bytes(bytes), length, "the list")
            }
            ast::FieldValue::Expr(expr) => {
                let (index, size) = self.bytes_param(layer, expr)?;
                (FieldValue::Param(index), size, "the parameter")
            }
        };
        if let Some((stated, span)) = stated.filter(|(stated, _)| *stated != length) {
            let message = format!("the field has {stated:#x} bytes, and {what} {length:#x}");
            return self.misformed(span, &message);
        }
        let mask = if length > 4 { u32::MAX } else { u32::try_from(largest(8 * length)).ok()? };
        Some((length.into(), mask, value, None))
    }

    /// Index and bytes of the parameter that an expression names.
    fn bytes_param(&mut self, layer: &mut Layer, expr: &Expr) -> Option<(u16, u16)> {
        let name = match &expr.kind {
            ExprKind::Path(path) if path.namespace.is_none() => Some(&path.name.value),
            _ => None,
        };
        let found = layer.params.iter().position(|param| Some(&param.name) == name);
        let Some(index) = found else {
            // It may be the one that was not understood.
            if !name.is_some_and(|name| layer.may_have_lost(name)) {
                let place = self.place(expr.span);
                let names = layer.params.iter().filter(|param| param.kind == ParamKind::Bytes);
                let found = Diagnostic::new(
                    &catalogue::FIELD_FORM,
                    place,
                    "the value of a field of `bytes` is a list, a parameter of `bytes(N)`, or `device`",
                );
                let known = names.map(|param| param.name.as_str()).chain(self.names.keyword(self.unit, place.span));
                self.report(match name {
                    Some(name) => found.did_you_mean(name, known),
                    None => found,
                });
            }
            return None;
        };
        let param = &mut layer.params[index];
        param.used = true;
        if param.kind != ParamKind::Bytes {
            let message = format!("`{}` holds a number: take `u8`, `u16` or `u32`", param.name);
            return self.misformed(expr.span, &message);
        }
        Some((u16::try_from(index).ok()?, param.size))
    }
}

/// Length, mask, initial and forced value.
type Content = (u64, u32, FieldValue, Option<Program>);
