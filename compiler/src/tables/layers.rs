//! Layers with what they match, take, emulate, hide and mirror.

use std::collections::HashMap;

use quirk_runtime::capability::Space;
use quirk_runtime::tables::{
    self, Allow, Alternative, Byte, EmulationKind, Hide, List, Mirror, Over, Param, ValueKind,
};

use super::claims::claims;
use super::clauses;
use super::order::positions;
use super::writer::Writer;
use crate::model::{self, Anchor, FieldValue, Model};
use crate::source::Sources;
use quirk_dsl::Ordered as _;

/// Of each layer of the model its index among what is written, and that of its first emulation.
pub(super) type Written = HashMap<usize, (u32, u32)>;

pub(super) fn write(writer: &mut Writer, model: &Model, order: &[usize], sources: &Sources) -> Option<Written> {
    let mut written = Written::new();
    let positions = positions(order);
    for (index, &layer) in (0..).zip(order) {
        let record = self::layer(writer, &model.layers[layer], index, &positions, sources)?;
        writer.push(&[record])?;
        written.insert(layer, (index, record.emulations.start));
    }
    Some(written)
}

fn layer(
    writer: &mut Writer,
    layer: &model::Layer,
    index: u32,
    positions: &[u32],
    sources: &Sources,
) -> Option<tables::Layer> {
    let matching: Vec<tables::ClauseIds> =
        layer.clauses.iter().map(|clause| clauses::record(writer, clause, index, true)).collect::<Option<_>>()?;
    let mut over: Vec<u32> = layer.over.iter().map(|over| positions[over.layer]).collect();
    over.order();
    let over: Vec<Over> = over.into_iter().map(|layer| Over { layer }).collect();
    Some(tables::Layer {
        name: writer.text(&layer.name)?,
        source: writer.text(&sources.line(layer.head))?,
        clauses: writer.push(&matching)?,
        default_on: layer.default_on,
        params: params(writer, layer)?,
        emulations: emulations(writer, layer)?,
        hides: hides(writer, layer)?,
        mirrors: mirrors(writer, layer)?,
        unassigned: layer.unassigned,
        allows: allows(writer, layer)?,
        port_type: layer.port_type.map_or(0xff, |port| port.value),
        pin_resizable_bar: layer.pin_resizable_bar.is_some(),
        over: writer.share(&over)?,
    })
}

fn params(writer: &mut Writer, layer: &model::Layer) -> Option<List<Param>> {
    let mut records = Vec::new();
    for param in &layer.params {
        records.push(Param { name: writer.text(&param.name)?, kind: param.kind, size: param.size });
    }
    writer.share(&records)
}

fn emulations(writer: &mut Writer, layer: &model::Layer) -> Option<List<tables::Emulation>> {
    let mut records = Vec::new();
    for emulation in &layer.emulations {
        let fields: Vec<tables::Field> =
            emulation.fields.iter().map(|field| self::field(writer, field)).collect::<Option<_>>()?;
        let bare = tables::Emulation {
            kind: EmulationKind::Fields,
            id: 0,
            version: 0,
            length: 0,
            sub_vendor: 0,
            sub_id: 0,
            has_sub_id: false,
            in_free: false,
            alternatives: List::EMPTY,
            over_register: false,
            evidence: List::EMPTY,
            fields: writer.share(&fields)?,
        };
        let Some(capability) = &emulation.capability else {
            records.push(bare);
            continue;
        };
        let places =
            capability.places.iter().map(|place| Some(Alternative { offset: u16::try_from(place.value).ok()? }));
        let places: Vec<Alternative> = places.collect::<Option<_>>()?;
        let (sub_vendor, sub_id) = capability.sub.unwrap_or((0, 0));
        let (kind, version) = match capability.space {
            Space::Conventional => (EmulationKind::Capability, 0),
            Space::Extended => (EmulationKind::Extended, capability.version),
        };
        records.push(tables::Emulation {
            kind,
            id: capability.id,
            version,
            length: u16::try_from(capability.length).ok()?,
            sub_vendor,
            sub_id,
            has_sub_id: capability.sub.is_some(),
            in_free: capability.in_free(),
            alternatives: writer.share(&places)?,
            over_register: capability.over_register,
            evidence: claims(writer, &capability.claims)?,
            ..bare
        });
    }
    writer.push(&records)
}

fn field(writer: &mut Writer, field: &model::Field) -> Option<tables::Field> {
    let (anchor, anchor_id, sub) = match field.anchor {
        Anchor::Space => (tables::Anchor::Space, 0, None),
        Anchor::Owner => (tables::Anchor::Owner, 0, None),
        Anchor::Capability(Space::Conventional, id, sub) => (tables::Anchor::Capability, id, sub),
        Anchor::Capability(Space::Extended, id, sub) => (tables::Anchor::Extended, id, sub),
    };
    let (sub_vendor, sub_id) = sub.unwrap_or((0, 0));
    let (value_kind, value, param) = match &field.value {
        FieldValue::Program(program) => (ValueKind::Program, bytes(writer, &program.code)?, 0),
        FieldValue::Bytes(list) => (ValueKind::Bytes, bytes(writer, list)?, 0),
        FieldValue::Device => (ValueKind::Device, List::EMPTY, 0),
        FieldValue::Param(index) => (ValueKind::Param, List::EMPTY, *index),
    };
    Some(tables::Field {
        anchor,
        anchor_id,
        sub_vendor,
        sub_id,
        has_sub_id: sub.is_some(),
        offset: u16::try_from(field.offset).ok()?,
        length: u16::try_from(field.length).ok()?,
        mask: field.mask,
        class: field.class,
        value_kind,
        value,
        param,
        forced: match &field.forced {
            Some(program) => bytes(writer, &program.code)?,
            None => List::EMPTY,
        },
        lock: u16::try_from(field.lock.map_or(0, |lock| lock.offset)).ok()?,
        lock_bits: field.lock.map_or(0, |lock| lock.bits),
    })
}

fn bytes(writer: &mut Writer, bytes: &[u8]) -> Option<List<Byte>> {
    let bytes: Vec<Byte> = bytes.iter().map(|&value| Byte { value }).collect();
    writer.share(&bytes)
}

fn hides(writer: &mut Writer, layer: &model::Layer) -> Option<List<Hide>> {
    let mut records = Vec::new();
    for hide in &layer.hides {
        let (sub_vendor, sub_id) = hide.sub.unwrap_or((0, 0));
        records.push(Hide {
            extended: hide.space == Space::Extended,
            id: hide.id,
            sub_vendor,
            sub_id,
            has_sub_id: hide.sub.is_some(),
            offset: u16::try_from(hide.at.unwrap_or(0)).ok()?,
        });
    }
    writer.share(&records)
}

fn mirrors(writer: &mut Writer, layer: &model::Layer) -> Option<List<Mirror>> {
    let mut records = Vec::new();
    for mirror in &layer.mirrors {
        records.push(Mirror {
            bar: mirror.bar,
            offset: mirror.region.start,
            length: u32::try_from(mirror.region.end - mirror.region.start).ok()?,
            config: u16::try_from(mirror.config).ok()?,
        });
    }
    writer.share(&records)
}

fn allows(writer: &mut Writer, layer: &model::Layer) -> Option<List<Allow>> {
    let mut records = Vec::new();
    for allow in &layer.allows {
        let (start, end) = (u16::try_from(allow.region.start).ok()?, u16::try_from(allow.region.end).ok()?);
        records.push(Allow { start, end, writable: allow.writable });
    }
    records.order_by_key(|allow| (allow.start, allow.end));
    writer.share(&records)
}
