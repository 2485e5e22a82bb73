//! `layer`: what a VMM shows on top.

use quirk_runtime::Database;
use quirk_runtime::tables::{self, Anchor, EmulationKind, List, ParamKind, ValueKind, WriteClass};
use serde::Serialize;

use super::clause::Clause;
use super::device::{Claim, Sub, claims, hex, kind_name, space, sub};
use super::value::{Value, value};
use crate::emit::class::class;

/// What a VMM shows on top of the functions that it matches.
#[derive(Serialize)]
pub(super) struct Layer<'db> {
    name: &'db str,
    source: &'db str,
    r#match: Vec<Clause>,
    default_on: bool,
    over: Vec<&'db str>,
    params: Vec<Param<'db>>,
    emulations: Vec<Emulation<'db>>,
    hides: Vec<Hide>,
    mirrors: Vec<Mirror>,
    unassigned: Option<&'static str>,
    allows: Vec<Allow>,
    port_type: Option<u8>,
    pin_resizable_bar: bool,
}

#[derive(Serialize)]
struct Param<'db> {
    name: &'db str,
    kind: &'static str,
    size: u16,
}

/// A capability, or fields of what the device has.
#[derive(Serialize)]
struct Emulation<'db> {
    kind: &'static str,
    id: Option<u16>,
    name: Option<&'static str>,
    sub: Option<Sub>,
    version: Option<u8>,
    length: Option<u16>,
    in_free: bool,
    offsets: Vec<u16>,
    over_register: bool,
    evidence: Vec<Claim<'db>>,
    fields: Vec<Field<'db>>,
}

#[derive(Serialize)]
struct Field<'db> {
    anchor: &'static str,
    anchor_id: Option<u16>,
    anchor_sub: Option<Sub>,
    offset: u16,
    length: u16,
    mask: Option<u32>,
    class: &'static str,
    value: Option<Value<'db>>,
    forced: Option<Value<'db>>,
    lock: Option<Lock>,
}

/// Bits of one byte that lock a field; `offset` counts as that of the field.
#[derive(Serialize)]
struct Lock {
    offset: u16,
    bits: u8,
}

#[derive(Serialize)]
struct Hide {
    kind: &'static str,
    id: u16,
    name: Option<&'static str>,
    sub: Option<Sub>,
    offset: Option<u16>,
}

#[derive(Serialize)]
struct Mirror {
    bar: u8,
    offset: u64,
    length: u32,
    config: u16,
}

#[derive(Serialize)]
struct Allow {
    start: u16,
    end: u16,
    writable: bool,
}

impl<'db> Layer<'db> {
    pub(super) fn new(database: Database<'db>, layer: &tables::Layer) -> Self {
        let over = |over: tables::Over| Some(database.text(database.record::<tables::Layer>(over.layer)?.name));
        Self {
            name: database.text(layer.name),
            source: database.text(layer.source),
            r#match: database.clauses_of(layer.clauses).map(|clause| Clause::new(database, &clause)).collect(),
            default_on: layer.default_on,
            over: database.list(layer.over).filter_map(over).collect(),
            params: database.list(layer.params).map(|param| Param::new(database, &param)).collect(),
            emulations: database
                .list(layer.emulations)
                .map(|emulation| Emulation::new(database, &emulation, layer.params))
                .collect(),
            hides: database.list(layer.hides).map(|hide| Hide::new(&hide)).collect(),
            mirrors: database
                .list(layer.mirrors)
                .map(|tables::Mirror { bar, offset, length, config }| Mirror { bar, offset, length, config })
                .collect(),
            unassigned: layer.unassigned.word(),
            allows: database
                .list(layer.allows)
                .map(|tables::Allow { start, end, writable }| Allow { start, end, writable })
                .collect(),
            port_type: (layer.port_type != 0xff).then_some(layer.port_type),
            pin_resizable_bar: layer.pin_resizable_bar,
        }
    }
}

impl<'db> Param<'db> {
    fn new(database: Database<'db>, param: &tables::Param) -> Self {
        let kind = match param.kind {
            ParamKind::Unsigned => "unsigned",
            ParamKind::Bytes => "bytes",
        };
        Self { name: database.text(param.name), kind, size: param.size }
    }
}

impl<'db> Emulation<'db> {
    fn new(database: Database<'db>, emulation: &tables::Emulation, params: List<tables::Param>) -> Self {
        let (kind, space) = match emulation.kind {
            EmulationKind::Capability => ("cap", Some(space(false))),
            EmulationKind::Extended => ("ext", Some(space(true))),
            EmulationKind::Fields => ("fields", None),
        };
        Self {
            kind,
            id: space.map(|_| emulation.id),
            name: space.and_then(|space| kind_name(space, emulation.id)),
            sub: sub(emulation.has_sub_id, emulation.sub_vendor, emulation.sub_id),
            version: (emulation.kind == EmulationKind::Extended).then_some(emulation.version),
            length: space.map(|_| emulation.length),
            in_free: emulation.in_free,
            offsets: database.list(emulation.alternatives).map(|alternative| alternative.offset).collect(),
            over_register: emulation.over_register,
            evidence: claims(database, emulation.evidence),
            fields: database.list(emulation.fields).map(|field| Field::new(database, &field, params)).collect(),
        }
    }
}

impl<'db> Field<'db> {
    fn new(database: Database<'db>, field: &tables::Field, params: List<tables::Param>) -> Self {
        let (anchor, has_id) = match field.anchor {
            Anchor::Space => ("space", false),
            Anchor::Owner => ("owner", false),
            Anchor::Capability => ("cap", true),
            Anchor::Extended => ("ext", true),
        };
        Self {
            anchor,
            anchor_id: has_id.then_some(field.anchor_id),
            anchor_sub: sub(field.has_sub_id, field.sub_vendor, field.sub_id),
            offset: field.offset,
            length: field.length,
            mask: (field.length <= 4).then_some(field.mask),
            class: class(field.class),
            value: match field.value_kind {
                ValueKind::Program => value(database, field.value, params),
                ValueKind::Bytes => Some(Value::Bytes(hex(database.list_bytes(field.value)))),
                ValueKind::Device => Some(Value::Device),
                ValueKind::Param => {
                    let param = database.list(params).nth(field.param.into());
                    param.map(|param| Value::Param(database.text(param.name)))
                }
            },
            forced: match field.class {
                WriteClass::Forced => value(database, field.forced, params),
                _ => None,
            },
            lock: (field.class == WriteClass::Rwl).then_some(Lock { offset: field.lock, bits: field.lock_bits }),
        }
    }
}

impl Hide {
    fn new(hide: &tables::Hide) -> Self {
        let space = space(hide.extended);
        Self {
            kind: space.keyword(),
            id: hide.id,
            name: kind_name(space, hide.id),
            sub: sub(hide.has_sub_id, hide.sub_vendor, hide.sub_id),
            offset: (hide.offset != 0).then_some(hide.offset),
        }
    }
}
