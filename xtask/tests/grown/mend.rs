//! Lets the library build again where it says everything of a type that has grown.

use std::fs;

use serde_json::Value;

/// Mends what one error is about; whether it could.
pub(crate) fn mend(error: &Value) -> bool {
    let empty = Vec::new();
    let spans = error["spans"].as_array().unwrap_or(&empty);
    let Some(span) = spans.iter().find(|span| span["is_primary"] == true) else { return false };
    let (Some(file), Some(start), Some(end)) =
        (span["file_name"].as_str(), span["byte_start"].as_u64(), span["byte_end"].as_u64())
    else {
        return false;
    };
    let Ok(mut text) = fs::read_to_string(file) else { return false };
    let (start, end) = (usize::try_from(start).unwrap(), usize::try_from(end).unwrap());
    // One at a time: what an earlier one changed has moved the others.
    if !text.is_char_boundary(start) || !is_as_seen(&text, span) {
        return false;
    }
    let (at, more) = match error["code"]["code"].as_str() {
        // A match: whatever it does with the rest, it is only checked.
        Some("E0004") => (text[end..].find('{').map(|brace| end + brace + 1), "_ => loop {}, "),
        // A value that is made.
        Some("E0063") => (text[start..].find('{').map(|brace| start + brace + 1), "one_more: (), "),
        // One that is taken apart.
        Some("E0027") => {
            let body = text[..end].trim_end_matches('}').trim_end();
            let more = if body.ends_with(',') { " .. " } else { ", .. " };
            (Some(body.len()), more)
        }
        _ => return false,
    };
    let Some(at) = at else { return false };
    text.insert_str(at, more);
    fs::write(file, text).is_ok()
}

/// Whether the line is still what the compiler read.
fn is_as_seen(text: &str, span: &Value) -> bool {
    let line = span["line_start"].as_u64().and_then(|line| usize::try_from(line).ok());
    let seen = span["text"][0]["text"].as_str();
    let start = span["byte_start"].as_u64().and_then(|at| usize::try_from(at).ok());
    let column = span["column_start"].as_u64().and_then(|at| usize::try_from(at).ok());
    let (Some(line), Some(seen), Some(start), Some(column)) = (line, seen, start, column) else { return false };
    let before: usize = text.lines().take(line - 1).map(|line| line.len() + 1).sum();
    let offset: usize = seen.chars().take(column - 1).map(char::len_utf8).sum();
    text.lines().nth(line - 1) == Some(seen) && before + offset == start
}
