//! Blank lines between items: exactly one, before the comments and the documentation that stand with an item.

use super::statement::{Entry, EntryKind, Statement};

/// Puts a blank line between items, but for runs of `use` or of `const`, where those that are there stay.
pub(super) fn between_items(entries: &mut [Entry<'_>]) {
    for position in 1..entries.len() {
        if let Some(item) = item(&entries[position]) {
            let start = start_of(entries, position);
            let before = entries[..start].iter().rev().find_map(|entry| self::item(entry));
            let is_run = before.is_some_and(|before| is_run(before, item)) && !entries[start - 1].is_inner_doc();
            if start > 0 && !is_run {
                entries[start].blank = true;
            }
        }
    }
}

/// Where an item starts: at the first of the lines directly above it.
fn start_of(entries: &[Entry<'_>], mut position: usize) -> usize {
    while !entries[position].blank
        && position > 0
        && item(&entries[position - 1]).is_none()
        && !entries[position - 1].is_inner_doc()
    {
        position -= 1;
    }
    position
}

fn item<'e, 't>(entry: &'e Entry<'t>) -> Option<&'e Statement<'t>> {
    match &entry.kind {
        EntryKind::Statement(statement) => Some(statement),
        EntryKind::Line(_) | EntryKind::Attribute(_) => None,
    }
}

/// Two items without a block and with the same keyword.
fn is_run(before: &Statement<'_>, item: &Statement<'_>) -> bool {
    before.block.is_none() && item.block.is_none() && keyword(before) == keyword(item)
}

fn keyword<'t>(item: &Statement<'t>) -> Option<&'t str> {
    item.head.first().map(|leaf| leaf.text)
}
