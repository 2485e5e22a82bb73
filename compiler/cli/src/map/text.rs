//! The map in letters, as wide as the terminal, and a list of its regions.

use std::fmt::{self, Write};

use anstyle::Style;
use quirk_map::page::rows;
use quirk_map::{Owner, Region, Role, Sheet};

const HEADING: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// The whole text; colours are taken out later where nobody can see them.
pub(super) fn text(sheets: &[Sheet], columns: usize) -> Result<String, fmt::Error> {
    let mut out = String::new();
    for (at, sheet) in sheets.iter().enumerate() {
        if at != 0 {
            out.push('\n');
        }
        write(&mut out, sheet, columns)?;
    }
    Ok(out)
}

/// Dwords in a line: a power of two, which with its offset and blanks fits into the columns.
fn dwords(columns: usize) -> usize {
    [64_usize, 32, 16].into_iter().find(|&dwords| 3 + dwords + dwords.div_ceil(16) <= columns).unwrap_or(8)
}

fn write(out: &mut String, sheet: &Sheet, columns: usize) -> fmt::Result {
    write!(out, "{HEADING}{}{HEADING:#}", sheet.title)?;
    if let Some((vendor, device)) = sheet.ids {
        write!(out, " {vendor:04x}:{device:04x}")?;
    }
    writeln!(out)?;
    if let Some(description) = &sheet.description {
        writeln!(out, "described as `{}`: {} ({})", description.name, description.title, description.source)?;
    }
    let line = dwords(columns);
    for state in &sheet.states {
        writeln!(out, "\n{HEADING}{}{HEADING:#}", state.label)?;
        for row in rows(&state.regions, sheet.size, line * 4) {
            write!(out, "{:03x}", row.start)?;
            for (at, &role) in row.dwords.iter().enumerate() {
                let blank = if at % 16 == 0 { " " } else { "" };
                let style = role.style();
                write!(out, "{blank}{style}{}{style:#}", role.letter())?;
            }
            writeln!(out)?;
        }
    }
    legend(out, sheet, line)?;
    writeln!(out)?;
    sheet.states.last().map_or(&[][..], |state| &state.regions).iter().try_for_each(|region| list(out, region))
}

fn legend(out: &mut String, sheet: &Sheet, line: usize) -> fmt::Result {
    let regions = || sheet.states.iter().flat_map(|state| &state.regions);
    writeln!(out, "one character is a dword, a line {} bytes", line * 4)?;
    for &role in Role::ALL.iter().filter(|role| regions().any(|region| region.role == **role)) {
        let style = role.style();
        writeln!(out, "{style}{}{style:#} {}", role.letter(), role.label())?;
    }
    Ok(())
}

fn list(out: &mut String, region: &Region) -> fmt::Result {
    // A header and its body are one line; what reads 0 and belongs to nobody is in the picture.
    let is_body = region.role == Role::Extended
        && region.live.as_ref().or(region.declared.as_ref()).is_some_and(|owner| owner.start + 4 == region.start);
    if is_body || region.role == Role::Zero && region.declared.is_none() {
        return Ok(());
    }
    let end = match (&region.live, &region.declared) {
        (Some(owner), _) | (None, Some(owner)) if region.role == Role::ExtendedHeader => owner.end,
        _ => region.end,
    };
    let style = region.role.style();
    write!(out, "  {:#05x}..{end:#05x}  {style}{}{style:#} {}", region.start, region.role.letter(), region.name())?;
    match (&region.live, &region.declared) {
        (Some(live), Some(declared)) if live.name != declared.name => write!(out, ", declared {}", declared.name)?,
        (Some(_), Some(_)) => write!(out, ", declared")?,
        (None, Some(Owner { note: Some(note), .. })) if region.role != Role::Free => write!(out, ", declared, {note}")?,
        _ => {}
    }
    if region.role == Role::Live {
        write!(out, ":{}", region.bytes.iter().take(8).map(|byte| format!(" {byte:02x}")).collect::<String>())?;
        if region.bytes.len() > 8 {
            write!(out, " ..")?;
        }
    }
    writeln!(out)?;
    for claim in region.declared.iter().flat_map(|owner| &owner.evidence) {
        writeln!(out, "                  {DIM}{claim}{DIM:#}")?;
    }
    Ok(())
}
