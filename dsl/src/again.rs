//! Reads one item of a text again after an edit inside it: what an editor's program wants at every key.

use crate::batch::Read;
use crate::lex::{TokenKind, lex_from};
use crate::ordered::Ordered as _;
use crate::parser::{Keep, Parser};
use crate::split::{PieceKind, split};
use crate::text::Text;
use crate::{Span, ast, lower, report, shape};

/// Reads one item of a text, where nothing is wrong with the rest of the text. `items` are the places of all its items: where the
/// item begins is known, and where it ends is found out.
///
/// What comes out has this item alone, and is what reading all of the text says of it and of what is around it; none if that cannot
/// be told from the item and its neighbours.
#[must_use]
pub fn read_again(text: &Text, items: &[Span], at: usize) -> Option<Read> {
    let item = *items.get(at)?;
    let (before, after) = (at.checked_sub(1).map(|before| items[before]), items.get(at + 1).copied());
    let start = before.map_or(0, |before| before.start as usize);
    let end = after.map_or(text.len(), |after| line_end(text, after.end as usize));
    let tokens = lex_from(text.get(..end).filter(|within| within.is_char_boundary(start))?, start);
    // No other token reaches over the end of a line.
    if tokens.iter().any(|token| token.kind == TokenKind::BlockComment) {
        return None;
    }
    let pieces = split(text, &tokens);
    let mut is_open = false;
    for piece in &pieces {
        let has_item = || tokens[piece.tokens.clone()].iter().any(|token| token.span.start == item.start);
        match piece.kind {
            PieceKind::Item { unclosed: false } | PieceKind::InnerAttribute => {}
            PieceKind::Item { unclosed: true } if has_item() => is_open = true,
            _ => return None,
        }
    }
    // After an open brace an item begins wherever its keyword begins a line.
    if is_open && begins_elsewhere(text, end, items) {
        return None;
    }
    let parsed = Parser::default().parse(text, &tokens, pieces, Keep::All);
    let mut report = report::report(&parsed);
    let ast::File { items: read, words, poisoned, lost_use, .. } = lower::file(&parsed.tree, &mut report);
    let mut errors = report.errors;
    errors.order_by_key(|error| (error.span, error.code));
    let (from, until) = (before.map_or(0, |before| before.end), after.map_or(u32::MAX, |after| after.start));
    let is_around = |span: Span| from <= span.start && span.end <= until;
    let beside: Vec<Span> = before.into_iter().chain(after).collect();
    let is_there = |beside: &Span| read.iter().any(|each| each.span == *beside);
    if poisoned || lost_use || !beside.iter().all(is_there) || !errors.iter().all(|error| is_around(error.span)) {
        return None;
    }
    let items: Vec<ast::Item> = read.into_iter().filter(|each| is_around(each.span)).collect();
    let words = words.into_iter().filter(|word| is_around(word.span)).collect();
    let is_it = items.len() == 1 && items[0].span.start == item.start;
    is_it.then(|| Read { file: ast::File { items, words, ..ast::File::default() }, errors })
}

/// Whether the keyword of an item begins a line where no item begins, from a place on.
fn begins_elsewhere(text: &str, from: usize, items: &[Span]) -> bool {
    let mut at = from;
    text[from..].split_inclusive('\n').any(|line| {
        let start = at;
        at += line.len();
        let word = line.split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_').next().unwrap_or_default();
        let is_known = || items.binary_search_by_key(&start, |item| item.start as usize).is_ok();
        shape::is_item_keyword(word) && !is_known()
    })
}

/// The end of the line in which a place is, its line end included.
fn line_end(text: &str, place: usize) -> usize {
    text.as_bytes().iter().skip(place).position(|byte| *byte == b'\n').map_or(text.len(), |at| place + at + 1)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::read_again;
    use crate::{Span, Text, parse};

    const TEXT: &str = "edition 1;\n//! of the file\n/// documented\ndevice a { match pci(1, any); pasid; } // here\nconst A = 1 + B; source C = datasheet \"x\";\n\
                        #![doc = \"more\"]\nlayer l { hide ext ats; }\ntest \"t\" { given device a; }\n";

    /// Whatever is put anywhere after the start of an item: it is read as in the whole text, or not alone.
    #[test]
    fn an_item_says_what_it_says_in_the_whole_text() {
        let whole = parse(TEXT).file;
        let spans: Vec<Span> = whole.items.iter().map(|item| item.span).collect();
        let (mut alone, mut with_errors, mut open) = (0, 0, 0);
        for put in [
            "",
            " ",
            "}",
            "{",
            ";",
            "\"",
            "'",
            "/*",
            "// x\n",
            "x",
            "0x",
            "evidence",
            "/// d\n",
            "device d { }",
            "@",
            "\n",
            "(",
            "#",
            "\ntest",
        ] {
            for at in (1..=TEXT.len()).filter(|at| TEXT.is_char_boundary(*at)) {
                let Some(index) = spans.partition_point(|span| (span.start as usize) < at).checked_sub(1) else {
                    continue;
                };
                let next = spans.get(index + 1).map_or(TEXT.len(), |next| next.start as usize);
                // In the place of a character, or before it.
                for taken in 0..=usize::from(at < next) {
                    let text: Text = format!("{}{put}{}", &TEXT[..at], &TEXT[at + taken..]).into();
                    let moved = |end: u32| u32::try_from(end as usize + put.len() - taken).unwrap();
                    let mut now = spans.clone();
                    now[index + 1..].iter_mut().for_each(|span| *span = Span::new(moved(span.start), moved(span.end)));
                    let Some(found) = read_again(&text, &now, index) else { continue };
                    let all = parse(text.clone());
                    assert_eq!(found.errors, all.errors, "{}", &*text);
                    assert_eq!(found.file.items[0], all.file.items[index], "{}", &*text);
                    assert_eq!(found.file.words, all.file.words, "{}", &*text);
                    now[index] = found.file.items[0].span;
                    assert_eq!(all.file.items.iter().map(|item| item.span).collect::<Vec<_>>(), now, "{}", &*text);
                    assert!(!all.file.poisoned && !all.file.lost_use, "{}", &*text);
                    alone += 1;
                    with_errors += usize::from(!all.errors.is_empty());
                    open += usize::from(text.matches('{').count() > text.matches('}').count());
                }
            }
        }
        assert!(alone > 2000 && with_errors > 1000 && open > 50, "{alone}, {with_errors}, {open}");
    }
}
