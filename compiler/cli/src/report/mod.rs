//! Findings in the formats that people, editors and CI systems read. Each is the same for the same findings, byte for byte.

mod github;
mod gitlab;
pub(crate) mod json;
pub(crate) mod junit;
mod rest;
mod sarif;
mod statistics;

use std::fmt::Write;

use miette::{GraphicalReportHandler, GraphicalTheme};
use quirk_compiler::diagnostic::{Concise, Diagnostic, Rendered, Severity};
use quirk_compiler::{Compilation, Place, Position, Sources};
pub(crate) use statistics::statistics;

use crate::failure::Failure;

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
        Format::Json => json::report(compilation),
        Format::Github => Ok(github::report(compilation)),
        Format::Sarif => sarif::report(compilation),
        Format::Gitlab => gitlab::report(compilation),
        Format::Junit => Ok(junit::report(compilation, denied)),
    }
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

/// `1 file`, `2 files`
pub(crate) fn count(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Where a place begins and where it ends, the end behind the last character.
fn bounds(place: Place, sources: &Sources) -> (Position, Position) {
    let source = sources.get(place.file);
    (source.position(place.span.start), source.position(place.span.end))
}

/// The path of a file, without a leading `./`.
fn path(place: Place, sources: &Sources) -> String {
    let name = sources.get(place.file).name();
    name.strip_prefix("./").map_or_else(|| name.clone(), str::to_owned)
}

/// The message and the way out, for formats that have one field for both.
fn message_with_help(found: &Diagnostic) -> String {
    match &found.help {
        Some(help) => format!("{}\nhelp: {help}", found.message),
        None => found.message.clone(),
    }
}

/// A name for each finding that stays when lines before it come or go: made from the rule, the file and the message, and
/// from how many like it stand before it.
fn fingerprints(compilation: &Compilation) -> Vec<String> {
    let sources = compilation.sources();
    let mut seen = std::collections::BTreeMap::new();
    let fingerprint = |found: &Diagnostic| {
        let key = format!("{}\0{}\0{}", found.rule.code(), path(found.primary.place, sources), found.message);
        let nth: &mut u32 = seen.entry(key.clone()).or_default();
        *nth += 1;
        format!("{:016x}", fnv1a(format!("{key}\0{nth}").as_bytes()))
    };
    compilation.diagnostics().iter().map(fingerprint).collect()
}

/// FNV-1a: the same on every machine and with every compiler, which the standard library's hasher does not promise.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::fnv1a;

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(fnv1a(b""), 0xcbf29ce484222325);
        assert_eq!(fnv1a(b"a"), 0xaf63dc4c8601ec8c);
        assert_eq!(fnv1a(b"foobar"), 0x85944171f73967e8);
    }
}
