//! The clauses of devices in the order of the database: those with a key first, ascending.

use std::fmt::{Error, Result, Write};

use quirk_runtime::tables::{Clause, Device, FunctionKind, Guard, IdKind, IdSet, Section};

use super::output::Output;
use super::rows;
use super::text::Comment;

pub(super) fn write(out: &mut String, output: &Output<'_>) -> Result {
    let style = output.style;
    let guards: Vec<Guard> = output.clauses().flat_map(|clause| output.database.list(clause.guards)).collect();
    if !guards.is_empty() {
        writeln!(out, "\n{}", style.fixed("static const struct quirk_guard quirk_guards[] = {"))?;
        for Guard { offset, width, mask, value } in guards {
            writeln!(out, "\t{{ .offset = {offset:#x}, .width = {width}, .mask = {mask:#x}, .value = {value:#x} }},")?;
        }
        writeln!(out, "}};")?;
    }
    let keyed = output.database.section(Section::Keys).len() / 4;
    writeln!(out, "\n{} {keyed}u", style.fixed("#define QUIRK_KEYED_CLAUSES"))?;
    writeln!(out, "{} {}u\n", style.fixed("#define QUIRK_CLAUSES"), output.clauses().count())?;
    writeln!(out, "{}", style.fixed("static const struct quirk_clause quirk_clauses[] = {"))?;
    let mut first_guard = 0;
    for found in output.clauses() {
        clause(out, output, &found, first_guard)?;
        first_guard += found.guards.count;
    }
    if output.clauses().next().is_none() {
        // C knows no empty array.
        writeln!(out, "\t{{ .rank = 0 }},")?;
    }
    writeln!(out, "}};")
}

fn clause(out: &mut String, output: &Output<'_>, clause: &Clause, first_guard: u32) -> Result {
    let owner = output.database.record::<Device>(clause.owner).ok_or(Error)?;
    rows::comment(out, "\t", &Comment(output.database.text(owner.name)).to_string())?;
    let name = |text: &str| output.style.fixed(text);
    let mut fields =
        vec![format!(".owner = &{}[{}]", name("quirk_devices"), clause.owner), format!(".rank = {:#04x}", clause.rank)];
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
            fields.push(format!(".{name} = {{ .mask = {mask:#06x}, .first = {first:#06x}, .last = {last:#06x} }}"));
        }
    }
    if clause.class_mask != 0 {
        fields.push(format!(".class_mask = {:#08x}", clause.class_mask));
        fields.push(format!(".class_value = {:#08x}", clause.class_value));
    }
    match clause.function {
        FunctionKind::Any => {}
        FunctionKind::Physical => fields.push(name(".function = QUIRK_FUNCTION_PHYSICAL")),
        FunctionKind::Virtual => fields.push(name(".function = QUIRK_FUNCTION_VIRTUAL")),
    }
    if !clause.guards.is_empty() {
        fields.push(format!(".guards = &{}[{first_guard}]", name("quirk_guards")));
        fields.push(format!(".guard_count = {}", clause.guards.count));
    }
    rows::row(out, "\t", &fields)
}
