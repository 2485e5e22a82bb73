//! Formatting, as `quirkc fmt` does it. A text that cannot be read without errors is left alone.

use gen_lsp_types::DocumentRangeFormattingParams;
use serde_json::Value;

use super::edits::{self, Edit};
use super::spot::Sheet;
use crate::answers::Refusal;
use crate::desk::Desk;
use crate::world::World;

/// The edits that format a text.
pub(super) fn whole(desk: &mut Desk, world: &World, uri: &str) -> Result<Value, Refusal> {
    let sheet = Sheet::new(desk, world, uri)?;
    Ok(formatted(&sheet, |_| true))
}

/// Those of them that lie in some lines.
pub(super) fn range(desk: &mut Desk, world: &World, params: &DocumentRangeFormattingParams) -> Result<Value, Refusal> {
    let sheet = Sheet::new(desk, world, &params.text_document.uri.0)?;
    let (text, lines) = (sheet.text.as_str(), sheet.text.lines());
    let first = lines.start(text, params.range.start.line as usize);
    let is_empty_last = params.range.end.character == 0 && params.range.end.line > params.range.start.line;
    let last = params.range.end.line as usize + usize::from(!is_empty_last);
    let wanted = first..lines.start(text, last);
    Ok(formatted(&sheet, |edit| {
        let span = edit.span.range();
        span.start >= wanted.start && span.end <= wanted.end
    }))
}

fn formatted(sheet: &Sheet<'_>, wanted: impl Fn(&Edit) -> bool) -> Value {
    let text = sheet.text.as_str();
    let Ok(after) = quirk_dsl::format(text) else { return Value::Null };
    let mut edits = edits::between(text, &after);
    edits.retain(wanted);
    edits::in_text(&edits, &sheet.text, sheet.world)
}
