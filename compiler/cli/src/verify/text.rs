//! The comparison for people.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write};

use anstyle::{AnsiColor, Style};

use super::probed::{Bytes, Passed, Probe};
use super::report::{Folder, Function, Report, Said, Table};

const HEADING: Style = Style::new().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default();

/// The whole text; colours are taken out later where nobody can see them.
pub(super) fn text(report: &Report) -> Result<String, fmt::Error> {
    let mut out = String::new();
    for each in &report.functions {
        function(&mut out, each)?;
    }
    for each in &report.corpora {
        folder(&mut out, each)?;
    }
    for each in &report.facts {
        table(&mut out, each)?;
    }
    let warnings = match report.warnings {
        0 => String::new(),
        1 => format!(", {WARNING}1 warning{WARNING:#}"),
        many => format!(", {WARNING}{many} warnings{WARNING:#}"),
    };
    match report.errors {
        0 => writeln!(out, "{GOOD}all agrees{GOOD:#}{warnings}")?,
        1 => writeln!(out, "{BAD}1 error{BAD:#}{warnings}")?,
        many => writeln!(out, "{BAD}{many} errors{BAD:#}{warnings}")?,
    }
    Ok(out)
}

fn said(out: &mut String, findings: &[Said]) -> fmt::Result {
    for Said { rule, level, message, .. } in findings {
        let (style, word) = if *level == "error" { (BAD, "error") } else { (WARNING, "warning") };
        writeln!(out, "  {style}{word}{style:#}[{rule}]: {message}")?;
    }
    Ok(())
}

fn function(out: &mut String, each: &Function) -> fmt::Result {
    let Function { origin, vendor, device, entry, source, capabilities, free, probe, findings } = each;
    write!(out, "{HEADING}{origin}{HEADING:#}: {vendor:04x}:{device:04x}")?;
    if let (Some(entry), Some(source)) = (entry, source) {
        write!(out, " `{entry}` ({source}), {capabilities} capabilities")?;
        if *free != 0 {
            write!(out, ", {free} free bytes")?;
        }
    }
    writeln!(out)?;
    if let Some(Probe { hardwired, written, passed_over, .. }) = probe {
        let bytes: usize = written.iter().map(Bytes::length).sum();
        writeln!(out, "  {bytes} free bytes were written, {hardwired} of them read 0 whatever is written")?;
        for Passed { bytes: Bytes { start, end }, why } in passed_over {
            writeln!(out, "  {start:#05x}..{end:#05x} was passed over: {why}")?;
        }
    }
    said(out, findings)
}

fn folder(out: &mut String, each: &Folder) -> fmt::Result {
    let mut warnings: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for record in &each.records {
        let rules: Vec<&str> =
            record.findings.iter().filter(|said| said.level != "error").map(|said| said.rule).collect();
        for rule in &rules {
            warnings.entry(rule).or_default().0 += 1;
        }
        for rule in rules.iter().collect::<BTreeSet<_>>() {
            warnings.entry(rule).or_default().1 += 1;
        }
    }
    // Of warnings there are many, and another format lists them.
    for record in each.records.iter().filter(|record| record.findings.iter().any(|said| said.level == "error")) {
        let (origin, entry, source) = (&record.origin, &record.entry, &record.source);
        let (vendor, device) = (record.vendor, record.device);
        writeln!(out, "{HEADING}{origin}{HEADING:#}: {vendor:04x}:{device:04x} `{entry}` ({source})")?;
        said(out, &record.findings)?;
    }
    let Folder { folder, files, functions, described, lists, lists_described, entries, capabilities, free, .. } = each;
    writeln!(
        out,
        "{HEADING}{folder}{HEADING:#}: {files} files ({} passed over); {described} of {functions} functions and \
         {lists_described} of {lists} lists are described by {entries} entries",
        each.passed_over
    )?;
    writeln!(
        out,
        "  {capabilities} capabilities and {free} free bytes compared; {} records differ, {} have warnings",
        each.differ, each.warned
    )?;
    for (rule, (count, records)) in warnings {
        let (s, of) = (if count == 1 { "" } else { "s" }, if records == 1 { "" } else { "s" });
        writeln!(
            out,
            "  {WARNING}{count} warning{s}{WARNING:#}[{rule}] on {records} record{of}; `--format json` lists them"
        )?;
    }
    said(out, &each.findings)
}

fn table(out: &mut String, each: &Table) -> fmt::Result {
    let (rows, facts) = (each.compared.len(), each.compared.iter().map(|row| row.facts).sum::<usize>());
    writeln!(out, "{HEADING}{}{HEADING:#}: {rows} comparisons with entries, {facts} facts", each.file)?;
    said(out, &each.findings)?;
    for row in each.compared.iter().filter(|row| !row.findings.is_empty()) {
        let entry = match (&row.entry, &row.source) {
            (Some(entry), Some(source)) => format!("`{entry}` ({source})"),
            _ => format!("`{}`", row.subject),
        };
        writeln!(out, "  {entry}")?;
        for Said { rule, level, message, .. } in &row.findings {
            let (style, word) = if *level == "error" { (BAD, "error") } else { (WARNING, "warning") };
            writeln!(out, "    {style}{word}{style:#}[{rule}]: {message}")?;
        }
    }
    Ok(())
}
