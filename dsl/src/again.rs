//! Reads one item of a text again after an edit inside it: what an editor's program wants at every key.

use std::sync::Arc;

use crate::batch::Read;
use crate::lex::{TokenKind, lex_from};
use crate::parser::{Keep, Parser};
use crate::split::{PieceKind, split};
use crate::{Span, SyntaxError, ast, lower, report};

/// Reads the item at a place of a text, of which the rest was read before without an error. `before` and `after` are the items
/// beside it, where there are any.
///
/// What comes out has this item alone, and is what reading all of the text says of it; none if that cannot be told from these
/// three items.
#[must_use]
pub fn read_again(text: &Arc<str>, before: Option<Span>, item: Span, after: Option<Span>) -> Option<Read> {
    let start = before.map_or(0, |before| before.start as usize);
    let end = after.map_or(text.len(), |after| line_end(text, after.end as usize));
    let tokens = lex_from(text.get(..end).filter(|within| within.is_char_boundary(start))?, start);
    // No other token reaches over the end of a line.
    if tokens.iter().any(|token| token.kind == TokenKind::BlockComment) {
        return None;
    }
    let pieces = split(text, &tokens);
    let is_sound = |kind| matches!(kind, PieceKind::Item { unclosed: false } | PieceKind::InnerAttribute);
    if !pieces.iter().all(|piece| is_sound(piece.kind)) {
        return None;
    }
    let parsed = Parser::default().parse(text, &tokens, pieces, Keep::All);
    let mut report = report::report(&parsed);
    let ast::File { items, words, poisoned, lost_use, .. } = lower::file(&parsed.tree, &mut report);
    let mut errors = report.errors;
    errors.sort_by_key(|error| (error.span, error.code));
    let is_there = |beside: Option<Span>| beside.is_none_or(|beside| items.iter().any(|each| each.span == beside));
    let is_inside = |span: Span| item.start <= span.start && span.end <= item.end;
    if poisoned || lost_use || !is_there(before) || !is_there(after) {
        return None;
    }
    if !errors.iter().all(|error: &SyntaxError| is_inside(error.span)) {
        return None;
    }
    let items: Vec<ast::Item> = items.into_iter().filter(|each| each.span == item).collect();
    let words = words.into_iter().filter(|word| is_inside(word.span)).collect();
    (items.len() == 1).then(|| Read { file: ast::File { items, words, ..ast::File::default() }, errors })
}

/// The end of the line in which a place is, its line end included.
fn line_end(text: &str, place: usize) -> usize {
    text.as_bytes().iter().skip(place).position(|byte| *byte == b'\n').map_or(text.len(), |at| place + at + 1)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::sync::Arc;

    use super::read_again;
    use crate::{Span, parse};

    const TEXT: &str = "edition 1;\n//! of the file\n/// documented\ndevice a { match pci(1, any); pasid; } // here\nconst A = 1 + B; source C = datasheet \"x\";\n\
                        #![doc = \"more\"]\nlayer l { hide ext ats; }\ntest \"t\" { given device a; }\n";

    /// Whatever is put anywhere: the item that it is put into is read as in the whole text, or not alone.
    #[test]
    fn an_item_says_what_it_says_in_the_whole_text() {
        let whole = parse(TEXT).file;
        let spans: Vec<Span> = whole.items.iter().map(|item| item.span).collect();
        let (mut alone, mut with_errors) = (0, 0);
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
        ] {
            for at in (0..TEXT.len()).filter(|at| TEXT.is_char_boundary(*at)) {
                let Some(index) = spans.iter().position(|span| (span.start as usize) < at && at < span.end as usize)
                else {
                    continue;
                };
                // In the place of a character, or before it.
                for taken in 0..=1 {
                    if at + taken >= spans[index].end as usize {
                        continue;
                    }
                    let text: Arc<str> = format!("{}{put}{}", &TEXT[..at], &TEXT[at + taken..]).into();
                    let moved = |end: u32| u32::try_from(end as usize + put.len() - taken).unwrap();
                    let item = Span::new(spans[index].start, moved(spans[index].end));
                    let before = index.checked_sub(1).map(|before| spans[before]);
                    let after = spans.get(index + 1).map(|next| Span::new(moved(next.start), moved(next.end)));
                    let Some(found) = read_again(&text, before, item, after) else { continue };
                    let all = parse(Arc::clone(&text));
                    assert_eq!(found.errors, all.errors, "{text}");
                    assert_eq!(found.file.items[0], all.file.items[index], "{text}");
                    assert_eq!(found.file.words, all.file.words, "{text}");
                    assert_eq!(all.file.items.len(), spans.len(), "{text}");
                    assert!(!all.file.poisoned && !all.file.lost_use, "{text}");
                    alone += 1;
                    with_errors += usize::from(!all.errors.is_empty());
                }
            }
        }
        assert!(alone > 1500 && with_errors > 500, "{alone}, {with_errors}");
    }
}
