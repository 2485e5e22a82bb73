//! The facts of a database as lines, one for each: the form in which the outputs are compared.

use quirk_runtime::Database;
use quirk_runtime::tables::{Claim, Device, Evidence, Form, Format, List, Section};

/// All facts of all devices.
pub(crate) fn of(database: Database<'_>) -> Vec<String> {
    database.all::<Device>().flat_map(|device| of_device(database, &device)).collect()
}

fn of_device(database: Database<'_>, device: &Device) -> Vec<String> {
    let mut lines = vec![
        format!("device {}", database.text(device.name)),
        format!("title {}", database.text(device.title)),
        format!("source {}", database.text(device.source)),
    ];
    if let Some(place) = database.list(device.places).next() {
        let (execute, privileged) = (device.execute as u8, device.privileged as u8);
        let width = device.max_width;
        lines.push(format!("pasid at {} width {width} execute {execute} privileged {privileged}", place.offset));
    }
    let (alias, distrust) = (device.aliased_every, u8::from(device.distrust_dvsec));
    let none = u8::from(device.forbids_pasid);
    lines.push(format!("port {} alias {alias} distrust {distrust} none {none}", device.port_type));
    lines.extend(database.list(device.layout).map(|entry| {
        let flags = u8::from(entry.length_stated)
            | u8::from(entry.optional) << 1
            | u8::from(entry.inherited) << 2
            | u8::from(entry.has_sub_id) << 3;
        format!(
            "layout {} at {} length {} id {} sub {}:{} flags {flags} evidence {} {}",
            entry.kind as u8,
            entry.offset,
            entry.length,
            entry.id,
            entry.sub_vendor,
            entry.sub_id,
            strongest(database, entry.evidence),
            database.text(entry.label),
        )
    }));
    lines.extend(
        database
            .list(device.free)
            .map(|free| format!("free {}..{} evidence {}", free.start, free.end, strongest(database, free.evidence))),
    );
    lines.extend(database.list(device.places).map(|place| format!("place {} at {}", place.kind as u8, place.offset)));
    for dvsec in database.list(device.dvsecs) {
        let format: Format = database.record(dvsec.format).unwrap();
        let ranges: Vec<(u16, u16)> = database.list(dvsec.entries).map(|range| (range.start, range.end)).collect();
        lines.push(self::dvsec(
            [format.vendor, format.id],
            format.revision,
            format.form,
            [dvsec.offset, dvsec.length],
            &bytes(&format, dvsec.length, &ranges),
        ));
    }
    lines
}

pub(crate) fn dvsec(identity: [u16; 2], revision: u8, form: Form, at: [u16; 2], bytes: &[u8]) -> String {
    let ([vendor, id], [offset, length], form) = (identity, at, form as u8);
    let bytes: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("dvsec {vendor}:{id} revision {revision} form {form} at {offset} length {length} {bytes}")
}

/// The DVSEC as `docs/free-space-dvsec.md` lays it out, byte by byte.
fn bytes(format: &Format, length: u16, ranges: &[(u16, u16)]) -> Vec<u8> {
    let word = |value: u16| [value as u8, (value >> 8) as u8];
    let mut bytes = vec![0x23, 0, 1, 0];
    bytes.extend(word(format.vendor));
    bytes.extend(word(length << 4 | u16::from(format.revision)));
    bytes.extend(word(format.id));
    bytes.extend([if format.form == Form::PerGap { 1 } else { 2 }, 0]);
    for (start, end) in ranges {
        bytes.extend(word(*start));
        bytes.extend(word(end - start));
    }
    bytes.resize(length.into(), 0);
    bytes
}

fn strongest(database: Database<'_>, claims: List<Claim>) -> u8 {
    database.list(claims).map(|claim| claim.evidence).max().unwrap_or(Evidence::None) as u8
}

/// The pairs of exact ids, ascending.
pub(crate) fn ids(database: Database<'_>) -> Vec<String> {
    let keys = database.section(Section::Keys).chunks(4);
    let mut ids: Vec<String> = keys
        .map(|key| {
            let word = |at: usize| u16::from_le_bytes([key[at], key[at + 1]]);
            format!("{}:{}", word(2), word(0))
        })
        .collect();
    ids.dedup();
    ids
}
