//! The list of devices and layers.

use std::fmt::{self, Write};

use quirk_map::page::escape;

use super::facts::{DevicePage, LayerLine, Site};
use super::page::{self, Depth};
use crate::report::count;

pub(super) fn page(site: &Site) -> Result<String, fmt::Error> {
    let mut out = String::new();
    page::begin(&mut out, &site.title, Depth::Top)?;
    writeln!(out, "<h1>{}</h1>", escape(&site.title))?;
    // Without the script there is nothing to search with, and the list is whole.
    writeln!(
        out,
        "<p class=\"search\" hidden><label for=\"search\">Search</label> <input id=\"search\" type=\"search\" \
         placeholder=\"a name, 8086:0b25, 0x400\" autocomplete=\"off\"> <span class=\"dim keys\"><kbd>/</kbd> goes here</span></p>"
    )?;
    writeln!(out, "<p id=\"count\" aria-live=\"polite\">{}</p>", count(site.devices.len(), "device"))?;
    writeln!(out, "<div class=\"scroll\"><table id=\"devices\">")?;
    writeln!(out, "<thead><tr><th>device</th><th>matches</th><th>PASID</th></tr></thead>\n<tbody>")?;
    site.devices.iter().try_for_each(|device| row(&mut out, device))?;
    writeln!(out, "</tbody>\n</table></div>")?;
    if !site.layers.is_empty() {
        writeln!(out, "<h2>Layers</h2>\n<div class=\"scroll\"><table>")?;
        writeln!(
            out,
            "<thead><tr><th>layer</th><th>matches</th><th>without being asked for</th></tr></thead>\n<tbody>"
        )?;
        site.layers.iter().try_for_each(|each| layer(&mut out, each))?;
        writeln!(out, "</tbody>\n</table></div>")?;
    }
    writeln!(out, "<script src=\"search.js\"></script>")?;
    page::end(&mut out)?;
    Ok(out)
}

/// What a search may ask for and no column shows: ids as others print them.
fn ids(matches: &[String]) -> String {
    let mut ids = Vec::new();
    for each in matches {
        let mut numbers = each.split("0x").skip(1).filter_map(|rest| rest.get(..4));
        if let (Some(vendor), Some(device)) = (numbers.next(), numbers.next()) {
            ids.push(format!("{vendor}:{device}"));
        }
    }
    ids.join(" ")
}

fn row(out: &mut String, device: &DevicePage) -> fmt::Result {
    let DevicePage { file, name, title, pasid, matches, .. } = device;
    writeln!(
        out,
        "<tr data-ids=\"{}\"><td><a href=\"device/{file}.html\">{}</a><br><code>{}</code></td><td>{}</td><td data-what=\"PASID: \">{}</td></tr>",
        escape(&ids(matches)),
        escape(title),
        escape(name),
        codes(matches),
        escape(pasid)
    )
}

fn layer(out: &mut String, layer: &LayerLine) -> fmt::Result {
    let LayerLine { name, source, matches, default_on } = layer;
    let on = if *default_on { "on" } else { "off" };
    writeln!(
        out,
        "<tr><td><code>{}</code><br><small>{}</small></td><td>{}</td><td>{on}</td></tr>",
        escape(name),
        escape(source),
        codes(matches)
    )
}

/// At most a few; the page of the device has them all.
fn codes(matches: &[String]) -> String {
    const MOST: usize = 3;
    let code = |text: &String| format!("<code>{}</code>", escape(text));
    let mut codes: Vec<String> = matches.iter().take(MOST).map(code).collect();
    if let Some(more) = matches.len().checked_sub(MOST).filter(|more| *more != 0) {
        codes.push(format!("and {more} more"));
    }
    codes.join("<br>")
}
