//! Cuts a file into top-level items by braces, texts and comments alone, so that an error in one item hides nothing in
//! another. Never fails.

use core::ops::Range;

use crate::Span;
use crate::lex::{Token, TokenKind};
use crate::shape;

/// How deep braces, parentheses and brackets may nest: far beyond any real file, far below any stack's end.
pub(crate) const NESTING_LIMIT: u32 = 32;

/// One piece of a file: a row of tokens. What lies between pieces is trivia.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// What it is.
    pub(crate) kind: PieceKind,
    /// Its tokens.
    pub(crate) tokens: Range<usize>,
}

impl Piece {
    /// Whether it starts with the keyword of an item.
    pub(crate) fn is_item(&self, text: &str, tokens: &[Token]) -> bool {
        let mut groups = 0_u32;
        for token in &tokens[self.tokens.clone()] {
            match token.kind {
                TokenKind::OpenBracket => groups += 1,
                TokenKind::CloseBracket => groups = groups.saturating_sub(1),
                TokenKind::Word if groups == 0 => return shape::is_item_keyword(&text[token.span.range()]),
                _ => {}
            }
        }
        false
    }
}

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PieceKind {
    /// To be parsed: an item with its documentation. `unclosed` if it ends before its braces do.
    Item {
        /// A brace of it stays open.
        unclosed: bool,
    },
    /// An item that nests too deeply to be parsed; the place of the first sign too many.
    TooDeep(Span),
    /// A `}` that closes nothing.
    StrayClose,
    /// A statement outside of every item, up to a `}` that closes nothing: the item before ended too early.
    Orphan,
    /// `#![..]`
    InnerAttribute,
}

/// Cuts a file into pieces.
pub(crate) fn split(text: &str, tokens: &[Token]) -> Vec<Piece> {
    let mut splitter = Splitter { text, tokens, unbalanced: false };
    let mut pieces = Vec::new();
    let mut position = 0;
    while let Some(token) = tokens.get(position) {
        if token.kind.is_trivia() && token.kind != TokenKind::OuterDoc {
            position += 1;
            continue;
        }
        let piece = splitter.piece(position);
        position = piece.tokens.end;
        if piece.kind == PieceKind::StrayClose {
            splitter.orphan(&mut pieces);
        }
        pieces.push(piece);
    }
    pieces
}

struct Splitter<'a> {
    text: &'a str,
    tokens: &'a [Token],
    /// A brace was left open somewhere: from there on, an item's keyword at the start of a line starts an item. Keeps the
    /// way through a file full of open braces linear.
    unbalanced: bool,
}

impl Splitter<'_> {
    fn piece(&mut self, start: usize) -> Piece {
        if self.tokens[start].kind == TokenKind::CloseBrace {
            return Piece { kind: PieceKind::StrayClose, tokens: start..start + 1 };
        }
        if let Some(end) = self.inner_attribute(start) {
            return Piece { kind: PieceKind::InnerAttribute, tokens: start..end };
        }
        self.item(start)
    }

    /// Before a `}` too many: statements that follow an item directly were meant to stand in it.
    fn orphan(&self, pieces: &mut [Piece]) {
        let statements = pieces
            .iter()
            .rev()
            .take_while(|piece| matches!(piece.kind, PieceKind::Item { .. }) && !piece.is_item(self.text, self.tokens))
            .count();
        let (before, statements) = pieces.split_at_mut(pieces.len() - statements);
        if before.last().is_some_and(|piece| matches!(piece.kind, PieceKind::Item { .. })) {
            for piece in statements {
                piece.kind = PieceKind::Orphan;
            }
        }
    }

    fn item(&mut self, start: usize) -> Piece {
        let mut braces = 0_u32;
        let mut groups = 0_u32;
        let mut too_deep = None;
        let mut next_item = None;
        let mut begun = false;
        let mut end = self.tokens.len();
        for position in start..self.tokens.len() {
            let kind = self.tokens[position].kind;
            match kind {
                TokenKind::OpenBrace => (braces, groups) = (braces + 1, 0),
                TokenKind::OpenParen | TokenKind::OpenBracket => groups += 1,
                TokenKind::CloseParen | TokenKind::CloseBracket => groups = groups.saturating_sub(1),
                TokenKind::CloseBrace if braces == 0 => {
                    end = position;
                    break;
                }
                TokenKind::CloseBrace => (braces, groups) = (braces - 1, 0),
                TokenKind::Semicolon => groups = 0,
                TokenKind::Word if begun && next_item.is_none() && self.starts_item(position) => {
                    if braces == 0 || self.unbalanced {
                        end = position;
                        break;
                    }
                    next_item = Some(position);
                }
                _ => {}
            }
            if too_deep.is_none() && braces + groups > NESTING_LIMIT {
                too_deep = Some(self.tokens[position].span);
            }
            // Documentation written as an attribute belongs to what follows it.
            let attribute = kind == TokenKind::CloseBracket || kind == TokenKind::Sign && self.word(position) == "#";
            begun |= !kind.is_trivia() && !attribute && braces == 0 && groups == 0;
            if braces == 0 && matches!(kind, TokenKind::Semicolon | TokenKind::CloseBrace) {
                end = position + 1;
                break;
            }
        }
        let unclosed = braces > 0;
        if unclosed {
            self.unbalanced = true;
            end = next_item.unwrap_or(end);
        }
        let is_space = |kind: TokenKind| kind.is_trivia() && kind != TokenKind::OuterDoc;
        while end > start + 1 && is_space(self.tokens[end - 1].kind) {
            end -= 1;
        }
        let kind = match too_deep {
            Some(span) if span.start < self.tokens[end - 1].span.end => PieceKind::TooDeep(span),
            _ => PieceKind::Item { unclosed },
        };
        Piece { kind, tokens: start..end }
    }

    fn word(&self, position: usize) -> &str {
        &self.text[self.tokens[position].span.range()]
    }

    /// An item's keyword at the very start of a line.
    fn starts_item(&self, position: usize) -> bool {
        let at_line_start = position.checked_sub(1).is_none_or(|before| self.word(before).ends_with('\n'));
        at_line_start && shape::is_item_keyword(self.word(position))
    }

    /// The end of `#![..]`, if one starts here.
    fn inner_attribute(&self, start: usize) -> Option<usize> {
        let mut solid = (start..self.tokens.len()).filter(|at| !self.tokens[*at].kind.is_trivia());
        let mut sign = |expected: &str| {
            let at = solid.next()?;
            (self.word(at) == expected).then_some(at)
        };
        sign("#")?;
        sign("!")?;
        let open = sign("[")?;
        let mut depth = 0_u32;
        for position in open..self.tokens.len() {
            match self.tokens[position].kind {
                TokenKind::OpenBracket => depth += 1,
                TokenKind::CloseBracket => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(position + 1);
                    }
                }
                TokenKind::OpenBrace | TokenKind::CloseBrace | TokenKind::Semicolon => break,
                _ => {}
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{Piece, PieceKind, split};
    use crate::lex::lex;

    fn pieces(text: &str) -> Vec<(PieceKind, &str)> {
        let tokens = lex(text);
        split(text, &tokens)
            .into_iter()
            .map(|Piece { kind, tokens: range }| {
                (kind, &text[tokens[range.start].span.start as usize..tokens[range.end - 1].span.end as usize])
            })
            .collect()
    }

    const CLOSED: PieceKind = PieceKind::Item { unclosed: false };
    const UNCLOSED: PieceKind = PieceKind::Item { unclosed: true };

    #[test]
    fn braces_in_texts_characters_and_comments_do_not_count() {
        assert_eq!(
            pieces("device a { name \"}\"; // }\n x '}' }\nconst B = 1;"),
            [(CLOSED, "device a { name \"}\"; // }\n x '}' }"), (CLOSED, "const B = 1;")]
        );
    }

    #[test]
    fn documentation_belongs_to_its_item() {
        assert_eq!(pieces("//! file\n/// doc\nconst A = 1;"), [(CLOSED, "/// doc\nconst A = 1;")]);
        assert_eq!(pieces("#[doc = \"x\"]\nconst A = 1;").len(), 1);
        assert_eq!(pieces("#[doc = \"x\"] const A = 1;"), [(CLOSED, "#[doc = \"x\"] const A = 1;")]);
        assert_eq!(pieces("# ! [doc = \"x\"] edition 1;")[0], (PieceKind::InnerAttribute, "# ! [doc = \"x\"]"));
    }

    #[test]
    fn an_open_brace_ends_at_the_next_item() {
        assert_eq!(
            pieces("device a { layout {\n}\ndevice b { }\nlayer c {\nlayer d { }"),
            [
                (UNCLOSED, "device a { layout {\n}"),
                (CLOSED, "device b { }"),
                (UNCLOSED, "layer c {"),
                (CLOSED, "layer d { }")
            ]
        );
    }

    #[test]
    fn a_missing_semicolon_ends_at_the_next_item() {
        assert_eq!(pieces("const A = 1\nconst B = 2;"), [(CLOSED, "const A = 1"), (CLOSED, "const B = 2;")]);
    }

    #[test]
    fn a_stray_brace_stands_alone() {
        assert_eq!(pieces("const A = 1; } x }").iter().filter(|(kind, _)| *kind == PieceKind::StrayClose).count(), 2);
    }

    #[test]
    fn statements_before_a_stray_brace_are_orphans() {
        let kinds: Vec<PieceKind> =
            pieces("device a { } }\nfree @ 1; pasid;\n}\nlayer b { }").into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(
            kinds,
            [CLOSED, PieceKind::StrayClose, CLOSED, CLOSED, PieceKind::StrayClose, CLOSED],
            "after a stray brace nothing is an orphan"
        );
        let kinds: Vec<PieceKind> =
            pieces("device a { }\nfree @ 1; pasid;\n}\nlayer b { }").into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, [CLOSED, PieceKind::Orphan, PieceKind::Orphan, PieceKind::StrayClose, CLOSED]);
    }

    #[test]
    fn deep_nesting_is_found_without_recursion() {
        let text = format!("const A = {}1;\nconst B = 2;", "(".repeat(100_000));
        let found = pieces(&text);
        assert!(matches!(found[0].0, PieceKind::TooDeep(span) if span.start == 10 + 32), "{:?}", found[0].0);
        assert_eq!(found[1], (CLOSED, "const B = 2;"));
    }
}
