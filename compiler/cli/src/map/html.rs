//! The map as one page that needs nothing else: to point at, to walk through by keyboard, on a desk or a phone.

use std::fmt::{self, Write};

use quirk_map::Sheet;
use quirk_map::html::draw;
use quirk_map::json::report;
use quirk_map::page::{escape, roles};

use crate::failure::Failure;

/// The page.
pub(super) fn page(sheets: &[Sheet]) -> Result<String, Failure> {
    // Inside a script element no text may close it.
    let data = serde_json::to_string(&report(sheets)).map_err(Failure::new)?.replace('<', "\\u003c");
    let mut out = String::new();
    write(&mut out, sheets, &data).map_err(Failure::new)?;
    Ok(out)
}

fn write(out: &mut String, sheets: &[Sheet], data: &str) -> fmt::Result {
    let title = sheets.iter().map(|sheet| sheet.title.as_str()).collect::<Vec<_>>().join(", ");
    writeln!(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
    writeln!(out, "<title>{}</title>", escape(&title))?;
    writeln!(out, "<style>\n{}{}</style>\n</head>\n<body>\n<main>", roles(), include_str!("page.css"))?;
    for (at, sheet) in sheets.iter().enumerate() {
        draw(out, sheet, at)?;
    }
    writeln!(out, "</main>")?;
    writeln!(
        out,
        "<aside id=\"detail\" aria-live=\"polite\"><p class=\"hint\">Point at a region, or walk with the arrow keys.</p></aside>"
    )?;
    writeln!(out, "<script type=\"application/json\" id=\"data\">{data}</script>")?;
    writeln!(out, "<script>\n{}</script>\n</body>\n</html>", include_str!("page.js"))
}
