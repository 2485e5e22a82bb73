//! Findings as JSON, in the shape that `docs/check-json.md` fixes.

use serde::Serialize;

use super::{Diagnostic, Edit, Fix, Label};
use crate::source::{Place, Sources};

/// The version of the shape.
const VERSION: u32 = 1;

/// All findings as one object.
#[derive(Debug, Serialize)]
pub struct Report {
    version: u32,
    diagnostics: Vec<Finding>,
}

/// One finding.
#[derive(Debug, Serialize)]
pub struct Finding {
    code: String,
    rule: &'static str,
    severity: String,
    message: String,
    #[serde(flatten)]
    at: At,
    label: Option<String>,
    related: Vec<Related>,
    help: Option<String>,
    fixes: Vec<FixReport>,
}

/// Lines and columns count from 1, columns in characters; the end is after the last character.
#[derive(Debug, Serialize)]
struct At {
    file: String,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Debug, Serialize)]
struct Related {
    #[serde(flatten)]
    at: At,
    message: String,
}

#[derive(Debug, Serialize)]
struct FixReport {
    title: String,
    applicability: String,
    edits: Vec<EditReport>,
}

#[derive(Debug, Serialize)]
struct EditReport {
    #[serde(flatten)]
    at: At,
    text: String,
}

impl Report {
    /// The object of these findings.
    #[must_use]
    pub fn new(diagnostics: &[Diagnostic], sources: &Sources) -> Self {
        Self { version: VERSION, diagnostics: findings(diagnostics, sources) }
    }
}

/// All findings, as they stand in an object.
#[must_use]
pub fn findings(diagnostics: &[Diagnostic], sources: &Sources) -> Vec<Finding> {
    diagnostics.iter().map(|found| finding(found, sources)).collect()
}

fn finding(found: &Diagnostic, sources: &Sources) -> Finding {
    let label = found.primary.text.clone();
    Finding {
        code: found.rule.code(),
        rule: found.rule.name,
        severity: found.severity.to_string(),
        message: found.message.clone(),
        at: at(found.primary.place, sources),
        label: (!label.is_empty()).then_some(label),
        related: found.secondary.iter().map(|label| related(label, sources)).collect(),
        help: found.help.clone(),
        fixes: found.fixes.iter().map(|fix| fix_report(fix, sources)).collect(),
    }
}

fn at(place: Place, sources: &Sources) -> At {
    let source = sources.get(place.file);
    let (start, end) = (source.position(place.span.start), source.position(place.span.end));
    let name = source.name();
    At {
        file: name.strip_prefix("./").map_or_else(|| name.clone(), str::to_owned),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}

fn related(label: &Label, sources: &Sources) -> Related {
    Related { at: at(label.place, sources), message: label.text.clone() }
}

fn fix_report(fix: &Fix, sources: &Sources) -> FixReport {
    let edit = |edit: &Edit| EditReport { at: at(edit.place, sources), text: edit.text.clone() };
    FixReport {
        title: fix.title.clone(),
        applicability: fix.applicability.to_string(),
        edits: fix.edits.iter().map(edit).collect(),
    }
}
