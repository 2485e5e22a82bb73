//! Layers in short form, and how they get into a database.

#![expect(clippy::unwrap_used, reason = "tests")]

extern crate std;

use std::vec::Vec;

use super::database::{Builder, clause};
use crate::tables::{
    Allow, Alternative, Anchor, Byte, Clause, Emulation, EmulationKind, Field, Hide, IdSet, Layer, List, Mirror, Over,
    Param, ParamKind, Unassigned, ValueKind, WriteClass, program,
};

/// The initial value of a field.
#[derive(Clone, Debug)]
pub(crate) enum Init {
    Number(u64),
    /// A program.
    Code(Vec<u8>),
    Bytes(Vec<u8>),
    Device,
    /// The bytes parameter with this index.
    Param(u16),
}

/// A field.
#[derive(Clone, Debug)]
pub(crate) struct FieldSketch {
    pub(crate) anchor: Anchor,
    pub(crate) anchor_id: u16,
    pub(crate) anchor_sub: Option<(u16, u16)>,
    pub(crate) offset: u16,
    pub(crate) length: u16,
    pub(crate) mask: u32,
    pub(crate) class: WriteClass,
    pub(crate) init: Init,
    pub(crate) forced: u64,
    /// The byte that locks it, and its bits.
    pub(crate) lock: (u16, u8),
}

impl FieldSketch {
    pub(crate) fn new(offset: u16, length: u16, init: Init, class: WriteClass) -> Self {
        let mask = if length < 4 { (1 << (8 * length)) - 1 } else { u32::MAX };
        Self {
            anchor: Anchor::Space,
            anchor_id: 0,
            anchor_sub: None,
            offset,
            length,
            mask,
            class,
            init,
            forced: 0,
            lock: (0, 0),
        }
    }

    pub(crate) fn number(offset: u16, length: u16, value: u64, class: WriteClass) -> Self {
        Self::new(offset, length, Init::Number(value), class)
    }

    pub(crate) fn masked(self, mask: u32) -> Self {
        Self { mask, ..self }
    }

    pub(crate) fn at(self, anchor: Anchor, anchor_id: u16) -> Self {
        Self { anchor, anchor_id, ..self }
    }

    pub(crate) fn of(self, vendor: u16, id: u16) -> Self {
        Self { anchor_sub: Some((vendor, id)), ..self }
    }
}

/// One `emulate`.
#[derive(Clone, Debug)]
pub(crate) struct EmulationSketch {
    pub(crate) kind: EmulationKind,
    pub(crate) id: u16,
    pub(crate) version: u8,
    pub(crate) length: u16,
    pub(crate) sub: Option<(u16, u16)>,
    pub(crate) in_free: bool,
    pub(crate) over_register: bool,
    pub(crate) places: Vec<u16>,
    pub(crate) fields: Vec<FieldSketch>,
}

/// Fields in what the device has.
pub(crate) fn fields(fields: Vec<FieldSketch>) -> EmulationSketch {
    let kind = EmulationKind::Fields;
    let places = Vec::new();
    EmulationSketch {
        kind,
        id: 0,
        version: 0,
        length: 0,
        sub: None,
        in_free: false,
        over_register: false,
        places,
        fields,
    }
}

/// A capability whose fields count from its beginning.
pub(crate) fn capability(
    kind: EmulationKind,
    id: u16,
    length: u16,
    places: &[u16],
    fields: Vec<FieldSketch>,
) -> EmulationSketch {
    let version = u8::from(kind == EmulationKind::Extended);
    let owned = fields.into_iter().map(|field| field.at(Anchor::Owner, 0)).collect();
    EmulationSketch { version, id, length, places: places.to_vec(), ..EmulationSketch { kind, ..self::fields(owned) } }
}

/// A layer.
#[derive(Clone, Debug)]
pub(crate) struct Sketch {
    pub(crate) name: &'static str,
    pub(crate) rank: u8,
    pub(crate) vendor: IdSet,
    pub(crate) default_on: bool,
    pub(crate) params: Vec<(&'static str, ParamKind, u16)>,
    pub(crate) emulations: Vec<EmulationSketch>,
    pub(crate) hides: Vec<Hide>,
    pub(crate) mirrors: Vec<Mirror>,
    pub(crate) unassigned: Unassigned,
    pub(crate) allows: Vec<Allow>,
    pub(crate) port_type: u8,
    pub(crate) pin: bool,
    pub(crate) over: Vec<u32>,
}

impl Sketch {
    /// A layer for every function, on by default, that does nothing.
    pub(crate) fn new(name: &'static str) -> Self {
        Self {
            name,
            rank: 0,
            vendor: IdSet::ANY,
            default_on: true,
            params: Vec::new(),
            emulations: Vec::new(),
            hides: Vec::new(),
            mirrors: Vec::new(),
            unassigned: Unassigned::Unspecified,
            allows: Vec::new(),
            port_type: 0xff,
            pin: false,
            over: Vec::new(),
        }
    }

    pub(crate) fn emulate(mut self, emulation: EmulationSketch) -> Self {
        self.emulations.push(emulation);
        self
    }

    pub(crate) fn field(self, field: FieldSketch) -> Self {
        self.emulate(fields(std::vec![field]))
    }

    pub(crate) fn hide(mut self, extended: bool, id: u16) -> Self {
        self.hides.push(Hide { extended, id, sub_vendor: 0, sub_id: 0, has_sub_id: false, offset: 0 });
        self
    }
}

/// A program that pushes a number.
pub(crate) fn constant(value: u64) -> Vec<u8> {
    [&[program::CONST][..], &value.to_le_bytes()].concat()
}

impl Builder {
    fn bytes(&mut self, bytes: &[u8]) -> List<Byte> {
        let bytes: Vec<_> = bytes.iter().map(|&value| Byte { value }).collect();
        self.list(&bytes)
    }

    fn field(&mut self, field: &FieldSketch) -> Field {
        let (value_kind, value, param) = match &field.init {
            Init::Number(value) => (ValueKind::Program, self.bytes(&constant(*value)), 0),
            Init::Code(code) => (ValueKind::Program, self.bytes(code), 0),
            Init::Bytes(bytes) => (ValueKind::Bytes, self.bytes(bytes), 0),
            Init::Device => (ValueKind::Device, List::EMPTY, 0),
            Init::Param(index) => (ValueKind::Param, List::EMPTY, *index),
        };
        let forced = match field.class {
            WriteClass::Forced => self.bytes(&constant(field.forced)),
            _ => List::EMPTY,
        };
        let FieldSketch { anchor, anchor_id, offset, length, mask, class, .. } = *field;
        let (sub_vendor, sub_id) = field.anchor_sub.unwrap_or_default();
        let has_sub_id = field.anchor_sub.is_some();
        Field {
            anchor,
            anchor_id,
            sub_vendor,
            sub_id,
            has_sub_id,
            offset,
            length,
            mask,
            class,
            value_kind,
            value,
            param,
            forced,
            lock: field.lock.0,
            lock_bits: field.lock.1,
        }
    }

    fn emulation(&mut self, sketch: &EmulationSketch) -> Emulation {
        let fields: Vec<_> = sketch.fields.iter().map(|field| self.field(field)).collect();
        let places: Vec<_> = sketch.places.iter().map(|&offset| Alternative { offset }).collect();
        let (sub_vendor, sub_id) = sketch.sub.unwrap_or_default();
        Emulation {
            kind: sketch.kind,
            id: sketch.id,
            version: sketch.version,
            length: sketch.length,
            sub_vendor,
            sub_id,
            has_sub_id: sketch.sub.is_some(),
            in_free: sketch.in_free,
            alternatives: self.list(&places),
            over_register: sketch.over_register,
            evidence: List::EMPTY,
            fields: self.list(&fields),
        }
    }

    /// Adds a layer; its index among them.
    pub(crate) fn layer(&mut self, index: u32, sketch: &Sketch) -> u32 {
        let record = Clause { layer: true, rank: sketch.rank, ..clause(index, sketch.vendor, IdSet::ANY) };
        let params: Vec<_> =
            sketch.params.iter().map(|&(name, kind, size)| Param { name: self.text(name), kind, size }).collect();
        let emulations: Vec<_> = sketch.emulations.iter().map(|each| self.emulation(each)).collect();
        let over: Vec<_> = sketch.over.iter().map(|&layer| Over { layer }).collect();
        let layer = Layer {
            name: self.text(sketch.name),
            source: self.text("layers.quirk:7"),
            clauses: self.list(&[record]),
            default_on: sketch.default_on,
            params: self.list(&params),
            emulations: self.list(&emulations),
            hides: self.list(&sketch.hides),
            mirrors: self.list(&sketch.mirrors),
            unassigned: sketch.unassigned,
            allows: self.list(&sketch.allows),
            port_type: sketch.port_type,
            pin_resizable_bar: sketch.pin,
            over: self.list(&over),
        };
        self.push(&layer)
    }
}

/// A database of layers alone, in the order of their names as the compiler writes them; `over` counts as they are given.
pub(crate) fn layers(sketches: &[Sketch]) -> Vec<u8> {
    let mut order: Vec<usize> = (0..sketches.len()).collect();
    order.sort_by_key(|&given| sketches[given].name);
    let written = |given: u32| order.iter().position(|&each| each == given as usize).unwrap() as u32;
    let mut builder = Builder::default();
    for (index, &given) in (0..).zip(&order) {
        let over = sketches[given].over.iter().map(|&over| written(over)).collect();
        builder.layer(index, &Sketch { over, ..sketches[given].clone() });
    }
    builder.build()
}
