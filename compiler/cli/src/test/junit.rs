//! Results as `JUnit` XML: a suite for each file, a case for each test.

use std::fmt::{self, Write};

use super::report::{Failure, Report};
use crate::report::junit::escaped;

/// All results.
pub(super) fn render(reports: &[Report]) -> String {
    let mut suites = String::new();
    for suite in reports.chunk_by(|a, b| a.file == b.file) {
        // Writing to a string cannot fail.
        let _ = write_suite(&mut suites, suite);
    }
    let (tests, failures) = (reports.len(), failed(reports));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"quirkc test\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">\n{suites}</testsuites>\n"
    )
}

fn failed(reports: &[Report]) -> usize {
    reports.iter().filter(|report| !report.passed()).count()
}

fn write_suite(out: &mut String, reports: &[Report]) -> fmt::Result {
    let file = reports.first().map_or_else(String::new, |report| escaped(&report.file));
    let (tests, failures) = (reports.len(), failed(reports));
    writeln!(
        out,
        "  <testsuite name=\"{file}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\">"
    )?;
    for report in reports {
        let (name, line) = (escaped(&report.title), report.line);
        write!(out, "    <testcase classname=\"{file}\" name=\"{name}\" file=\"{file}\" line=\"{line}\"")?;
        // The schema has one failure for a test; the others stand in its text.
        let Some(first) = report.failures.first() else {
            writeln!(out, "/>")?;
            continue;
        };
        let message = escaped(&sentence(first));
        let text: Vec<String> =
            report.failures.iter().map(|failure| format!("{}: {}", failure.place(), sentence(failure))).collect();
        writeln!(out, ">")?;
        writeln!(out, "      <failure type=\"expect\" message=\"{message}\">{}</failure>", escaped(&text.join("\n")))?;
        writeln!(out, "    </testcase>")?;
    }
    writeln!(out, "  </testsuite>")
}

fn sentence(failure: &Failure) -> String {
    format!("expected {}, found {}", failure.expected, failure.found)
}
