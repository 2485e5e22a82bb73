//! The devices, and what they refer to, as C arrays: of every kind one, the rows of a device one after the other.

use std::fmt::{Error, Result, Write};
use std::ops::Range;

use quirk_runtime::Database;
use quirk_runtime::tables::{
    Claim, Device, EmittedDvsec, EntryKind, Evidence, Form, Format, FreeRange, LayoutEntry, List, Permission, Place,
    PlaceKind, Record,
};

use super::text::{Comment, Str};
use crate::emit::dvsec;

pub(super) fn write(out: &mut String, database: Database<'_>, devices: &[Device]) -> Result {
    rows(out, database, devices, "struct quirk_layout quirk_layouts", |device| device.layout, layout)?;
    rows(out, database, devices, "struct quirk_free quirk_free_ranges", |device| device.free, free)?;
    rows(out, database, devices, "struct quirk_place quirk_places", |device| device.places, place)?;
    rows(out, database, devices, "uint8_t quirk_dvsec_bytes", |device| device.dvsecs, dvsec_bytes)?;
    let mut first_byte = 0;
    rows(
        out,
        database,
        devices,
        "struct quirk_dvsec quirk_dvsecs",
        |device| device.dvsecs,
        |out, database, dvsec| self::dvsec(out, database, dvsec, &mut first_byte),
    )?;
    self::devices(out, database, devices)
}

/// One array with what every device has of one kind; none if no device has anything.
fn rows<T: Record>(
    out: &mut String,
    database: Database<'_>,
    devices: &[Device],
    declaration: &str,
    list: impl Fn(&Device) -> List<T>,
    mut row: impl FnMut(&mut String, Database<'_>, &T) -> Result,
) -> Result {
    if devices.iter().all(|device| list(device).is_empty()) {
        return Ok(());
    }
    writeln!(out, "\nstatic const {declaration}[] = {{")?;
    for device in devices.iter().filter(|device| !list(device).is_empty()) {
        writeln!(out, "\t/* {} */", Comment(database.text(device.name)))?;
        database.list(list(device)).try_for_each(|record| row(out, database, &record))?;
    }
    writeln!(out, "}};")
}

fn layout(out: &mut String, database: Database<'_>, entry: &LayoutEntry) -> Result {
    let kind = match entry.kind {
        EntryKind::Capability => "QUIRK_LAYOUT_CAPABILITY",
        EntryKind::Extended => "QUIRK_LAYOUT_EXTENDED",
        EntryKind::Register => "QUIRK_LAYOUT_REGISTER",
        EntryKind::Reserved => "QUIRK_LAYOUT_RESERVED",
    };
    write!(out, "\t{{ .offset = {:#05x}, .length = {:#x}, .kind = {kind}", entry.offset, entry.length)?;
    if matches!(entry.kind, EntryKind::Capability | EntryKind::Extended) {
        write!(out, ", .id = {:#06x}", entry.id)?;
    }
    if entry.has_sub_id {
        write!(out, ", .sub_vendor = {:#06x}, .sub_id = {:#06x}", entry.sub_vendor, entry.sub_id)?;
    }
    let flags = [
        (entry.length_stated, "QUIRK_LAYOUT_LENGTH_STATED"),
        (entry.optional, "QUIRK_LAYOUT_OPTIONAL"),
        (entry.inherited, "QUIRK_LAYOUT_INHERITED"),
        (entry.has_sub_id, "QUIRK_LAYOUT_HAS_SUB_ID"),
    ];
    let flags: Vec<&str> = flags.iter().filter(|(is_set, _)| *is_set).map(|(_, name)| *name).collect();
    if !flags.is_empty() {
        write!(out, ", .flags = {}", flags.join(" | "))?;
    }
    write!(out, ", .label = {}", Str(database.text(entry.label)))?;
    evidence(out, database, entry.evidence)
}

fn free(out: &mut String, database: Database<'_>, range: &FreeRange) -> Result {
    write!(out, "\t{{ .start = {:#05x}, .end = {:#05x}", range.start, range.end)?;
    evidence(out, database, range.evidence)
}

/// The strongest claim, and all of them in a comment; ends the row.
fn evidence(out: &mut String, database: Database<'_>, claims: List<Claim>) -> Result {
    let name = |evidence: Evidence| match evidence {
        Evidence::None => "NONE".to_owned(),
        evidence => evidence.word().to_uppercase(),
    };
    let strongest = database.list(claims).map(|claim| claim.evidence).max().unwrap_or(Evidence::None);
    write!(out, ", .evidence = QUIRK_EVIDENCE_{} }},", name(strongest))?;
    for claim in database.list(claims) {
        let (who, text) = (name(claim.evidence).to_lowercase(), Comment(database.text(claim.text)));
        write!(out, " /* {who}: {text} */")?;
    }
    writeln!(out)
}

fn place(out: &mut String, _: Database<'_>, place: &Place) -> Result {
    let kind = match place.kind {
        PlaceKind::Free => "QUIRK_PLACE_FREE",
        PlaceKind::Native => "QUIRK_PLACE_NATIVE",
        PlaceKind::At => "QUIRK_PLACE_AT",
    };
    writeln!(out, "\t{{ .offset = {:#05x}, .kind = {kind} }},", place.offset)
}

fn dvsec_bytes(out: &mut String, database: Database<'_>, record: &EmittedDvsec) -> Result {
    let bytes = dvsec::bytes(database, record).ok_or(Error)?;
    for dwords in bytes.chunks(16) {
        let shown: Vec<String> = dwords.iter().map(|byte| format!("{byte:#04x}")).collect();
        writeln!(out, "\t{},", shown.join(", "))?;
    }
    Ok(())
}

fn dvsec(out: &mut String, database: Database<'_>, record: &EmittedDvsec, first_byte: &mut usize) -> Result {
    let format: Format = database.record(record.format).ok_or(Error)?;
    let bytes = dvsec::bytes(database, record).ok_or(Error)?.len();
    let form = match format.form {
        Form::PerGap => "QUIRK_FORM_PER_GAP",
        Form::Table => "QUIRK_FORM_TABLE",
    };
    writeln!(out, "\t{{ /* {} */", Comment(database.text(format.name)))?;
    writeln!(out, "\t\t.offset = {:#05x}, .length = {:#x},", record.offset, record.length)?;
    writeln!(out, "\t\t.bytes = &quirk_dvsec_bytes[{first_byte}], .bytes_length = {bytes},")?;
    let Format { vendor, id, revision, .. } = format;
    writeln!(out, "\t\t.vendor = {vendor:#06x}, .id = {id:#06x}, .revision = {revision}, .form = {form},")?;
    *first_byte += bytes;
    writeln!(out, "\t}},")
}

fn devices(out: &mut String, database: Database<'_>, devices: &[Device]) -> Result {
    writeln!(out, "\n#define QUIRK_DEVICES {}u\n", devices.len())?;
    writeln!(out, "static const struct quirk_device quirk_devices[] = {{")?;
    if devices.is_empty() {
        // C knows no empty array.
        writeln!(out, "\t{{ .name = \"\" }},")?;
    }
    let mut at = Counts::default();
    for device in devices {
        let text = |text| Str(database.text(text));
        writeln!(out, "\t{{")?;
        writeln!(out, "\t\t.name = {},", text(device.name))?;
        writeln!(out, "\t\t.title = {},", text(device.title))?;
        writeln!(out, "\t\t.source = {},", text(device.source))?;
        run(out, "layout", "quirk_layouts", take(&mut at.layout, device.layout))?;
        run(out, "free", "quirk_free_ranges", take(&mut at.free, device.free))?;
        run(out, "place", "quirk_places", take(&mut at.places, device.places))?;
        run(out, "dvsec", "quirk_dvsecs", take(&mut at.dvsecs, device.dvsecs))?;
        let permission = |permission| match permission {
            Permission::Host => "QUIRK_PERMISSION_HOST",
            Permission::Deny => "QUIRK_PERMISSION_DENY",
        };
        let (execute, privileged) = (permission(device.execute), permission(device.privileged));
        writeln!(out, "\t\t.max_width = {}, .execute = {execute}, .privileged = {privileged},", device.max_width)?;
        writeln!(out, "\t\t.port_type = {:#04x},", device.port_type)?;
        if device.aliased_every != 0 {
            writeln!(out, "\t\t.aliased_every = {:#x},", device.aliased_every)?;
        }
        if device.distrust_dvsec {
            writeln!(out, "\t\t.distrust_dvsec = 1,")?;
        }
        if device.forbids_pasid {
            writeln!(out, "\t\t.pasid_none = 1,")?;
        }
        writeln!(out, "\t}},")?;
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

fn take<T>(at: &mut u32, list: List<T>) -> Range<u32> {
    let start = *at;
    *at += list.count;
    start..*at
}

/// A pointer and a count; nothing, which C takes for null and 0, where there is no row.
fn run(out: &mut String, field: &str, array: &str, rows: Range<u32>) -> Result {
    let plural = if matches!(field, "place" | "dvsec") { "s" } else { "" };
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "\t\t.{field}{plural} = &{array}[{}], .{field}_count = {},", rows.start, rows.len())
}
