//! The map of a space on a page: each region a link to its row in the table below.

use std::fmt::{self, Write};

use quirk_map::page::{escape, lines, parts, short};
use quirk_map::{Owner, Region, Role, SPACE};

/// Bytes in a line, on a wide page and on a narrow one, where empty lines are folded.
const LINES: [(usize, &str); 2] = [(256, "wide"), (64, "narrow")];

/// Draws the regions, and says what the colours mean.
pub(super) fn draw(out: &mut String, regions: &[Region], owners: &[Owner]) -> fmt::Result {
    for (line, class) in LINES {
        writeln!(out, "<div class=\"grid {class}\">")?;
        for (start, stop) in lines(regions, SPACE, line, class == "narrow") {
            write!(out, "<div class=\"row\"><span class=\"at\">{start:03x}</span>")?;
            if stop - start > line {
                write!(out, "<span class=\"cell zero\" style=\"flex:1 0 0\">to {:03x}</span>", stop - 1)?;
            } else {
                for (index, first, end) in parts(regions, start, line) {
                    let Some(region) = regions.get(index) else { continue };
                    cell(out, region, owners, end - first)?;
                }
            }
            writeln!(out, "</div>")?;
        }
        writeln!(out, "</div>")?;
    }
    write!(out, "<ul class=\"legend\">")?;
    for &role in Role::ALL.iter().filter(|role| regions.iter().any(|region| region.role == **role)) {
        // Of a description alone nobody knows what bytes read.
        let label = if role == Role::Zero { "not declared" } else { role.label() };
        write!(out, "<li><i class=\"{}\"></i>{}</li>", role.word(), escape(label))?;
    }
    writeln!(out, "</ul>")
}

fn cell(out: &mut String, region: &Region, owners: &[Owner], bytes: usize) -> fmt::Result {
    let role = region.role.word();
    let owner = region.declared.as_ref().and_then(|owner| owners.iter().position(|each| each == owner));
    let Some(row) = owner else {
        return write!(out, "<span class=\"cell {role}\" style=\"flex:{bytes} 0 0\"></span>");
    };
    let tip = format!("{:#05x}..{:#05x} {}", region.start, region.end, region.name());
    write!(
        out,
        "<a class=\"cell {role}\" style=\"flex:{bytes} 0 0\" href=\"#r{row}\" title=\"{0}\" aria-label=\"{0}\">{1}</a>",
        escape(&tip),
        escape(&short(region))
    )
}
