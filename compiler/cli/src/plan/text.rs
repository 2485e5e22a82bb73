//! The report as text: candidates with verdicts and reasons, the list before and after, and a map.

use std::fmt::{self, Write};

use anstyle::{AnsiColor, Style};
use quirk_map::{Coloured, Map};

use super::report::{Candidate, Capability, Layer, Mirror, Report};

const HEADING: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default();

/// Writes one report; colours are taken out later where nobody can see them.
pub(super) fn write(out: &mut String, report: &Report, map: &Map) -> fmt::Result {
    head(out, report)?;
    heading(out, "candidates")?;
    for candidate in &report.candidates {
        write_candidate(out, candidate)?;
    }
    left_out(out, report.candidates_left_out)?;
    if !report.conventional.is_empty() {
        heading(out, "capabilities")?;
        for capability in &report.conventional {
            writeln!(out, "  {}", column(Some(capability)).trim_end())?;
        }
    }
    chain(out, report)?;
    if !report.hidden.is_empty() || !report.hidden_conventional.is_empty() {
        heading(out, "hidden by vfio-pci, their bytes still reach the device")?;
        for capability in report.hidden_conventional.iter().chain(&report.hidden) {
            writeln!(out, "  {}", column(Some(capability)).trim_end())?;
        }
    }
    if !report.findings.is_empty() {
        heading(out, "findings")?;
        for finding in &report.findings {
            writeln!(out, "  {}: {}", finding.code, finding.message)?;
        }
        left_out(out, report.findings_left_out)?;
    }
    heading(out, "map")?;
    for line in Coloured(map).to_string().lines() {
        writeln!(out, "  {line}")?;
    }
    if let Some(way_out) = &report.way_out {
        heading(out, "way out")?;
        writeln!(out, "  {}", way_out.message)?;
        for line in way_out.stub.iter().flat_map(|stub| stub.lines()) {
            writeln!(out, "{}", format_args!("    {line}").to_string().trim_end())?;
        }
    }
    if report.is_unknown() {
        writeln!(out, "\nnothing describes this function: `quirkc import` drafts a description of it")?;
    }
    Ok(())
}

fn heading(out: &mut String, title: &str) -> fmt::Result {
    writeln!(out, "\n{HEADING}{title}{HEADING:#}")
}

fn left_out(out: &mut String, count: usize) -> fmt::Result {
    if count == 0 { Ok(()) } else { writeln!(out, "  and {count} more") }
}

fn head(out: &mut String, report: &Report) -> fmt::Result {
    let function = &report.function;
    let description = if function.description.is_empty() {
        function.product.as_deref().unwrap_or_default()
    } else {
        &function.description
    };
    let name = [function.address.as_deref().unwrap_or_default(), description].join(" ");
    let (vendor, device, size, view) = (function.vendor, function.device, function.size, report.view);
    let name = if name.trim().is_empty() { "function" } else { name.trim() };
    write!(out, "{HEADING}{name}{HEADING:#}\n{vendor:04x}:{device:04x}, {size} bytes, view {view}")?;
    match report.seen {
        "dump" => writeln!(out)?,
        seen => writeln!(out, ", read through {seen}")?,
    }
    match &report.host {
        Some(host) => writeln!(out, "host PASID {}", width(host.width, host.execute, host.privileged))?,
        None => writeln!(out, "host PASID none (`--pasid WIDTH` says what the host has)")?,
    }
    if let Some(width) = report.viommu_width {
        writeln!(out, "vIOMMU PASID width {width}")?;
    }
    if let Some(device) = &report.device {
        writeln!(out, "described as `{}`: {} ({})", device.name, device.title, device.source)?;
    }
    if let Some(near) = &report.near_miss {
        writeln!(out, "{}", near.message)?;
    }
    for Layer { name, source, message, .. } in &report.layers {
        match message {
            None => writeln!(out, "layer `{name}` ({source})")?,
            Some(message) => writeln!(out, "layer `{name}` ({source}) {BAD}not applied{BAD:#}: {message}")?,
        }
    }
    for Mirror { bar, offset, length, config } in &report.mirrors {
        writeln!(out, "BAR {bar} shows {length:#x} bytes from {config:#x} at {offset:#x}; the VMM must trap that")?;
    }
    match (&report.placement, &report.granted) {
        (Some(at), Some(granted)) => {
            let granted = width(granted.width, granted.execute, granted.privileged);
            writeln!(out, "{GOOD}PASID at {:#05x}{GOOD:#} ({}), {granted}", at.offset, at.source)
        }
        _ => writeln!(out, "{BAD}no PASID{BAD:#}"),
    }
}

fn width(width: u8, execute: bool, privileged: bool) -> String {
    let permissions = match (execute, privileged) {
        (false, false) => "",
        (true, false) => ", execute",
        (false, true) => ", privileged",
        (true, true) => ", execute, privileged",
    };
    format!("width {width}{permissions}")
}

fn write_candidate(out: &mut String, candidate: &Candidate) -> fmt::Result {
    let style = match candidate.verdict {
        "chosen" => GOOD,
        "refused" => BAD,
        _ => DIM,
    };
    let offset = candidate.offset.map_or_else(|| "-".to_owned(), |offset| format!("{offset:#05x}"));
    let Candidate { source, verdict, reason, message, .. } = candidate;
    writeln!(out, "  {source:<8}  {offset:<6}  {style}{verdict:<7}{style:#}  {reason}: {message}")
}

/// Both lists side by side, each in the order in which a walk reaches its capabilities.
fn chain(out: &mut String, report: &Report) -> fmt::Result {
    heading(out, "extended capabilities")?;
    if report.chain_before.is_empty() && report.chain.is_empty() {
        return writeln!(out, "  none");
    }
    writeln!(out, "  {:<31}  after", "before")?;
    let (mut before, mut after) = (&report.chain_before[..], &report.chain[..]);
    loop {
        let is_kept = |capability: &Capability| after.iter().any(|other| other.offset == capability.offset);
        let (left, right) = match (before.first(), after.first()) {
            (None, None) => return Ok(()),
            (Some(left), Some(right)) if left.offset == right.offset => (Some(left), Some(right)),
            (Some(left), _) if !is_kept(left) => (Some(left), None),
            (left, None) => (left, None),
            (_, right) => (None, right),
        };
        before = &before[usize::from(left.is_some())..];
        after = &after[usize::from(right.is_some())..];
        let style = if left == right { Style::new() } else { GOOD };
        writeln!(out, "  {}  {style}{}{style:#}", column(left), column(right).trim_end())?;
    }
}

fn column(capability: Option<&Capability>) -> String {
    let text = capability.map_or_else(String::new, |capability| {
        let Capability { id, name, offset, length, .. } = capability;
        let mut text = format!("{offset:#05x}  {id:#04x} ");
        // Writing to a string cannot fail.
        let _ = write!(text, "{:<12} {length:>4}", name.unwrap_or("unknown"));
        text
    });
    format!("{text:<31}")
}
