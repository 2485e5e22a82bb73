//! Results as text: a line for each test, then what failed, with the place in the text and in configuration space.

use std::fmt::{self, Write};

use anstyle::{AnsiColor, Style};
use quirk_map::Coloured;

use super::report::{Failure, Report};
use crate::report::count;

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();
const HEADING: Style = Style::new().bold();

/// What was printed so far.
#[derive(Default)]
pub(super) struct Progress {
    file: String,
}

impl Progress {
    /// The line of a test that ended, after that of its file if it is the first there.
    pub(super) fn line(&mut self, report: &Report) -> String {
        let mut text = String::new();
        if self.file != report.file {
            self.file.clone_from(&report.file);
            text += &format!("{HEADING}{}{HEADING:#}\n", report.file);
        }
        text + &verdict(report)
    }
}

fn verdict(report: &Report) -> String {
    let (style, word) = if report.passed() { (GOOD, "ok  ") } else { (BAD, "FAIL") };
    format!("  {style}{word}{style:#}  {}\n", report.title)
}

/// What failed, and how many passed.
pub(super) fn summary(reports: &[Report], left_out: usize) -> String {
    let mut text = String::new();
    for report in reports.iter().filter(|report| !report.passed()) {
        // Writing to a string cannot fail.
        let _ = failed(&mut text, report);
    }
    let failed = reports.iter().filter(|report| !report.passed()).count();
    let (passed, style) = (reports.len() - failed, if failed == 0 { GOOD } else { BAD });
    let left_out = if left_out == 0 { String::new() } else { format!(", {left_out} left out") };
    let tests = count(reports.len(), "test");
    text + &format!("\n{style}{tests}: {passed} passed, {failed} failed{left_out}{style:#}\n")
}

fn failed(out: &mut String, report: &Report) -> fmt::Result {
    writeln!(out, "\n{BAD}FAIL{BAD:#}  {HEADING}{}{HEADING:#}", report.title)?;
    report.failures.iter().try_for_each(|failure| write_failure(out, failure))
}

fn write_failure(out: &mut String, failure: &Failure) -> fmt::Result {
    writeln!(out, "  {}", failure.place())?;
    for line in failure.statement.lines() {
        writeln!(out, "      {}", line.trim())?;
    }
    writeln!(out, "    expected  {GOOD}{}{GOOD:#}", failure.expected)?;
    writeln!(out, "    found     {BAD}{}{BAD:#}", failure.found)?;
    if let Some(map) = &failure.map {
        Coloured(map).to_string().lines().try_for_each(|line| writeln!(out, "      {line}"))?;
    }
    Ok(())
}
