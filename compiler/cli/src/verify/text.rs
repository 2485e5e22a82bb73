//! The comparison for people.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write};

use anstyle::{AnsiColor, Style};

use super::probed::{Bytes, Passed, Probe};
use super::report::{Folder, Function, Report, Said, Table};
use crate::report::count;

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
        many => format!(", {WARNING}{}{WARNING:#}", count(many, "warning")),
    };
    match report.errors {
        0 => writeln!(out, "{GOOD}all agrees{GOOD:#}{warnings}")?,
        many => writeln!(out, "{BAD}{}{BAD:#}{warnings}", count(many, "error"))?,
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
        write!(out, " `{entry}` ({source}), {}", count(*capabilities, "capability"))?;
        if *free != 0 {
            write!(out, ", {}", count(*free, "free byte"))?;
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
    let Folder { folder, described, lists_described, .. } = each;
    writeln!(
        out,
        "{HEADING}{folder}{HEADING:#}: {} ({} passed over); {described} of {} and {lists_described} of {} are described by {}",
        count(each.files, "file"),
        each.passed_over,
        count(each.functions, "function"),
        count(each.lists, "list"),
        count(each.entries, "entry"),
    )?;
    let differ = if each.differ == 1 { "differs" } else { "differ" };
    let have = if each.warned == 1 { "has" } else { "have" };
    writeln!(
        out,
        "  {} and {} compared; {} {differ}, {} {have} warnings",
        count(each.capabilities, "capability"),
        count(each.free, "free byte"),
        count(each.differ, "record"),
        each.warned
    )?;
    for (rule, (times, records)) in warnings {
        let (times, records) = (count(times, "warning"), count(records, "record"));
        writeln!(out, "  {WARNING}{times}{WARNING:#}[{rule}] on {records}; `--format json` lists them")?;
    }
    said(out, &each.findings)
}

fn table(out: &mut String, each: &Table) -> fmt::Result {
    let (rows, facts) = (each.compared.len(), each.compared.iter().map(|row| row.facts).sum::<usize>());
    writeln!(
        out,
        "{HEADING}{}{HEADING:#}: {} with entries, {}",
        each.file,
        count(rows, "comparison"),
        count(facts, "fact")
    )?;
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
