//! From text to the lossless tree: the splitter's pieces, each parsed alone by the generated parser. The only module that
//! touches what pest returns.

#[cfg_attr(not(test), expect(dead_code, reason = "as pest writes it"))]
#[expect(
    unreachable_pub,
    unused_qualifications,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    clippy::redundant_closure_for_method_calls,
    reason = "as pest writes it"
)]
#[rustfmt::skip]
mod generated;
mod kind;
mod normal;

pub(crate) use generated::Rule;
pub use kind::NodeKind;

use std::sync::Arc;

use normal::Normal;
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
    let mut normal = Normal::default();
    let mut missing_braces = Vec::new();
    builder.open(ElementKind::File, Rule::EOI, tokens.get(start).map_or(0, |token| token.span.start));
    for piece in &pieces {
        let item = &tokens[piece.tokens.clone()];
        builder.tokens_before(span_of(item).start);
        match piece.kind {
            PieceKind::Item { unclosed: false } => {
                normal.write(text, item, &[]);
                builder.item(&normal, span_of(item));
            }
            PieceKind::Item { unclosed: true } => {
                let missing = repair::missing_braces(text, tokens, piece.tokens.clone());
                let places: Vec<u32> = missing.iter().map(|brace| brace.at).collect();
                normal.write(text, item, &places);
                builder.item(&normal, span_of(item));
                missing_braces.extend(missing.iter().map(|brace| (brace.at, tokens[brace.opened].span)));
            }
            _ => builder.unread(span_of(item)),
        }
    }
    let end = tokens.last().map_or(0, |token| token.span.end);
    builder.tokens_before(end);
    builder.close(end);
    Parsed { tree: Tree::new(Arc::clone(text), builder.entries), pieces, missing_braces }
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
    /// Parses an item and adds its nodes.
    fn item(&mut self, item: &Normal, span: Span) {
        let Ok(pairs) = generated::Grammar::parse(Rule::Chunk, item.text()) else {
            // The grammar accepts every text; if it ever did not, the item would be reported as one that cannot be read.
            self.unread(span);
            return;
        };
        let mut places = item.places();
        // A node without a token stands where the token before it ends, any other where its first token starts.
        let mut opens: Option<(Rule, usize)> = None;
        for event in pairs.tokens() {
            let (starts, position) = match event {
                Event::Start { rule, pos } => (Some(rule), pos.pos()),
                Event::End { rule: Rule::EOI, .. } => continue,
                Event::End { pos, .. } => (None, pos.pos()),
            };
            if let Some((rule, at)) = opens.take() {
                places.pass(at);
                let is_empty = starts.is_none() && position == at;
                let start = if is_empty { places.end() } else { places.start() };
                self.tokens_before(start);
                self.open(ElementKind::Node(NodeKind::of(rule)), rule, start);
            }
            match starts {
                Some(Rule::EOI) => {}
                Some(rule) => opens = Some((rule, position)),
                None => {
                    places.pass(position);
                    let end = places.end();
                    self.tokens_before(end);
                    self.close(end);
                }
            }
        }
    }

    /// Adds tokens that belong to no item.
    fn unread(&mut self, span: Span) {
        self.open(ElementKind::Unread, Rule::EOI, span.start);
        self.tokens_before(span.end);
        self.close(span.end);
    }

    /// Adds the tokens that start before an offset.
    fn tokens_before(&mut self, offset: u32) {
        while let Some(token) = self.tokens.get(self.position).filter(|token| token.span.start < offset) {
            let next = index(self.entries.len() + 1);
            self.entries.push(Entry { kind: ElementKind::Token(token.kind), rule: Rule::EOI, span: token.span, next });
            self.position += 1;
        }
    }

    fn open(&mut self, kind: ElementKind, rule: Rule, start: u32) {
        self.open.push(self.entries.len());
        self.entries.push(Entry { kind, rule, span: Span::new(start, start), next: 0 });
    }

    fn close(&mut self, end: u32) {
        let next = index(self.entries.len());
        if let Some(open) = self.open.pop() {
            self.entries[open].next = next;
            self.entries[open].span.end = end;
        }
    }
}

/// An index into the tree; the length limit of a text keeps it in range.
fn index(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
