//! What an edit changed: the items between those that are the same before it and after it.

use quirk_dsl::{Read, Span};

use super::state::File;

/// The items and bytes that are not the same as before.
#[derive(Clone, Debug)]
pub(super) struct Change {
    /// How many items before it are the same.
    pub(super) first: usize,
    /// The end of those that changed, before and after.
    pub(super) before: usize,
    pub(super) after: usize,
    /// The bytes of them and of what is around them, before.
    pub(super) bytes: Span,
    /// What follows them has moved by so much.
    by: i64,
}

impl Change {
    /// Compares a file with its text of now.
    pub(super) fn between(file: &File, old: &str, new: &str, read: &Read) -> Self {
        let (same_start, same_end) = common(old.as_bytes(), new.as_bytes());
        let by = length(new) - length(old);
        let whole = Self { first: 0, before: file.items.len(), after: read.file.items.len(), bytes: all(old), by };
        let items: Vec<Span> = file.items.iter().map(|item| item.span).collect();
        let now: Vec<Span> = read.file.items.iter().map(|item| item.span).collect();
        // What lies around an item belongs to it: an edit that takes it away takes its line along.
        let first = items.iter().zip(&now).zip(items.iter().skip(1).zip(now.iter().skip(1)));
        let first = first.take_while(|((before, after), (next, next_now))| {
            before == after && next.start.max(next_now.start) <= same_start
        });
        let first = first.count();
        let last =
            items.iter().rev().zip(now.iter().rev()).zip(items.iter().rev().skip(1).zip(now.iter().rev().skip(1)));
        let end = u32::try_from(old.len()).unwrap_or(u32::MAX) - same_end;
        let last = last.take_while(|((before, after), (previous, previous_now))| {
            moved(**before, by) == Some(**after)
                && previous.end >= end
                && moved_end(previous.end, by) <= previous_now.end
        });
        let last = last.count().min(items.len().min(now.len()) - first.min(items.len().min(now.len())));
        let change = Self {
            first,
            before: items.len() - last,
            after: now.len() - last,
            bytes: Span::new(
                first.checked_sub(1).map_or(0, |at| items[at].end),
                items.get(items.len() - last).map_or(all(old).end, |next| next.start),
            ),
            by,
        };
        // What is wrong outside of them may be read in another way.
        let is_inside = |span: Span, end: u32| change.bytes.start <= span.start && span.end <= end;
        let now_end = moved_end(change.bytes.end, by);
        let before = file.wrong.iter().all(|found| is_inside(found.primary.place.span, change.bytes.end));
        let after = read.errors.iter().all(|error| is_inside(error.span, now_end));
        let same_items = file.items[..first]
            .iter()
            .zip(&read.file.items[..first])
            .chain(file.items[change.before..].iter().zip(&read.file.items[change.after..]));
        let same = same_items.into_iter().all(|(item, now)| item.is_like(now));
        if before && after && same { change } else { whole }
    }

    /// The item of which an edit touches nothing but what follows its first byte, up to the next item, if there is one; and
    /// the change of it alone.
    pub(super) fn inside(file: &File, old: &str, new: &str) -> Option<(usize, Self)> {
        let (same_start, same_end) = common(old.as_bytes(), new.as_bytes());
        let at = file.items.partition_point(|item| item.span.start < same_start).checked_sub(1)?;
        let bytes = Span::new(
            at.checked_sub(1).map_or(0, |before| file.items[before].span.end),
            file.items.get(at + 1).map_or(all(old).end, |next| next.span.start),
        );
        let change = Self { first: at, before: at + 1, after: at + 1, bytes, by: length(new) - length(old) };
        (all(old).end - same_end <= bytes.end).then_some((at, change))
    }

    /// Where bytes are now; none if they changed.
    pub(super) fn moved(&self, span: Span) -> Option<Span> {
        if span.end <= self.bytes.start {
            Some(span)
        } else if span.start >= self.bytes.end {
            moved(span, self.by)
        } else {
            None
        }
    }
}

fn length(text: &str) -> i64 {
    i64::try_from(text.len()).unwrap_or(i64::MAX)
}

fn all(text: &str) -> Span {
    Span::new(0, u32::try_from(text.len()).unwrap_or(u32::MAX))
}

fn moved_end(end: u32, by: i64) -> u32 {
    u32::try_from(i64::from(end) + by).unwrap_or(0)
}

fn moved(span: Span, by: i64) -> Option<Span> {
    let at = |byte: u32| u32::try_from(i64::from(byte) + by).ok();
    Some(Span::new(at(span.start)?, at(span.end)?))
}

/// How many bytes two texts share at their starts, and at their ends beside those.
fn common(one: &[u8], other: &[u8]) -> (u32, u32) {
    const STEP: usize = 64;
    let shorter = one.len().min(other.len());
    let mut start = 0;
    while start + STEP <= shorter && one[start..start + STEP] == other[start..start + STEP] {
        start += STEP;
    }
    while start < shorter && one[start] == other[start] {
        start += 1;
    }
    let rest = shorter - start;
    let (one_end, other_end) = (one.len(), other.len());
    let mut end = 0;
    while end + STEP <= rest
        && one[one_end - end - STEP..one_end - end] == other[other_end - end - STEP..other_end - end]
    {
        end += STEP;
    }
    while end < rest && one[one_end - end - 1] == other[other_end - end - 1] {
        end += 1;
    }
    (u32::try_from(start).unwrap_or(0), u32::try_from(end).unwrap_or(0))
}
