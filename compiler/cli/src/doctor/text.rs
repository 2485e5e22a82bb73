//! The report as text: a line for each check, below it the bits that were looked at and what helps.

use std::fmt::{self, Write};

use anstyle::{AnsiColor, Style};

use super::check::{Check, Register, State};
use super::checks;
use super::report::Report;
use super::verdict::Verdicts;

const HEADING: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// Writes one report.
pub(super) fn write(out: &mut String, report: &Report) -> fmt::Result {
    let function = &report.function;
    let name = [function.address.as_deref().unwrap_or_default(), &function.description].join(" ");
    let name = if name.trim().is_empty() { "function" } else { name.trim() };
    let (vendor, device) = (function.vendor, function.device);
    writeln!(out, "{HEADING}{name}{HEADING:#}\n{vendor:04x}:{device:04x}, read from {}", report.seen)?;
    // Of a function that does not answer one line says all.
    let is_gone = report.checks.first().is_some_and(|check| check.code == checks::GONE);
    for check in report.checks.iter().take(if is_gone { 1 } else { usize::MAX }) {
        write_check(out, check)?;
    }
    if is_gone {
        writeln!(out, "  {:<7}  everything else", State::Unknown.name())?;
    }
    let verdict = match (report.problems, report.unknown) {
        (0, 0) => "nothing stands in the way".to_owned(),
        (0, unknown) => format!("nothing is known to stand in the way; {unknown} not known"),
        (problems, unknown) => format!("{problems} stand in the way; {unknown} not known"),
    };
    let Verdicts { pasid, ats, pri } = report.guest;
    let (pasid, ats, pri) = (pasid.name(), ats.name(), pri.name());
    writeln!(out, "\n{HEADING}{verdict}{HEADING:#}")?;
    writeln!(out, "enabled by the guest's kernel in what it is shown: PASID {pasid}, ATS {ats}, PRI {pri}")
}

fn write_check(out: &mut String, check: &Check) -> fmt::Result {
    let style = match check.state {
        State::Ok => AnsiColor::Green.on_default(),
        State::Problem => AnsiColor::Red.on_default(),
        State::Unknown => AnsiColor::Yellow.on_default(),
    };
    let (state, code) = (check.state.name(), check.code);
    let whose = check.function.as_deref().map(|function| format!("{function}: ")).unwrap_or_default();
    writeln!(out, "  {style}{state:<7}{style:#}  {code:<17}  {whose}{}", check.message)?;
    if let Some(Register { name, offset, first_bit, last_bit, value }) = &check.register {
        let bits =
            if first_bit == last_bit { format!("bit {first_bit}") } else { format!("bits {last_bit}:{first_bit}") };
        writeln!(out, "  {DIM}{:<28}{name} at {offset:#05x}, {bits}: {value:#x}{DIM:#}", "")?;
    }
    // What is well needs no help.
    if check.state == State::Ok {
        return Ok(());
    }
    if let Some(cure) = &check.cure {
        let change = check.change.map_or(String::new(), |change| format!(" ({})", change.name()));
        writeln!(out, "{:<30}help{change}: {cure}", "")?;
    }
    for line in check.layer.iter().flat_map(|layer| layer.lines()) {
        writeln!(out, "{:<30}  {line}", "")?;
    }
    Ok(())
}
