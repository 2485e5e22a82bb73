//! The changes for people.

use std::fmt::{self, Write};

use anstyle::{AnsiColor, Style};

use super::report::{Entry, Report};
use crate::report::count;

const HEADING: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const BAD: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default();

/// The whole text; colours are taken out later where nobody can see them.
pub(super) fn text(report: &Report) -> Result<String, fmt::Error> {
    let mut out = String::new();
    let (breaking, other): (Vec<_>, Vec<_>) = report.changes.iter().partition(|entry| entry.level != "none");
    for entry in &breaking {
        let (style, word) = if entry.level == "error" { (BAD, "breaking") } else { (WARNING, "warning") };
        let rule = entry.rule.unwrap_or_default();
        write!(out, "{style}{word}{style:#}[{rule}]: {} `{}`: {}", entry.kind, entry.name, entry.message)?;
        writeln!(out, "{}", place(entry))?;
        if let Some(breaks) = entry.breaks {
            writeln!(out, "  {DIM}{breaks}{DIM:#}")?;
        }
    }
    if !breaking.is_empty() && !other.is_empty() {
        writeln!(out)?;
    }
    let mut last = None;
    for entry in &other {
        let item = (entry.kind, entry.name.as_str());
        if last != Some(item) {
            writeln!(out, "{HEADING}{} `{}`{HEADING:#} {}{}", entry.kind, entry.name, entry.change, place(entry))?;
            last = Some(item);
        }
        if entry.change == "changed" {
            writeln!(out, "  {}", entry.message)?;
        }
    }
    match (report.breaking, report.changes.len()) {
        (_, 0) => writeln!(out, "{GOOD}no change{GOOD:#}")?,
        (0, 1) => writeln!(out, "\n1 change, which breaks nobody")?,
        (0, all) => writeln!(out, "\n{all} changes, none breaks anybody")?,
        (breaking, all) => writeln!(out, "\n{}, {BAD}{breaking} breaking{BAD:#}", count(all, "change"))?,
    }
    Ok(out)
}

fn place(entry: &Entry) -> String {
    if entry.source.is_empty() { String::new() } else { format!(" ({})", entry.source) }
}
