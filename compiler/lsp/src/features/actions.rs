//! Code actions: the fixes that findings carry, and all that are safe at once.

use std::collections::BTreeMap;
use std::path::PathBuf;

use gen_lsp_types::{CodeActionKind, CodeActionParams, Position, Range};
use quirk_compiler::diagnostic::{Applicability, Fix};
use quirk_compiler::fix::fix_in;
use quirk_dsl::Span;
use serde_json::{Value, json};

use super::diagnostics::item;
use super::edits::{self, Edit};
use super::spot::Sheet;
use crate::answers::Refusal;
use crate::desk::{Desk, Finding, Group};
use crate::world::World;

const QUICK_FIX: &str = "quickfix";
const FIX_ALL: &str = "source.fixAll.quirk";

/// What can be done at a range.
pub(super) fn actions(desk: &mut Desk, world: &World, params: &CodeActionParams) -> Result<Value, Refusal> {
    let sheet = Sheet::new(desk, world, &params.text_document.uri.0)?;
    let range = lines(&sheet, params.range);
    let only = params.context.only.as_deref();
    let mut actions = Vec::new();
    let mut has_safe = false;
    for judged in desk.judged(world, Some(&sheet.file)) {
        for finding in &judged.findings {
            let Some(group) = finding.group else { continue };
            has_safe |= finding.found.fixes.iter().any(|fix| fix.applicability == Applicability::Safe);
            if wants(only, QUICK_FIX) && is_near(*finding, group, &sheet, range) {
                actions.extend(finding.found.fixes.iter().filter_map(|fix| quick(fix, *finding, group, world)));
            }
        }
    }
    if has_safe && wants(only, FIX_ALL) {
        actions.extend(all(&sheet));
    }
    Ok(actions.into())
}

/// The lines of a range: many editors ask for the place of the cursor, wherever in its line a finding is.
fn lines(sheet: &Sheet<'_>, range: Range) -> Span {
    let start = Position { character: 0, ..range.start };
    let end = Position { character: u32::MAX, ..range.end };
    sheet.text.span(Range { start, end }, sheet.world.client.encoding)
}

/// Whether a kind of action is wanted: all are, or one that it is a part of.
fn wants(only: Option<&[CodeActionKind]>, kind: &str) -> bool {
    let is_part = |wanted: &CodeActionKind| {
        let wanted = json!(wanted);
        let wanted = wanted.as_str().unwrap_or_default();
        wanted.is_empty() || kind == wanted || kind.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('.'))
    };
    only.is_none_or(|only| only.iter().any(is_part))
}

/// Whether a finding, or what one of its fixes changes, meets a range.
fn is_near(finding: Finding<'_>, group: &Group, sheet: &Sheet<'_>, range: Span) -> bool {
    let fixes = finding.found.fixes.iter().flat_map(|fix| &fix.edits).map(|edit| edit.place);
    let mut places = core::iter::once(finding.found.primary.place).chain(fixes);
    places.any(|place| {
        group.key(place.file) == Some(&sheet.file) && place.span.start <= range.end && range.start <= place.span.end
    })
}

fn quick(fix: &Fix, finding: Finding<'_>, group: &Group, world: &World) -> Option<Value> {
    if fix.applicability == Applicability::Display {
        return None;
    }
    let mut changed: BTreeMap<PathBuf, Vec<Edit>> = BTreeMap::new();
    for edit in &fix.edits {
        let key = group.key(edit.place.file)?.to_owned();
        changed.entry(key).or_default().push(Edit { span: edit.place.span, text: edit.text.clone() });
    }
    Some(json!({
        "title": fix.title,
        "kind": QUICK_FIX,
        "diagnostics": [item(finding, world)],
        "isPreferred": fix.applicability == Applicability::Safe,
        "edit": edits::in_files(changed, group, world),
    }))
}

/// All safe fixes of a text, and those that show when they are made.
fn all(sheet: &Sheet<'_>) -> Option<Value> {
    let Sheet { world, group, file, text, .. } = sheet;
    let path = group.files.files.get(file)?.path.clone();
    let fixed = fix_in(&[path], group.inputs(), &group.settings.options(), *world, false);
    let change = fixed.changes.first()?;
    let changed = BTreeMap::from([(file.clone(), edits::between(text.as_str(), &change.after))]);
    let edit = edits::in_files(changed, group, world);
    Some(json!({ "title": "make all safe fixes", "kind": FIX_ALL, "edit": edit }))
}
