//! The devices, and what they refer to, as C arrays: of every kind one, the rows of a device one after the other.

use std::fmt::{Error, Result, Write};

use quirk_runtime::Database;
use quirk_runtime::tables::{
    Claim, Device, EmittedDvsec, EntryKind, Evidence, Form, Format, FreeRange, LayoutEntry, List, Permission, Place,
    PlaceKind, Record,
};

use super::output::Output;
use super::rows;
use super::text::{Comment, Str};
use crate::emit::dvsec;

/// PASID takes two dwords.
const PASID: u16 = 8;

pub(super) fn write(out: &mut String, output: &Output<'_>) -> Result {
    lists(
        out,
        output,
        "struct quirk_layout quirk_layouts",
        |device| device.layout,
        |out, _, entry| layout(out, output, entry),
    )?;
    lists(
        out,
        output,
        "struct quirk_free quirk_free_ranges",
        |device| device.free,
        |out, _, range| free(out, output, range),
    )?;
    lists(
        out,
        output,
        "struct quirk_place quirk_places",
        |device| device.places,
        |out, device, found| place(out, output, device, found),
    )?;
    lists(out, output, "uint8_t quirk_dvsec_bytes", |device| device.dvsecs, |out, _, found| bytes(out, output, found))?;
    let mut first_byte = 0;
    lists(
        out,
        output,
        "struct quirk_dvsec quirk_dvsecs",
        |device| device.dvsecs,
        |out, _, found| dvsec(out, output, found, &mut first_byte),
    )?;
    devices(out, output)
}

/// One array with what every device has of one kind; none if no device has anything.
fn lists<T: Record>(
    out: &mut String,
    output: &Output<'_>,
    declaration: &str,
    list: impl Fn(&Device) -> List<T>,
    mut row: impl FnMut(&mut String, &Device, &T) -> Result,
) -> Result {
    if output.devices.iter().all(|device| list(device).is_empty()) {
        return Ok(());
    }
    writeln!(out, "\nstatic const {}[] = {{", output.style.fixed(declaration))?;
    for device in output.devices.iter().filter(|device| !list(device).is_empty()) {
        rows::comment(out, "\t", &Comment(output.database.text(device.name)).to_string())?;
        output.database.list(list(device)).try_for_each(|record| row(out, device, &record))?;
    }
    writeln!(out, "}};")
}

fn layout(out: &mut String, output: &Output<'_>, entry: &LayoutEntry) -> Result {
    let kind = match entry.kind {
        EntryKind::Capability => "QUIRK_LAYOUT_CAPABILITY",
        EntryKind::Extended => "QUIRK_LAYOUT_EXTENDED",
        EntryKind::Register => "QUIRK_LAYOUT_REGISTER",
        EntryKind::Reserved => "QUIRK_LAYOUT_RESERVED",
    };
    let name = |text: &str| output.style.fixed(text);
    let mut fields = vec![
        format!(".offset = {:#05x}", entry.offset),
        format!(".length = {:#x}", entry.length),
        format!(".kind = {}", name(kind)),
    ];
    if matches!(entry.kind, EntryKind::Capability | EntryKind::Extended) {
        fields.push(format!(".id = {:#06x}", entry.id));
    }
    if entry.has_sub_id {
        fields.push(format!(".sub_vendor = {:#06x}", entry.sub_vendor));
        fields.push(format!(".sub_id = {:#06x}", entry.sub_id));
    }
    let flags = [
        (entry.length_stated, "QUIRK_LAYOUT_LENGTH_STATED"),
        (entry.optional, "QUIRK_LAYOUT_OPTIONAL"),
        (entry.inherited, "QUIRK_LAYOUT_INHERITED"),
        (entry.has_sub_id, "QUIRK_LAYOUT_HAS_SUB_ID"),
    ];
    let flags: Vec<String> = flags.iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| name(flag)).collect();
    if !flags.is_empty() {
        fields.push(format!(".flags = {}", flags.join(" | ")));
    }
    fields.push(format!(".label = {}", Str(output.database.text(entry.label))));
    with_evidence(out, output, fields, entry.evidence)
}

fn free(out: &mut String, output: &Output<'_>, range: &FreeRange) -> Result {
    let fields = vec![format!(".start = {:#05x}", range.start), format!(".end = {:#05x}", range.end)];
    with_evidence(out, output, fields, range.evidence)
}

/// Who vouches for a place: for free bytes who says so, for the device's own capability who says that it is there.
fn place(out: &mut String, output: &Output<'_>, device: &Device, place: &Place) -> Result {
    let kind = match place.kind {
        PlaceKind::Free => "QUIRK_PLACE_FREE",
        PlaceKind::Native => "QUIRK_PLACE_NATIVE",
        PlaceKind::At => "QUIRK_PLACE_AT",
    };
    let (database, start) = (output.database, place.offset);
    let is_around = |range: &FreeRange| range.start <= start && start.saturating_add(PASID) <= range.end;
    let free = database.list(device.free).find(is_around).map(|range| range.evidence);
    let is_there = |entry: &LayoutEntry| entry.kind == EntryKind::Extended && entry.offset == start;
    let own = || database.list(device.layout).find(is_there).map(|entry| entry.evidence);
    let fields = vec![format!(".offset = {start:#05x}"), format!(".kind = {}", output.style.fixed(kind))];
    with_evidence(out, output, fields, free.or_else(own).unwrap_or(List::EMPTY))
}

/// A row with the strongest claim; all of them in a comment before it.
fn with_evidence(out: &mut String, output: &Output<'_>, mut fields: Vec<String>, claims: List<Claim>) -> Result {
    let name = |evidence: Evidence| match evidence {
        Evidence::None => "NONE".to_owned(),
        evidence => evidence.word().to_uppercase(),
    };
    let database = output.database;
    let strongest = database.list(claims).map(|claim| claim.evidence).max().unwrap_or(Evidence::None);
    for claim in database.list(claims) {
        let (who, text) = (name(claim.evidence).to_lowercase(), Comment(database.text(claim.text)));
        rows::comment(out, "\t", &format!("{who}: {text}"))?;
    }
    fields.push(format!(".evidence = {}", output.style.fixed(&format!("QUIRK_EVIDENCE_{}", name(strongest)))));
    rows::row(out, "\t", &fields)
}

fn bytes(out: &mut String, output: &Output<'_>, record: &EmittedDvsec) -> Result {
    for row in dvsec::bytes(output.database, record).ok_or(Error)?.chunks(8) {
        let shown: Vec<String> = row.iter().map(|byte| format!("{byte:#04x}")).collect();
        writeln!(out, "\t{},", shown.join(", "))?;
    }
    Ok(())
}

fn dvsec(out: &mut String, output: &Output<'_>, record: &EmittedDvsec, first_byte: &mut usize) -> Result {
    let database: Database<'_> = output.database;
    let Format { name, vendor, id, revision, form } = database.record(record.format).ok_or(Error)?;
    let bytes = dvsec::bytes(database, record).ok_or(Error)?.len();
    let form = match form {
        Form::PerGap => "QUIRK_FORM_PER_GAP",
        Form::Table => "QUIRK_FORM_TABLE",
    };
    rows::comment(out, "\t", &Comment(database.text(name)).to_string())?;
    let fields = [
        format!(".offset = {:#05x}", record.offset),
        format!(".length = {:#x}", record.length),
        format!(".bytes = &{}[{first_byte}]", output.style.fixed("quirk_dvsec_bytes")),
        format!(".bytes_length = {bytes}"),
        format!(".vendor = {vendor:#06x}"),
        format!(".id = {id:#06x}"),
        format!(".revision = {revision}"),
        format!(".form = {}", output.style.fixed(form)),
    ];
    *first_byte += bytes;
    rows::row(out, "\t", &fields)
}

fn devices(out: &mut String, output: &Output<'_>) -> Result {
    let name = |text: &str| output.style.fixed(text);
    writeln!(out, "\n{}const {}[] = {{", output.linkage(), name("struct quirk_device quirk_devices"))?;
    if output.devices.is_empty() {
        // C knows no empty array.
        writeln!(out, "\t{{ .name = \"\" }},")?;
    }
    let mut at = Counts::default();
    for device in &output.devices {
        let text = |field: &str, text| format!(".{field} = {}", Str(output.database.text(text)));
        let mut fields = vec![text("name", device.name), text("title", device.title), text("source", device.source)];
        let mut run = |field: &str, plural: &str, array: &str, first: &mut u32, count: u32| {
            // Nothing, which C takes for null and 0, where there is no row.
            if count != 0 {
                fields.push(format!(".{field}{plural} = &{}[{first}]", name(array)));
                fields.push(format!(".{field}_count = {count}"));
            }
            *first += count;
        };
        run("layout", "", "quirk_layouts", &mut at.layout, device.layout.count);
        run("free", "", "quirk_free_ranges", &mut at.free, device.free.count);
        run("place", "s", "quirk_places", &mut at.places, device.places.count);
        run("dvsec", "s", "quirk_dvsecs", &mut at.dvsecs, device.dvsecs.count);
        let permission = |permission| match permission {
            Permission::Host => name("QUIRK_PERMISSION_HOST"),
            Permission::Deny => name("QUIRK_PERMISSION_DENY"),
        };
        fields.push(format!(".max_width = {}", device.max_width));
        fields.push(format!(".execute = {}", permission(device.execute)));
        fields.push(format!(".privileged = {}", permission(device.privileged)));
        fields.push(format!(".port_type = {:#04x}", device.port_type));
        if device.aliased_every != 0 {
            fields.push(format!(".aliased_every = {:#x}", device.aliased_every));
        }
        if device.distrust_dvsec {
            fields.push(".distrust_dvsec = 1".to_owned());
        }
        if device.forbids_pasid {
            fields.push(".pasid_none = 1".to_owned());
        }
        rows::row(out, "\t", &fields)?;
    }
    writeln!(out, "}};")
}

/// Rows that were used up, of every array.
#[derive(Default)]
struct Counts {
    layout: u32,
    free: u32,
    places: u32,
    dvsecs: u32,
}
