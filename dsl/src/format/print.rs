//! Blocks as lines.

use super::statement::{Block, Entry, EntryKind, Statement};
use super::width::{INDENT, width};
use super::{columns, head};

/// What stands in a block or in the file, without a line end after the last line.
pub(super) fn entries(entries: &[Entry<'_>], indent: usize, layout: bool) -> String {
    let heads = if layout { columns::layout(entries) } else { entries.iter().map(|_| None).collect() };
    let texts: Vec<String> = entries.iter().zip(heads).map(|(entry, head)| text(entry, head, indent)).collect();
    let lines: Vec<Option<usize>> = entries.iter().zip(&texts).map(|(entry, text)| line(entry, text)).collect();
    let columns = columns::comments(entries, &lines);
    let mut out = String::new();
    for (position, (entry, text)) in entries.iter().zip(&texts).enumerate() {
        if position > 0 {
            out.push_str(if entry.blank { "\n\n" } else { "\n" });
        }
        out.extend(core::iter::repeat_n(' ', indent));
        out.push_str(text);
        if let EntryKind::Statement(Statement { comment: Some(comment), .. }) = &entry.kind {
            let padding = lines[position].map_or(0, |width| columns[position] - width);
            out.extend(core::iter::repeat_n(' ', padding + 1));
            out.push_str(comment.text);
        }
    }
    out
}

/// The width of a statement that is one line.
fn line(entry: &Entry<'_>, text: &str) -> Option<usize> {
    (matches!(entry.kind, EntryKind::Statement(_)) && !text.contains('\n')).then(|| width(text))
}

fn text(entry: &Entry<'_>, head: Option<String>, indent: usize) -> String {
    match &entry.kind {
        EntryKind::Line(leaf) => leaf.text.to_owned(),
        EntryKind::Attribute(leaves) if leaves.iter().any(super::leaf::Leaf::is_comment) => {
            head::broken(leaves, indent, 0)
        }
        EntryKind::Attribute(leaves) => head::flat(leaves),
        EntryKind::Statement(statement) => statement_text(statement, head, indent),
    }
}

fn statement_text(statement: &Statement<'_>, head: Option<String>, indent: usize) -> String {
    let has_comment = statement.head.iter().any(super::leaf::Leaf::is_comment);
    let Some(block) = &statement.block else {
        return match head {
            Some(head) => head + ";",
            None => head_text(statement, indent, has_comment, 0),
        };
    };
    if block.in_line && !has_comment {
        let line = format!("{} {}", head.clone().unwrap_or_else(|| head::flat(&statement.head)), in_line(block));
        if head::fits(&line, indent, 0) {
            return line;
        }
    }
    let mut out = head.unwrap_or_else(|| head_text(statement, indent, has_comment, " {".len()));
    let ends_line = statement.head.last().is_some_and(super::leaf::Leaf::is_comment);
    let gap = if ends_line { format!("\n{}", " ".repeat(indent)) } else { " ".to_owned() };
    out.push_str(&gap);
    if block.entries.is_empty() && block.comment.is_none() {
        return out + "{}";
    }
    out.push('{');
    if let Some(comment) = &block.comment {
        out.push(' ');
        out.push_str(comment.text);
    }
    if !block.entries.is_empty() {
        let layout = statement.head.first().is_some_and(|leaf| leaf.text == "layout");
        out.push('\n');
        out.push_str(&entries(&block.entries, indent + INDENT, layout));
    }
    out.push('\n');
    out.extend(core::iter::repeat_n(' ', indent));
    out.push('}');
    out
}

/// The statement up to its block, in one line if it fits and no comment breaks it.
fn head_text(statement: &Statement<'_>, indent: usize, has_comment: bool, tail: usize) -> String {
    let flat = head::flat(&statement.head);
    if has_comment || !head::fits(&flat, indent, tail) { head::broken(&statement.head, indent, tail) } else { flat }
}

/// A block in one line.
fn in_line(block: &Block<'_>) -> String {
    let mut out = "{".to_owned();
    for entry in &block.entries {
        if let EntryKind::Statement(statement) = &entry.kind {
            out.push(' ');
            out.push_str(&head::flat(&statement.head));
            if let Some(block) = &statement.block {
                out.push(' ');
                out.push_str(&in_line(block));
            }
        }
    }
    out.push_str(if block.entries.is_empty() { "}" } else { " }" });
    out
}
