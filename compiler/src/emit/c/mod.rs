//! The database as one C11 header: for a kernel variant driver, for QEMU, for programs without Rust.
//!
//! The types and the lookup are fixed text (`types.h`, `lookup.h`); the tables between them are made here.

mod device;
mod text;

use std::fmt::Write;

use quirk_runtime::Database;
use quirk_runtime::tables::{Clause, Device, FunctionKind, Guard, IdKind, IdSet, Section};
use text::Comment;

/// Any of the three serves its user: GPL kernel code may include it, and so may everybody else.
const LICENCE: &str = "Apache-2.0 OR BSD-3-Clause OR GPL-2.0-only";

/// The header's text; none if the database holds what no device can have.
pub(crate) fn c(database: Database<'_>) -> Option<String> {
    let mut out = String::new();
    write(&mut out, database).ok()?;
    Some(out)
}

fn write(out: &mut String, database: Database<'_>) -> std::fmt::Result {
    let devices: Vec<Device> = database.all().collect();
    let plural = if devices.len() == 1 { "" } else { "s" };
    writeln!(out, "/* SPDX-License-Identifier: {LICENCE} */")?;
    writeln!(out, "/*")?;
    writeln!(
        out,
        " * Compiled by quirkc from {} device{plural}. Change the descriptions, not this file.",
        devices.len()
    )?;
    if !devices.is_empty() {
        writeln!(out, " *")?;
    }
    for device in &devices {
        let (name, source) = (Comment(database.text(device.name)), Comment(database.text(device.source)));
        writeln!(out, " * {name}, {source}")?;
    }
    writeln!(out, " */")?;
    out.push_str(include_str!("types.h"));
    writeln!(out, "/* Identifies the database that this was made from. */")?;
    writeln!(out, "#define QUIRK_DATABASE_HASH {:#018x}ull", database.hash())?;
    ids(out, database)?;
    device::write(out, database, &devices)?;
    clauses(out, database)?;
    out.push_str(include_str!("lookup.h"));
    Ok(())
}

/// For tables that a system makes of ids, such as the kernel's `pci_device_id`.
fn ids(out: &mut String, database: Database<'_>) -> std::fmt::Result {
    let (keys, _) = database.section(Section::Keys).as_chunks();
    let mut keys: Vec<u32> = keys.iter().map(|key| u32::from_le_bytes(*key)).collect();
    keys.dedup();
    writeln!(out, "\n/* Every pair of one vendor and one device id that a device names, as X(vendor, device). */")?;
    write!(out, "#define QUIRK_FOR_EACH_ID(X)")?;
    for key in keys {
        write!(out, " \\\n\tX(0x{:04x}, 0x{:04x})", key >> 16, key & 0xffff)?;
    }
    writeln!(out)
}

/// The clauses of devices in the order of the database: those with a key first, ascending.
fn clauses(out: &mut String, database: Database<'_>) -> std::fmt::Result {
    let of_devices = || database.all::<Clause>().filter(|clause| !clause.layer);
    let guards: Vec<Guard> = of_devices().flat_map(|clause| database.list(clause.guards)).collect();
    if !guards.is_empty() {
        writeln!(out, "\nstatic const struct quirk_guard quirk_guards[] = {{")?;
        for Guard { offset, width, mask, value } in guards {
            writeln!(out, "\t{{ .offset = {offset:#x}, .width = {width}, .mask = {mask:#x}, .value = {value:#x} }},")?;
        }
        writeln!(out, "}};")?;
    }
    writeln!(out, "\n#define QUIRK_KEYED_CLAUSES {}u", database.section(Section::Keys).len() / 4)?;
    writeln!(out, "#define QUIRK_CLAUSES {}u\n", of_devices().count())?;
    writeln!(out, "static const struct quirk_clause quirk_clauses[] = {{")?;
    let mut first_guard = 0;
    for clause in of_devices() {
        self::clause(out, database, &clause, first_guard)?;
        first_guard += clause.guards.count;
    }
    if of_devices().next().is_none() {
        // C knows no empty array.
        writeln!(out, "\t{{ .rank = 0 }},")?;
    }
    writeln!(out, "}};")
}

fn clause(out: &mut String, database: Database<'_>, clause: &Clause, first_guard: u32) -> std::fmt::Result {
    let owner = database.record::<Device>(clause.owner).ok_or(std::fmt::Error)?;
    writeln!(out, "\t{{ /* {} */", Comment(database.text(owner.name)))?;
    writeln!(out, "\t\t.owner = &quirk_devices[{}],", clause.owner)?;
    writeln!(out, "\t\t.rank = {:#04x},", clause.rank)?;
    let sets = [
        ("vendor", clause.vendor),
        ("device", clause.device),
        ("subsystem_vendor", clause.subsystem_vendor),
        ("subsystem_device", clause.subsystem_device),
        ("revision", clause.revision),
    ];
    for (name, set) in sets {
        // Every id is what C makes of a field that is left out.
        if set != IdSet::ANY {
            let (mask, first, last) = match set.kind {
                IdKind::Any => (0, 0, 0),
                IdKind::Range => (0xffff, set.a, set.b),
                IdKind::Mask => (set.b, set.a, set.a),
            };
            writeln!(out, "\t\t.{name} = {{ .mask = {mask:#06x}, .first = {first:#06x}, .last = {last:#06x} }},")?;
        }
    }
    if clause.class_mask != 0 {
        let (mask, value) = (clause.class_mask, clause.class_value);
        writeln!(out, "\t\t.class_mask = {mask:#08x}, .class_value = {value:#08x},")?;
    }
    match clause.function {
        FunctionKind::Any => {}
        FunctionKind::Physical => writeln!(out, "\t\t.function = QUIRK_FUNCTION_PHYSICAL,")?,
        FunctionKind::Virtual => writeln!(out, "\t\t.function = QUIRK_FUNCTION_VIRTUAL,")?,
    }
    if !clause.guards.is_empty() {
        let count = clause.guards.count;
        writeln!(out, "\t\t.guards = &quirk_guards[{first_guard}], .guard_count = {count},")?;
    }
    writeln!(out, "\t}},")
}
