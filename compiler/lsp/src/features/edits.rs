//! Edits as the protocol has them.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

use imara_diff::{Algorithm, Diff, InternedInput};
pub(super) use quirk_dsl::Edit;
use quirk_dsl::Ordered as _;
use quirk_dsl::Span;
use serde_json::{Value, json};

use crate::desk::Group;
use crate::text::Text;
use crate::world::World;

/// Edits of one text.
pub(super) fn in_text(edits: &[Edit], text: &Text, world: &World) -> Value {
    let edit = |edit: &Edit| json!({ "range": text.range(edit.span, world.client.encoding), "newText": edit.text });
    edits.iter().map(edit).collect()
}

/// Edits of several files.
pub(super) fn in_files(edits: BTreeMap<PathBuf, Vec<Edit>>, group: &Group, world: &World) -> Value {
    let mut changes = Vec::new();
    for (key, mut edits) in edits {
        let Some(file) = group.files.files.get(&key) else { continue };
        edits.order();
        edits.dedup();
        let version = world.open.get(&key).map(|open| open.version);
        changes.push((world.uri(&key, &file.path), version, in_text(&edits, &file.text, world)));
    }
    of_uris(changes, world)
}

/// Edits by the URI and version of what they change.
pub(super) fn of_uris(changes: Vec<(String, Option<i32>, Value)>, world: &World) -> Value {
    if world.client.versioned_edits {
        let change = |(uri, version, edits): (String, Option<i32>, Value)| json!({ "textDocument": { "uri": uri, "version": version }, "edits": edits });
        return json!({ "documentChanges": changes.into_iter().map(change).collect::<Vec<_>>() });
    }
    let changes: serde_json::Map<String, Value> = changes.into_iter().map(|(uri, _, edits)| (uri, edits)).collect();
    json!({ "changes": changes })
}

/// What makes one text of another, line by line, so that cursors and marks elsewhere keep their place.
pub(super) fn between(before: &str, after: &str) -> Vec<Edit> {
    let lines = InternedInput::new(before, after);
    let (old, new) = (starts(before), starts(after));
    let span = |starts: &[usize], lines: Range<u32>| starts[lines.start as usize]..starts[lines.end as usize];
    Diff::compute(Algorithm::Histogram, &lines)
        .hunks()
        .map(|hunk| {
            let (removed, added) = (span(&old, hunk.before), span(&new, hunk.after));
            let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            Edit { span: Span::new(offset(removed.start), offset(removed.end)), text: after[added].to_owned() }
        })
        .collect()
}

/// Where each line of a text begins, and where the text ends.
fn starts(text: &str) -> Vec<usize> {
    let ends = text.split_inclusive('\n').scan(0, |end, line| {
        *end += line.len();
        Some(*end)
    });
    std::iter::once(0).chain(ends).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::between;

    proptest! {
        #[test]
        fn edits_make_one_text_of_the_other(before in "[ab\r\n\u{e9}]{0,16}", after in "[ab\r\n\u{e9}]{0,16}") {
            let mut text = before.clone();
            for edit in between(&before, &after).into_iter().rev() {
                text.replace_range(edit.span.range(), &edit.text);
            }
            prop_assert_eq!(text, after);
        }
    }
}
