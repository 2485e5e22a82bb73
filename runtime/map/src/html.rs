//! Sheets as elements of a page: to point at and to walk through by keyboard, on a wide page and on a narrow one.

use std::fmt::{self, Write};

use crate::Role;
use crate::model::Region;
use crate::page::{escape, lines, parts, short};
use crate::sheet::{Sheet, State};

/// Bytes in a line, on a wide page and on a narrow one, where empty lines are folded.
const LINES: [(usize, &str); 2] = [(256, "wide"), (64, "narrow")];

/// Draws a sheet as a section. Each region is a button whose `data-r` names the sheet by `at`, the state and the region.
///
/// # Errors
/// When `out` takes no more.
pub fn draw(out: &mut String, sheet: &Sheet, at: usize) -> fmt::Result {
    writeln!(out, "<section>\n<h1>{}", escape(&sheet.title))?;
    if let Some((vendor, device)) = sheet.ids {
        writeln!(out, "<code>{vendor:04x}:{device:04x}</code>")?;
    }
    writeln!(out, "</h1>")?;
    match &sheet.description {
        Some(description) => {
            let (name, title, source) =
                (escape(&description.name), escape(&description.title), escape(&description.source));
            writeln!(out, "<p>described as <code>{name}</code>: {title} <small>{source}</small></p>")?;
        }
        None => writeln!(out, "<p>no description applies</p>")?,
    }
    for (number, state) in sheet.states.iter().enumerate() {
        writeln!(out, "<h2>{}</h2>", escape(&state.label))?;
        for (line, class) in LINES {
            grid(out, state, sheet.size, (line, class), (at, number))?;
        }
    }
    legend(out, sheet)?;
    table(out, sheet)?;
    writeln!(out, "</section>")
}

fn grid(
    out: &mut String,
    state: &State,
    size: usize,
    (line, class): (usize, &str),
    (sheet, number): (usize, usize),
) -> fmt::Result {
    writeln!(out, "<div class=\"grid {class}\" role=\"group\" aria-label=\"{}\">", escape(&state.label))?;
    for (start, stop) in lines(&state.regions, size, line, class == "narrow") {
        write!(out, "<div class=\"row\"><span class=\"at\">{start:03x}</span>")?;
        let is_folded = stop - start > line;
        for (index, first, end) in parts(&state.regions, start, stop - start) {
            let Some(region) = state.regions.get(index) else { continue };
            let (role, name) = (region.role.word(), region.name());
            let label = format!("{:#05x} to {:#05x}, {name}", region.start, region.end);
            let shown = if is_folded { format!("to {:03x}", stop - 1) } else { escape(&short(region)) };
            let focus = if start == 0 && first == 0 { 0 } else { -1 };
            write!(
                out,
                "<button class=\"{role}\" style=\"flex:{} 0 0\" tabindex=\"{focus}\" data-r=\"{sheet} {number} {index}\" \
                 aria-label=\"{}\">{shown}</button>",
                end - first,
                escape(&label)
            )?;
        }
        writeln!(out, "</div>")?;
    }
    writeln!(out, "</div>")
}

fn legend(out: &mut String, sheet: &Sheet) -> fmt::Result {
    write!(out, "<ul class=\"legend\">")?;
    let regions = || sheet.states.iter().flat_map(|state| &state.regions);
    for &role in Role::ALL.iter().filter(|role| regions().any(|region| region.role == **role)) {
        write!(out, "<li><i class=\"{}\"></i>{}</li>", role.word(), escape(role.label()))?;
    }
    writeln!(out, "</ul>")
}

/// The same as a table, for readers that show no picture.
fn table(out: &mut String, sheet: &Sheet) -> fmt::Result {
    let Some(state) = sheet.states.last() else { return Ok(()) };
    writeln!(out, "<details><summary>As a table</summary><div class=\"scroll\"><table>")?;
    writeln!(out, "<tr><th>bytes</th><th>what</th><th>declared</th><th>evidence</th></tr>")?;
    for region in &state.regions {
        writeln!(out, "{}", row(region))?;
    }
    writeln!(out, "</table></div></details>")
}

fn row(region: &Region) -> String {
    let declared = region.declared.as_ref();
    let evidence = declared.map_or_else(String::new, |owner| owner.evidence.join("; "));
    format!(
        "<tr><td><code>{:#05x}..{:#05x}</code></td><td>{}</td><td>{}</td><td>{}</td></tr>",
        region.start,
        region.end,
        escape(&region.name()),
        escape(declared.map_or("", |owner| &owner.name)),
        escape(&evidence)
    )
}
