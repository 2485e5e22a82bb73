//! Findings: those of the compiler, and those of a configuration.

use std::hash::{DefaultHasher, Hash, Hasher};

use gen_lsp_types::DocumentDiagnosticParams;
use quirk_compiler::Place;
use quirk_compiler::diagnostic::{Diagnostic, Severity};
use serde_json::{Value, json};

use super::spot;
use crate::answers::Refusal;
use crate::desk::{Desk, Finding, Judged};
use crate::text::Text;
use crate::uri;
use crate::world::{World, key};

/// Findings as the protocol has them.
pub(crate) fn items(findings: &[Finding<'_>], world: &World) -> Vec<Value> {
    findings.iter().map(|finding| item(*finding, world)).collect()
}

/// One of them.
pub(super) fn item(finding: Finding<'_>, world: &World) -> Value {
    let found = finding.found;
    let severity = match found.severity {
        Severity::Error => 1,
        Severity::Warning => 2,
    };
    let mut item = json!({
        "range": place(finding, found.primary.place, world)["range"],
        "severity": severity,
        "code": found.rule.code(),
        "source": "quirk",
        "message": message(found),
    });
    if !found.secondary.is_empty() {
        let related = found
            .secondary
            .iter()
            .map(|label| json!({ "location": place(finding, label.place, world), "message": label.text }));
        item["relatedInformation"] = related.collect();
    }
    item
}

/// What is wrong, what belongs there, and the way out.
fn message(found: &Diagnostic) -> String {
    let mut message = found.message.clone();
    if !found.primary.text.is_empty() {
        message += &format!("\n{}", found.primary.text);
    }
    if let Some(help) = &found.help {
        message += &format!("\nhelp: {help}");
    }
    message
}

fn place(finding: Finding<'_>, place: Place, world: &World) -> Value {
    let in_group = finding.group.and_then(|group| spot::location(world, group, group.key(place.file)?, place.span));
    in_group.unwrap_or_else(|| {
        let source = finding.sources.get(place.file);
        let range = Text::new(source.text()).range(place.span, world.client.encoding);
        json!({ "uri": world.uri(&key(source.path()), source.path()), "range": range })
    })
}

/// The answer to somebody who asks for the findings of one text.
pub(super) fn of_text(desk: &mut Desk, world: &World, params: &DocumentDiagnosticParams) -> Result<Value, Refusal> {
    let wanted = key(&uri::path(&params.text_document.uri.0));
    let judged = desk.judged(world, Some(&wanted));
    let items: Vec<Value> = judged.iter().flat_map(|judged| items(&judged.findings, world)).collect();
    Ok(report(items, params.previous_result_id.as_deref()))
}

/// The answer to somebody who asks for all findings.
pub(super) fn of_all(desk: &mut Desk, world: &World) -> Value {
    let report = |judged: Judged<'_>| {
        let mut report = report(items(&judged.findings, world), None);
        report["uri"] = world.uri(&judged.key, &judged.path).into();
        report["version"] = world.open.get(&judged.key).map_or(Value::Null, |open| open.version.into());
        report
    };
    json!({ "items": desk.judged(world, None).into_iter().map(report).collect::<Vec<_>>() })
}

fn report(items: Vec<Value>, previous: Option<&str>) -> Value {
    let items = Value::from(items);
    let mut hasher = DefaultHasher::new();
    items.to_string().hash(&mut hasher);
    let id = format!("{:016x}", hasher.finish());
    if previous == Some(&id) {
        return json!({ "kind": "unchanged", "resultId": id });
    }
    json!({ "kind": "full", "resultId": id, "items": items })
}
