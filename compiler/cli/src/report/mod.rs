//! Findings in the formats that people, editors and CI systems read. Each is the same for the same findings, byte for byte.

mod github;
mod gitlab;
pub(crate) mod junit;
mod part;
mod rest;
mod sarif;
mod statistics;

use std::fmt::Write;

use miette::{GraphicalReportHandler, GraphicalTheme};
pub(crate) use part::count;
use quirk_compiler::Compilation;
use quirk_compiler::diagnostic::{Concise, Rendered, Severity, json};
pub(crate) use statistics::statistics;

use crate::failure::Failure;
use crate::output;

/// How findings are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Findings with the text that they are about
    Full,
    /// A line for each finding, and lines for the other places and the way out
    Concise,
    /// One object; see docs/check-json.md
    Json,
    /// Annotations of GitHub Actions
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Code Quality of GitLab
    Gitlab,
    /// Tests as `JUnit` XML, one for each file without findings and one for each finding
    Junit,
}

impl Format {
    /// Whether a person reads it.
    pub(crate) fn is_for_people(self) -> bool {
        matches!(self, Self::Full | Self::Concise)
    }
}

/// How many findings of a file are drawn unless all are asked for: a person mends some before reading more.
const MOST: usize = 100;

/// The findings in a format. `denied` says whether warnings count as failures.
pub(crate) fn render(compilation: &Compilation, format: Format, denied: bool) -> Result<String, Failure> {
    match format {
        Format::Full => full(compilation, MOST),
        Format::Concise => Ok(concise(compilation)),
        Format::Json => json(compilation),
        Format::Github => Ok(github::report(compilation)),
        Format::Sarif => sarif::report(compilation),
        Format::Gitlab => gitlab::report(compilation),
        Format::Junit => Ok(junit::report(compilation, denied)),
    }
}

/// All findings as one object, in the shape that `docs/check-json.md` fixes.
fn json(compilation: &Compilation) -> Result<String, Failure> {
    let report = json::Report::new(compilation.diagnostics(), compilation.sources());
    output::json(&report)
}

/// All findings with the text that they are about.
pub(crate) fn all(compilation: &Compilation) -> Result<String, Failure> {
    full(compilation, usize::MAX)
}

fn full(compilation: &Compilation, most: usize) -> Result<String, Failure> {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode()).with_width(100).with_links(false);
    let sources = compilation.sources();
    let mut text = String::new();
    for of_file in compilation.diagnostics().chunk_by(|a, b| a.primary.place.file == b.primary.place.file) {
        let (shown, rest) = of_file.split_at(most.min(of_file.len()));
        for found in shown {
            let drawn = handler.render_report(&mut text, &Rendered::new(found, sources));
            drawn.map_err(|_| Failure::new("a finding cannot be drawn"))?;
            text.push('\n');
        }
        text.push_str(&rest::rest(rest, sources));
    }
    Ok(text)
}

fn concise(compilation: &Compilation) -> String {
    let sources = compilation.sources();
    compilation.diagnostics().iter().fold(String::new(), |mut text, diagnostic| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", Concise { diagnostic, sources });
        text
    })
}

/// `2 errors and 1 warning in 3 files`
pub(crate) fn summary(compilation: &Compilation) -> String {
    let warnings = compilation.diagnostics().iter().filter(|found| found.severity == Severity::Warning).count();
    let files = count(compilation.sources().iter().count(), "file");
    match (compilation.errors(), warnings) {
        (0, 0) => format!("no findings in {files}\n"),
        (0, warnings) => format!("{} in {files}\n", count(warnings, "warning")),
        (errors, 0) => format!("{} in {files}\n", count(errors, "error")),
        (errors, warnings) => format!("{} and {} in {files}\n", count(errors, "error"), count(warnings, "warning")),
    }
}

/// Whether something that was asked for could not be read.
pub(crate) fn is_unreadable(compilation: &Compilation) -> bool {
    compilation.diagnostics().iter().any(|found| found.rule.code / 100 == 9)
}
