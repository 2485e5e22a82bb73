//! From text to the lossless tree: the splitter's pieces, each parsed alone by the generated parser. The only module that
//! touches what pest returns.

#[expect(
    missing_docs,
    non_camel_case_types,
    non_snake_case,
    unreachable_pub,
    unused_qualifications,
    clippy::manual_is_ascii_check,
    clippy::must_use_candidate,
    clippy::redundant_closure_for_method_calls,
    reason = "generated; the rules that become nodes have documentation"
)]
#[rustfmt::skip]
mod generated;
mod scan;

pub use generated::Rule as NodeKind;

use std::sync::Arc;

use pest::{Parser as _, Token as Event};

use crate::Span;
use crate::lex::{self, Token};
use crate::repair;
use crate::split::{Piece, PieceKind, split};
use crate::tree::{ElementKind, Entry, Tree};

/// What the parser found.
pub(crate) struct Parsed {
    /// The tree of the text.
    pub(crate) tree: Tree,
    /// The pieces that it was read in.
    pub(crate) pieces: Vec<Piece>,
    /// Braces that are missing: where they belong, and where their block starts.
    pub(crate) missing_braces: Vec<(u32, Span)>,
}

/// A text cut into pieces.
pub(crate) struct Cut {
    /// All of it.
    pub(crate) tokens: Vec<Token>,
    /// What is to be read.
    pub(crate) pieces: Vec<Piece>,
}

/// Cuts a text with these tokens into pieces.
pub(crate) fn cut(text: &str, tokens: Vec<Token>) -> Cut {
    let pieces = split(text, &tokens);
    Cut { tokens, pieces }
}

/// Reads a text.
pub(crate) fn parse(text: &Arc<str>) -> Parsed {
    let Cut { tokens, pieces } = cut(text, lex::lex(text));
    build(text, &tokens, 0, pieces)
}

/// Reads the pieces that lie in the tokens from `start` on.
pub(crate) fn build(text: &Arc<str>, tokens: &[Token], start: usize, pieces: Vec<Piece>) -> Parsed {
    let entries = Vec::with_capacity((tokens.len() - start) * 2);
    let mut builder = Builder { tokens, position: start, entries, open: Vec::new() };
    let mut missing_braces = Vec::new();
    builder.open(ElementKind::File, tokens.get(start).map_or(0, |token| token.span.start));
    for piece in &pieces {
        let span = span_of(&tokens[piece.tokens.clone()]);
        builder.tokens_before(span.start);
        match piece.kind {
            PieceKind::Item { unclosed: false } => builder.item(&text[span.range()], span, &[]),
            PieceKind::Item { unclosed: true } => {
                let missing = repair::missing_braces(text, tokens, piece.tokens.clone());
                let places: Vec<u32> = missing.iter().map(|brace| brace.at - span.start).collect();
                builder.item(&with_braces(&text[span.range()], &places), span, &places);
                missing_braces.extend(missing.iter().map(|brace| (brace.at, tokens[brace.opened].span)));
            }
            _ => builder.unread(span),
        }
    }
    let end = tokens.last().map_or(0, |token| token.span.end);
    builder.tokens_before(end);
    builder.close(end);
    Parsed { tree: Tree::new(Arc::clone(text), builder.entries), pieces, missing_braces }
}

/// A text with a `}` at each of some places.
fn with_braces(text: &str, places: &[u32]) -> String {
    let mut whole = String::with_capacity(text.len() + places.len());
    let mut from = 0;
    for place in places {
        whole.push_str(&text[from..*place as usize]);
        whole.push('}');
        from = *place as usize;
    }
    whole.push_str(&text[from..]);
    whole
}

fn span_of(tokens: &[Token]) -> Span {
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => first.span.to(last.span),
        _ => Span::default(),
    }
}

/// Weaves the lexer's tokens into the nodes of the parser.
struct Builder<'a> {
    tokens: &'a [Token],
    /// The next token to be placed.
    position: usize,
    entries: Vec<Entry>,
    /// Nodes not yet closed.
    open: Vec<usize>,
}

impl Builder<'_> {
    /// Parses an item and adds its nodes. The text has a `}` more than the file at each of `added`.
    fn item(&mut self, text: &str, span: Span, added: &[u32]) {
        let Ok(pairs) = generated::Grammar::parse(NodeKind::Chunk, text) else {
            // The grammar accepts every text; if it ever did not, the item would be reported as one that cannot be read.
            self.unread(span);
            return;
        };
        let mut passed = 0;
        let mut place = |position: usize| {
            let position = offset(position);
            while added.get(passed).is_some_and(|brace| brace + offset(passed) < position) {
                passed += 1;
            }
            span.start + position - offset(passed)
        };
        for event in pairs.tokens() {
            match event {
                Event::Start { rule: NodeKind::EOI, .. } | Event::End { rule: NodeKind::EOI, .. } => {}
                Event::Start { rule, pos } => {
                    let start = place(pos.pos());
                    self.tokens_before(start);
                    self.open(ElementKind::Node(rule), start);
                }
                Event::End { pos, .. } => {
                    let end = place(pos.pos());
                    self.tokens_before(end);
                    self.close(end);
                }
            }
        }
    }

    /// Adds tokens that belong to no item.
    fn unread(&mut self, span: Span) {
        self.open(ElementKind::Unread, span.start);
        self.tokens_before(span.end);
        self.close(span.end);
    }

    /// Adds the tokens that start before an offset.
    fn tokens_before(&mut self, offset: u32) {
        while let Some(token) = self.tokens.get(self.position).filter(|token| token.span.start < offset) {
            let next = index(self.entries.len() + 1);
            self.entries.push(Entry { kind: ElementKind::Token(token.kind), span: token.span, next });
            self.position += 1;
        }
    }

    fn open(&mut self, kind: ElementKind, start: u32) {
        self.open.push(self.entries.len());
        self.entries.push(Entry { kind, span: Span::new(start, start), next: 0 });
    }

    fn close(&mut self, end: u32) {
        let next = index(self.entries.len());
        if let Some(open) = self.open.pop() {
            self.entries[open].next = next;
            self.entries[open].span.end = end;
        }
    }
}

/// An offset inside a text whose length was checked to fit.
fn offset(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// An index into the tree; the length limit of a text keeps it in range.
fn index(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
