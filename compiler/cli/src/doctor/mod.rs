//! `quirkc doctor`: why PASID, ATS or PRI would not come up in a Linux guest, and what helps.

mod about;
mod above;
mod args;
mod check;
mod checks;
mod example;
mod find;
mod patient;
mod report;
mod shown;
mod text;
mod verdict;
mod viommu;
mod vmm;

use std::process::ExitCode;

pub(crate) use about::About;
pub(crate) use args::Args;
use args::Format;
use patient::Patient;
use report::Report;

use crate::failure::Failure;
use crate::output::{self, print};
use crate::subject::tell;

/// The check of a code.
pub(crate) fn check(code: &str) -> Option<&'static About> {
    checks::ABOUT.iter().copied().find(|about| about.code == code)
}

/// Checks each function, and prints what was found.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    if args.checks {
        let listed = if args.format == Format::Json { example::json()? } else { example::text() };
        return print(&listed).map(|()| ExitCode::SUCCESS);
    }
    args.check()?;
    let (subjects, dump) = args.subjects()?;
    let descriptions = args.setting.policy.descriptions()?;
    let databases = descriptions.databases()?;
    let report = |subject| Ok(Report::new(&Patient::new(subject, &dump, args, &databases)?, args));
    let reports = subjects.iter().map(report).collect::<Result<Vec<_>, Failure>>()?;
    tell(&subjects);
    print(&match args.format {
        Format::Json => json(&reports)?,
        Format::Text => text(&reports)?,
    })?;
    let has_problem = reports.iter().any(|report| report.problems > 0);
    Ok(ExitCode::from(u8::from(has_problem)))
}

fn json(reports: &[Report]) -> Result<String, Failure> {
    if let [report] = reports { output::json(report) } else { output::json(&reports) }
}

fn text(reports: &[Report]) -> Result<String, Failure> {
    let mut out = String::new();
    for (at, report) in reports.iter().enumerate() {
        out += if at == 0 { "" } else { "\n\n" };
        text::write(&mut out, report).map_err(Failure::new)?;
    }
    Ok(out)
}
