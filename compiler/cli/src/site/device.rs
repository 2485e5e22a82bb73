//! The page of one device.

use std::fmt::{self, Write};

use quirk_map::Owner;
use quirk_map::page::escape;

use super::facts::{DevicePage, Site, TestLine};
use super::grid;
use super::page::{self, Depth};

pub(super) fn page(site: &Site, device: &DevicePage) -> Result<String, fmt::Error> {
    let DevicePage { name, title, source, matches, .. } = device;
    let mut out = String::new();
    page::begin(&mut out, &format!("{title} - {}", site.title), Depth::Below)?;
    writeln!(out, "<nav><a href=\"../index.html\">{}</a></nav>", escape(&site.title))?;
    writeln!(out, "<h1>{}</h1>", escape(title))?;
    writeln!(out, "<p><code>{}</code> <small>{}</small></p>", escape(name), escape(source))?;
    if let Some(link) = &device.link {
        writeln!(out, "<p><a href=\"{}\">Open the text in the playground</a></p>", escape(link))?;
    }
    writeln!(out, "<h2>Matches</h2>\n<ul class=\"plain\">")?;
    for each in matches {
        writeln!(out, "<li><code>match {}</code></li>", escape(each))?;
    }
    writeln!(out, "</ul>\n<h2>PASID</h2>\n<p>{}</p>", escape(&sentence(device)))?;
    writeln!(out, "<h2>Map</h2>")?;
    grid::draw(&mut out, &device.regions, &device.owners)?;
    writeln!(out, "<h2>Layout and evidence</h2>")?;
    layout(&mut out, &device.owners)?;
    writeln!(out, "<h2>Tests</h2>")?;
    tests(&mut out, &device.tests)?;
    page::end(&mut out)?;
    Ok(out)
}

fn sentence(device: &DevicePage) -> String {
    std::iter::once(&device.pasid).chain(&device.limits).map(String::as_str).collect::<Vec<_>>().join(", ")
}

fn layout(out: &mut String, owners: &[Owner]) -> fmt::Result {
    if owners.is_empty() {
        return writeln!(out, "<p>Nothing is declared.</p>");
    }
    writeln!(
        out,
        "<div class=\"scroll\"><table>\n<thead><tr><th>bytes</th><th>what</th><th>evidence</th></tr></thead>\n<tbody>"
    )?;
    for (at, owner) in owners.iter().enumerate() {
        let Owner { name, role, start, end, evidence, note } = owner;
        let evidence: Vec<String> = evidence.iter().map(|claim| escape(claim)).collect();
        let note = note.as_ref().map(|note| format!("<br><small>{}</small>", escape(note))).unwrap_or_default();
        writeln!(
            out,
            "<tr id=\"r{at}\"><td><code>{start:#05x}..{end:#05x}</code></td><td><i class=\"{}\"></i>{}{note}</td><td>{}</td></tr>",
            role.word(),
            escape(name),
            evidence.join("<br>")
        )?;
    }
    writeln!(out, "</tbody>\n</table></div>")
}

fn tests(out: &mut String, tests: &[TestLine]) -> fmt::Result {
    if tests.is_empty() {
        return writeln!(out, "<p>No test attaches to this device.</p>");
    }
    writeln!(out, "<ul class=\"plain\">")?;
    for TestLine { title, source, passed } in tests {
        let word = if *passed { "passed" } else { "failed" };
        writeln!(
            out,
            "<li><strong class=\"{word}\">{word}</strong> {} <small>{}</small></li>",
            escape(title),
            escape(source)
        )?;
    }
    writeln!(out, "</ul>")
}
