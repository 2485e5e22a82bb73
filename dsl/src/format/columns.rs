//! Columns: `cap` and `ext` entries of a layout, and comments after consecutive lines.

use super::head::flat;
use super::leaf::Leaf;
use super::statement::{Entry, EntryKind};
use super::width::width;
use crate::lex::TokenKind;
use crate::parser::NodeKind;

/// `cap KIND`, `@ OFFSET`, `len N`, `optional`; what is not said is empty.
type Cells = [String; 4];

/// The heads of the entries of a layout that stand in columns, by their place in the block. A blank line ends a table;
/// documentation and other entries do not.
pub(super) fn layout(entries: &[Entry<'_>]) -> Vec<Option<String>> {
    let cells: Vec<Option<Cells>> = entries.iter().map(cells).collect();
    let mut heads = Vec::with_capacity(entries.len());
    for table in runs(entries, |entry| entry.blank) {
        let mut widths = [0; 4];
        for row in cells[table.clone()].iter().flatten() {
            for column in 0..last(row) {
                widths[column] = widths[column].max(width(&row[column]));
            }
        }
        heads.extend(cells[table].iter().map(|row| row.as_ref().map(|row| head(row, widths))));
    }
    heads
}

fn head(row: &Cells, widths: [usize; 4]) -> String {
    let mut out = String::new();
    for (column, cell) in row.iter().enumerate().take(last(row) + 1) {
        // A column that no row of the table needs takes no room.
        if column > 0 && (!cell.is_empty() || widths[column] > 0) {
            out.push(' ');
        }
        out.push_str(cell);
        if column < last(row) {
            out.extend(core::iter::repeat_n(' ', widths[column] - width(cell)));
        }
    }
    out
}

/// The last cell of a row that is not empty.
fn last(row: &Cells) -> usize {
    row.iter().rposition(|cell| !cell.is_empty()).unwrap_or_default()
}

/// The cells of an entry without arguments; those of the others would push the columns of all too far.
fn cells(entry: &Entry<'_>) -> Option<Cells> {
    let EntryKind::Statement(statement) = &entry.kind else { return None };
    let mut leaves = &statement.head[..];
    if let [rest @ .., end] = leaves
        && end.kind == TokenKind::Semicolon
    {
        leaves = rest;
    }
    let is_plain = matches!(leaves, [first, _, at, ..] if matches!(first.text, "cap" | "ext") && at.text == "@");
    if !is_plain || leaves.iter().any(Leaf::is_comment) {
        return None;
    }
    let place = |text: &str, node| leaves.iter().position(|leaf| leaf.text == text && leaf.node == Some(node));
    let optional = place("optional", NodeKind::Statement).unwrap_or(leaves.len());
    let len = place("len", NodeKind::Part).unwrap_or(optional);
    Some([&leaves[..2], &leaves[2..len], &leaves[len..optional], &leaves[optional..]].map(flat))
}

/// The columns of the comments after lines: consecutive lines have one, after the widest that has a comment. Takes each
/// entry with the width of its line, if it is one line.
pub(super) fn comments(entries: &[Entry<'_>], lines: &[Option<usize>]) -> Vec<usize> {
    let mut columns = Vec::with_capacity(entries.len());
    let rows: Vec<_> = entries.iter().zip(lines).collect();
    let ends = |(entry, line): &(&Entry<'_>, &Option<usize>)| entry.blank || line.is_none();
    for run in runs(&rows, |row| ends(row)) {
        let has_comment = |entry: &Entry<'_>| match &entry.kind {
            EntryKind::Statement(statement) => statement.comment.is_some(),
            EntryKind::Line(_) | EntryKind::Attribute(_) => false,
        };
        let widths = rows[run.clone()].iter().filter(|(entry, _)| has_comment(entry)).filter_map(|(_, line)| **line);
        let column = widths.max().unwrap_or_default();
        columns.extend(core::iter::repeat_n(column, run.len()));
    }
    columns
}

/// Cuts a row into runs; some elements start one.
fn runs<T>(row: &[T], starts: impl Fn(&T) -> bool) -> Vec<core::ops::Range<usize>> {
    let mut runs = Vec::new();
    let mut start = 0;
    for end in 1..=row.len() {
        if row.get(end).is_none_or(&starts) {
            runs.push(start..end);
            start = end;
        }
    }
    runs
}
