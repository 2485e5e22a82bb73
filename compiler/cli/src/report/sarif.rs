//! Findings as SARIF 2.1.0, the OASIS format that code scanning reads.

use std::collections::BTreeMap;

use quirk_compiler::catalogue::Rule;
use quirk_compiler::diagnostic::{Applicability, Diagnostic, Edit, Fix, Severity};
use quirk_compiler::{Compilation, Place, Sources};
use serde::Serialize;
use serde_json::json;

use super::part::{bounds, fingerprints, message_with_help, path};
use crate::failure::Failure;
use crate::output;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<Finding>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
struct Driver {
    name: &'static str,
    version: &'static str,
    rules: Vec<ReportingDescriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReportingDescriptor {
    id: String,
    name: &'static str,
    short_description: Text,
    help: Help,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Help {
    text: &'static str,
    markdown: String,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding {
    rule_id: String,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: serde_json::Value,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<FixReport>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FixReport {
    description: Text,
    artifact_changes: Vec<ArtifactChange>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange {
    artifact_location: ArtifactLocation,
    replacements: Vec<Replacement>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement {
    deleted_region: Region,
    inserted_content: Text,
}

/// All findings as one run, with the rules that they break.
pub(super) fn report(compilation: &Compilation) -> Result<String, Failure> {
    let sources = compilation.sources();
    let broken: BTreeMap<u16, &'static Rule> =
        compilation.diagnostics().iter().map(|found| (found.rule.code, found.rule)).collect();
    let index = |rule: &Rule| broken.range(..rule.code).count();
    let found = compilation.diagnostics().iter().zip(fingerprints(compilation));
    let run = Run {
        tool: Tool {
            driver: Driver {
                name: "quirkc",
                version: env!("CARGO_PKG_VERSION"),
                rules: broken.values().map(|rule| descriptor(rule)).collect(),
            },
        },
        column_kind: "unicodeCodePoints",
        results: found.map(|(found, fingerprint)| finding(found, index(found.rule), &fingerprint, sources)).collect(),
    };
    let schema = "https://json.schemastore.org/sarif-2.1.0.json";
    output::json(&Log { schema, version: "2.1.0", runs: [run] })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn descriptor(rule: &Rule) -> ReportingDescriptor {
    ReportingDescriptor {
        id: rule.code(),
        name: rule.name,
        short_description: Text { text: rule.meaning.to_owned() },
        help: Help { text: rule.meaning, markdown: rule.page() },
        default_configuration: Configuration { level: level(rule.severity) },
    }
}

fn finding(found: &Diagnostic, rule_index: usize, fingerprint: &str, sources: &Sources) -> Finding {
    let related = found.secondary.iter().enumerate().map(|(at, label)| Location {
        id: Some(at + 1),
        message: Some(Text { text: label.text.clone() }),
        physical_location: physical(label.place, sources),
    });
    Finding {
        rule_id: found.rule.code(),
        rule_index,
        level: level(found.severity),
        message: Text { text: message_with_help(found) },
        locations: [Location { id: None, physical_location: physical(found.primary.place, sources), message: None }],
        related_locations: related.collect(),
        partial_fingerprints: json!({ "quirkFinding/v1": fingerprint }),
        // A fix with a gap for a person to fill is none that a program may make.
        fixes: found
            .fixes
            .iter()
            .filter(|fix| fix.applicability != Applicability::Display)
            .map(|fix| fix_report(fix, sources))
            .collect(),
    }
}

fn physical(place: Place, sources: &Sources) -> PhysicalLocation {
    PhysicalLocation { artifact_location: artifact(place, sources), region: region(place, sources) }
}

fn artifact(place: Place, sources: &Sources) -> ArtifactLocation {
    ArtifactLocation { uri: uri(&path(place, sources)) }
}

fn region(place: Place, sources: &Sources) -> Region {
    let (start, end) = bounds(place, sources);
    Region { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column }
}

fn fix_report(fix: &Fix, sources: &Sources) -> FixReport {
    let mut files: BTreeMap<_, Vec<&Edit>> = BTreeMap::new();
    for edit in &fix.edits {
        files.entry(edit.place.file).or_default().push(edit);
    }
    let replacement = |edit: &&Edit| Replacement {
        deleted_region: region(edit.place, sources),
        inserted_content: Text { text: edit.text.clone() },
    };
    let change = |edits: Vec<&Edit>| {
        let artifact_location = artifact(edits.first()?.place, sources);
        Some(ArtifactChange { artifact_location, replacements: edits.iter().map(replacement).collect() })
    };
    FixReport {
        description: Text { text: fix.title.clone() },
        artifact_changes: files.into_values().filter_map(change).collect(),
    }
}

/// A path as a URI reference: relative as it is, from the root with the `file` scheme.
fn uri(path: &str) -> String {
    let scheme = if path.starts_with('/') { "file://" } else { "" };
    path.bytes().fold(scheme.to_owned(), |uri, byte| match byte {
        b'/' | b'-' | b'.' | b'_' | b'~' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
            uri + &char::from(byte).to_string()
        }
        other => uri + &format!("%{other:02X}"),
    })
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn a_path_is_a_valid_uri() {
        assert_eq!(uri("a b/é:c.quirk"), "a%20b/%C3%A9%3Ac.quirk");
        assert_eq!(uri("/a/b.quirk"), "file:///a/b.quirk");
    }
}
