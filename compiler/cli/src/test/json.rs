//! Results as JSON, in the shape that `docs/test-json.md` fixes.

use quirk_compiler::Compilation;
use quirk_compiler::diagnostic::json::{Finding, findings};
use serde::Serialize;

use super::report::{self, Report};
use crate::failure::Failure as Problem;

/// The version of the shape.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Run<'r> {
    version: u32,
    passed: usize,
    failed: usize,
    left_out: usize,
    diagnostics: Vec<Finding>,
    tests: Vec<Test<'r>>,
}

#[derive(Serialize)]
struct Test<'r> {
    file: &'r str,
    line: u32,
    title: &'r str,
    passed: bool,
    failures: Vec<Failure<'r>>,
}

/// Lines and columns count from 1, columns in characters; the end is after the last character.
#[derive(Serialize)]
struct Failure<'r> {
    file: &'r str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    expected: &'r str,
    found: &'r str,
    offset: Option<u16>,
    map: Vec<String>,
}

/// All results as one object; with errors in the descriptions, these and no result.
pub(super) fn render(compilation: &Compilation, reports: &[Report], left_out: usize) -> Result<String, Problem> {
    let failed = reports.iter().filter(|report| !report.passed()).count();
    let run = Run {
        version: VERSION,
        passed: reports.len() - failed,
        failed,
        left_out,
        diagnostics: findings(compilation.diagnostics(), compilation.sources()),
        tests: reports.iter().map(test).collect(),
    };
    serde_json::to_string_pretty(&run).map(|text| text + "\n").map_err(Problem::new)
}

fn test(report: &Report) -> Test<'_> {
    let Report { file, line, title, failures } = report;
    Test { file, line: *line, title, passed: report.passed(), failures: failures.iter().map(failure).collect() }
}

fn failure(failure: &report::Failure) -> Failure<'_> {
    let map = failure.map.as_ref().map_or_else(String::new, ToString::to_string);
    Failure {
        file: &failure.file,
        line: failure.start.line,
        column: failure.start.column,
        end_line: failure.end.line,
        end_column: failure.end.column,
        expected: &failure.expected,
        found: &failure.found,
        offset: failure.offset,
        map: map.lines().map(str::to_owned).collect(),
    }
}
