//! The map as a picture that a page or a mail can hold.

use std::fmt::{self, Write};

use quirk_map::page::{colours, escape, parts, short};
use quirk_map::{Region, Role, Sheet, State};

/// Bytes in a line.
const LINE: usize = 256;
/// Pixels of a byte, of a line, and of the offsets beside it.
const BYTE: usize = 4;
const HEIGHT: usize = 24;
const LEFT: usize = 56;
const WIDTH: usize = LEFT + LINE * BYTE + 16;
/// Pixels of a character in a picture; a name that would be longer than its place is left out.
const CHARACTER: usize = 7;

/// One picture of all sheets, one below the other.
pub(super) fn document(sheets: &[Sheet]) -> Result<String, fmt::Error> {
    let mut body = String::new();
    let mut top = 8;
    for sheet in sheets {
        top = draw(&mut body, sheet, top)?;
    }
    top = legend(&mut body, sheets, top)?;
    let title = sheets.iter().map(|sheet| sheet.title.as_str()).collect::<Vec<_>>().join(", ");
    let mut out = String::new();
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {top}\" width=\"{WIDTH}\" height=\"{top}\" \
         role=\"img\" font-family=\"ui-monospace, monospace\" font-size=\"12\">"
    )?;
    writeln!(out, "<title>{}</title>", escape(&title))?;
    writeln!(out, "<style>{}</style>", style())?;
    writeln!(out, "<rect class=\"ground\" width=\"{WIDTH}\" height=\"{top}\"/>")?;
    out += &body;
    writeln!(out, "</svg>")?;
    Ok(out)
}

fn style() -> String {
    let roles: String = Role::ALL.iter().map(|role| format!(".{0}{{fill:var(--{0})}}", role.word())).collect();
    format!(
        ":root{{--ground:#fff;--ink:#1b1f24;--on:#fff;{}}}@media(prefers-color-scheme:dark){{:root{{--ground:#14171c;\
         --ink:#d8dee6;--on:#0b0d10;{}}}}}.ground{{fill:var(--ground)}}text{{fill:var(--ink)}}.title{{font-weight:bold}}\
         .name{{fill:var(--on);font-size:11px}}rect{{stroke:var(--ground);stroke-width:1}}{roles}",
        colours(false),
        colours(true)
    )
}

fn draw(out: &mut String, sheet: &Sheet, top: usize) -> Result<usize, fmt::Error> {
    let mut top = top + 16;
    let ids = sheet.ids.map_or_else(String::new, |(vendor, device)| format!(" {vendor:04x}:{device:04x}"));
    writeln!(out, "<text class=\"title\" x=\"8\" y=\"{top}\">{}{ids}</text>", escape(&sheet.title))?;
    if let Some(description) = &sheet.description {
        top += 16;
        let text = format!("described as {}: {} ({})", description.name, description.title, description.source);
        writeln!(out, "<text x=\"8\" y=\"{top}\">{}</text>", escape(&text))?;
    }
    for state in &sheet.states {
        top = draw_state(out, state, sheet.size, top + 20)?;
    }
    Ok(top + 8)
}

fn draw_state(out: &mut String, state: &State, size: usize, top: usize) -> Result<usize, fmt::Error> {
    writeln!(out, "<text x=\"8\" y=\"{top}\">{}</text>", escape(&state.label))?;
    let top = top + 8;
    for (row, start) in (0..size).step_by(LINE).enumerate() {
        let y = top + row * HEIGHT;
        writeln!(out, "<text x=\"8\" y=\"{}\">{start:#05x}</text>", y + 16)?;
        for (index, first, end) in parts(&state.regions, start, LINE) {
            let Some(region) = state.regions.get(index) else { continue };
            draw_part(out, region, (LEFT + (first - start) * BYTE, y), (end - first) * BYTE)?;
        }
    }
    Ok(top + size.div_ceil(LINE) * HEIGHT)
}

fn draw_part(out: &mut String, region: &Region, (x, y): (usize, usize), width: usize) -> fmt::Result {
    let name = short(region);
    let class = region.role.word();
    write!(out, "<g><title>{}</title>", escape(&tip(region)))?;
    write!(out, "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{HEIGHT}\" rx=\"2\"/>")?;
    if !name.is_empty() && name.len() * CHARACTER + 6 < width {
        write!(out, "<text class=\"name\" x=\"{}\" y=\"{}\">{}</text>", x + 4, y + 16, escape(&name))?;
    }
    writeln!(out, "</g>")
}

/// What is said of a region in a line or two.
fn tip(region: &Region) -> String {
    let mut tip = format!("{:#05x}..{:#05x} {}", region.start, region.end, region.name());
    if let (Some(_), Some(declared)) = (&region.live, &region.declared) {
        tip += &format!("\ndeclared {}", declared.name);
    }
    for claim in region.declared.iter().flat_map(|owner| &owner.evidence) {
        tip += &format!("\n{claim}");
    }
    tip
}

fn legend(out: &mut String, sheets: &[Sheet], top: usize) -> Result<usize, fmt::Error> {
    let regions = || sheets.iter().flat_map(|sheet| &sheet.states).flat_map(|state| &state.regions);
    let (mut x, mut y) = (LEFT, top + 8);
    for &role in Role::ALL.iter().filter(|role| regions().any(|region| region.role == **role)) {
        let width = 28 + role.label().len() * CHARACTER + 14;
        if x + width > WIDTH {
            (x, y) = (LEFT, y + 22);
        }
        let class = role.word();
        write!(out, "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"16\" height=\"16\" rx=\"2\"/>")?;
        writeln!(out, "<text x=\"{}\" y=\"{}\">{}</text>", x + 22, y + 13, escape(role.label()))?;
        x += width;
    }
    Ok(y + 32)
}
