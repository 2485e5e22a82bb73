//! Findings as JSON, in the shape that `docs/check-json.md` fixes.

use quirk_compiler::diagnostic::{Diagnostic, Edit, Fix, Label};
use quirk_compiler::{Compilation, Place, Sources};
use serde::Serialize;

use super::part::path;
use crate::failure::Failure;

/// The version of the shape.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Report {
    version: u32,
    diagnostics: Vec<Finding>,
}

/// One finding.
#[derive(Serialize)]
pub(crate) struct Finding {
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
#[derive(Serialize)]
struct At {
    file: String,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
struct Related {
    #[serde(flatten)]
    at: At,
    message: String,
}

#[derive(Serialize)]
struct FixReport {
    title: String,
    applicability: String,
    edits: Vec<EditReport>,
}

#[derive(Serialize)]
struct EditReport {
    #[serde(flatten)]
    at: At,
    text: String,
}

/// All findings as one object.
pub(super) fn report(compilation: &Compilation) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(&Report { version: VERSION, diagnostics: findings(compilation) });
    text.map(|text| text + "\n").map_err(Failure::new)
}

/// All findings, as they stand in an object.
pub(crate) fn findings(compilation: &Compilation) -> Vec<Finding> {
    let sources = compilation.sources();
    compilation.diagnostics().iter().map(|found| finding(found, sources)).collect()
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
    At {
        file: path(place, sources),
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
