//! The report for people.

use std::fmt::{self, Write};

use anstyle::{AnsiColor, Style};

use super::report::{Because, Function, Layer, Report};

const HEADING: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const MAYBE: Style = AnsiColor::Yellow.on_default();

/// The whole text; colours are taken out later where nobody can see them.
pub(super) fn text(report: &Report) -> Result<String, fmt::Error> {
    let mut out = String::new();
    for (at, function) in report.functions.iter().enumerate() {
        if at != 0 {
            out.push('\n');
        }
        write(&mut out, function)?;
    }
    Ok(out)
}

fn write(out: &mut String, function: &Function) -> fmt::Result {
    let name = [function.address.as_deref().unwrap_or_default(), &function.description].join(" ");
    if !name.trim().is_empty() {
        writeln!(out, "{HEADING}{}{HEADING:#}", name.trim())?;
    }
    write!(out, "{HEADING}{:04x}:{:04x}{HEADING:#}", function.vendor, function.device)?;
    if let (Some(vendor), Some(device)) = (function.subsystem_vendor, function.subsystem_device) {
        write!(out, ", subsystem {vendor:04x}:{device:04x}")?;
    }
    if let Some(revision) = function.revision {
        write!(out, ", revision {revision:02x}")?;
    }
    if let Some(class) = function.class {
        write!(out, ", class {class:06x}")?;
    }
    writeln!(out, ", function {}", function.kind)?;
    if function.entries.is_empty() {
        writeln!(out, "{BAD}no description is for these ids{BAD:#}")?;
    }
    for entry in &function.entries {
        let (style, word) = look(entry.verdict);
        writeln!(out, "  {style}{word:7}{style:#} `{}`: {} ({})", entry.name, entry.title, entry.source)?;
        writeln!(out, "          {DIM}match {}{DIM:#}", entry.r#match)?;
        reasons(out, &entry.because)?;
    }
    if function.layers.is_empty() {
        return Ok(());
    }
    writeln!(out, "{HEADING}layers{HEADING:#}, the least specific first")?;
    for layer in &function.layers {
        let (style, word) = if layer.verdict == "applies" { state(layer) } else { look(layer.verdict) };
        writeln!(out, "  {style}{word:7}{style:#} `{}` ({})", layer.name, layer.source)?;
        writeln!(out, "          {DIM}match {}{DIM:#}", layer.r#match)?;
        reasons(out, &layer.because)?;
        if word == "off" {
            let values = if layer.has_params { ":PARAM=VALUE" } else { "" };
            writeln!(out, "          `--layer {}{values}` switches it on", layer.name)?;
        }
    }
    Ok(())
}

fn look(verdict: &'static str) -> (Style, &'static str) {
    match verdict {
        "applies" => (GOOD, verdict),
        "open" => (MAYBE, verdict),
        "fails" => (BAD, verdict),
        _ => (DIM, verdict),
    }
}

fn state(layer: &Layer) -> (Style, &'static str) {
    if layer.default_on && !layer.has_params { (GOOD, "on") } else { (DIM, "off") }
}

fn reasons(out: &mut String, because: &[Because]) -> fmt::Result {
    for Because { condition, message } in because {
        writeln!(out, "          {condition}: {message}")?;
    }
    Ok(())
}
