//! Findings as a Code Quality report of GitLab.

use quirk_compiler::Compilation;
use quirk_compiler::diagnostic::Severity;
use serde::Serialize;

use super::part::{bounds, fingerprints, message_with_help, path};
use crate::failure::Failure;
use crate::output;

#[derive(Serialize)]
struct Issue {
    check_name: String,
    description: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// All findings as one list.
pub(super) fn report(compilation: &Compilation) -> Result<String, Failure> {
    let sources = compilation.sources();
    let found = compilation.diagnostics().iter().zip(fingerprints(compilation));
    let issues: Vec<Issue> = found
        .map(|(found, fingerprint)| {
            let (start, end) = bounds(found.primary.place, sources);
            Issue {
                check_name: format!("{} {}", found.rule.code(), found.rule.name),
                description: message_with_help(found),
                fingerprint,
                severity: match found.severity {
                    Severity::Error => "major",
                    Severity::Warning => "minor",
                },
                location: Location {
                    path: path(found.primary.place, sources),
                    lines: Lines { begin: start.line, end: end.line },
                },
            }
        })
        .collect();
    output::json(&issues)
}
