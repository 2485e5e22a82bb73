//! Devices with their layout, their free bytes and the places that were chosen.

use quirk_runtime::capability::Space;
use quirk_runtime::tables::{
    Allocation, Device, EmittedDvsec, EntryKind, Format, FreeRange, LayoutEntry, List, Place, Range, Text,
};

use super::claims::claims;
use super::layers::Written;
use super::order::{by_name, positions};
use super::writer::Writer;
use crate::allocate::{Allocated, Plan, Plans};
use crate::model::{self, Model};
use crate::source::Sources;
use quirk_dsl::Ordered as _;

pub(super) fn write(
    writer: &mut Writer,
    model: &Model,
    plans: &Plans,
    order: &[usize],
    emulations: &Written,
    sources: &Sources,
) -> Option<()> {
    let formats = by_name(&model.formats, |format| &format.name);
    let format_positions = positions(&formats);
    for &format in &formats {
        let format = &model.formats[format];
        let name = writer.text(&format.name)?;
        let (vendor, id, revision, form) = (format.vendor, format.id, format.revision, format.form);
        writer.push(&[Format { name, vendor, id, revision, form }])?;
    }
    for &index in order {
        let device = &model.devices[index];
        let plan = plans.of(device, model);
        let allocations = allocations(writer, plan, emulations)?;
        let record = self::device(writer, device, plan, &format_positions, sources)?;
        writer.push(&[Device { allocations, ..record }])?;
    }
    Some(())
}

fn device(
    writer: &mut Writer,
    device: &model::Device,
    plan: &Plan,
    formats: &[u32],
    sources: &Sources,
) -> Option<Device> {
    let title = device.title.as_ref().map_or("", |title| &title.value);
    let (name, title, source) =
        (writer.text(&device.name)?, writer.text(title)?, writer.text(&sources.line(device.head))?);
    let pasid = device.pasid.as_ref();
    Some(Device {
        name,
        title,
        source,
        layout: layout(writer, device)?,
        free: free(writer, device)?,
        places: places(writer, plan)?,
        // What says nothing of PASID does not narrow it.
        max_width: pasid.map_or(quirk_runtime::MAX_WIDTH, |pasid| pasid.max_width),
        execute: pasid.map_or(quirk_runtime::tables::Permission::Host, |pasid| pasid.execute),
        privileged: pasid.map_or(quirk_runtime::tables::Permission::Host, |pasid| pasid.privileged),
        dvsecs: dvsecs(writer, plan, formats)?,
        allocations: List::EMPTY,
        aliased_every: match device.aliased_every {
            Some(every) => u16::try_from(every.value).ok()?,
            None => 0,
        },
        port_type: device.port_type.map_or(0xff, |port| port.value),
        distrust_dvsec: device.distrust_dvsec.is_some(),
        forbids_pasid: device.forbids_pasid.is_some(),
    })
}

fn layout(writer: &mut Writer, device: &model::Device) -> Option<List<LayoutEntry>> {
    let mut entries: Vec<&model::Entry> = device.entries.iter().collect();
    entries.order_by_key(|entry| (entry.region.start, entry.region.end));
    let mut records = Vec::new();
    let mut whole = None;
    for entry in entries {
        // Evidence for the whole device stands for entries of its own that have none.
        let evidence = match whole {
            _ if !entry.claims.is_empty() || entry.inherited => claims(writer, &entry.claims)?,
            Some(known) => known,
            None => *whole.insert(claims(writer, &device.claims)?),
        };
        let offset = u16::try_from(entry.region.start).ok()?;
        let length = u16::try_from(entry.region.end - entry.region.start).ok()?;
        let bare = LayoutEntry {
            kind: EntryKind::Reserved,
            id: 0,
            offset,
            length,
            length_stated: true,
            optional: entry.optional,
            inherited: entry.inherited,
            sub_vendor: 0,
            sub_id: 0,
            has_sub_id: false,
            label: Text(0),
            evidence,
        };
        records.push(match &entry.kind {
            model::EntryKind::Reserved => bare,
            model::EntryKind::Register { label } => {
                LayoutEntry { kind: EntryKind::Register, label: writer.text(label)?, ..bare }
            }
            model::EntryKind::Capability(capability) => {
                let (sub_vendor, sub_id) = capability.sub.unwrap_or((0, 0));
                LayoutEntry {
                    kind: match capability.space {
                        Space::Conventional => EntryKind::Capability,
                        Space::Extended => EntryKind::Extended,
                    },
                    id: capability.id,
                    length_stated: capability.stated.is_some(),
                    sub_vendor,
                    sub_id,
                    has_sub_id: capability.sub.is_some(),
                    ..bare
                }
            }
        });
    }
    writer.share(&records)
}

fn free(writer: &mut Writer, device: &model::Device) -> Option<List<FreeRange>> {
    let mut ranges: Vec<&model::Free> = device.free.iter().collect();
    ranges.order_by_key(|free| free.region.start);
    let mut records = Vec::new();
    for free in ranges {
        let evidence = claims(writer, &free.claims)?;
        let (start, end) = (u16::try_from(free.region.start).ok()?, u16::try_from(free.region.end).ok()?);
        records.push(FreeRange { start, end, evidence });
    }
    writer.share(&records)
}

fn places(writer: &mut Writer, plan: &Plan) -> Option<List<Place>> {
    let place = |&(kind, offset): &(_, u64)| Some(Place { kind, offset: u16::try_from(offset).ok()? });
    let records: Vec<Place> = plan.places.iter().map(place).collect::<Option<_>>()?;
    writer.share(&records)
}

fn allocations(writer: &mut Writer, plan: &Plan, emulations: &Written) -> Option<List<Allocation>> {
    let record = |found: &Allocated| {
        let (layer, first) = *emulations.get(&found.layer)?;
        let emulation = first.checked_add(u32::try_from(found.emulation).ok()?)?;
        Some(Allocation { layer, emulation, offset: u16::try_from(found.offset).ok()? })
    };
    let records: Vec<Allocation> = plan.allocations.iter().map(record).collect::<Option<_>>()?;
    writer.share(&records)
}

fn dvsecs(writer: &mut Writer, plan: &Plan, formats: &[u32]) -> Option<List<EmittedDvsec>> {
    let mut records = Vec::new();
    for dvsec in &plan.dvsecs {
        let range = |gap: &crate::allocate::Gap| {
            Some(Range { start: u16::try_from(gap.start).ok()?, end: u16::try_from(gap.end).ok()? })
        };
        let entries: Vec<Range> = dvsec.entries.iter().map(range).collect::<Option<_>>()?;
        let entries = writer.share(&entries)?;
        records.push(EmittedDvsec {
            format: *formats.get(dvsec.format)?,
            offset: u16::try_from(dvsec.offset).ok()?,
            length: u16::try_from(dvsec.length).ok()?,
            entries,
        });
    }
    writer.share(&records)
}
