//! From text to the lossless tree: the splitter's pieces, each parsed alone by the generated parser. The only module that
//! touches what pest returns.

#[expect(
    non_camel_case_types,
    clippy::upper_case_acronyms,
    reason = "the rules are named as in the grammar"
)]
#[rustfmt::skip]
mod generated;
mod kind;
mod normal;
mod outline;
mod read;
mod step;

pub(crate) use generated::Rule;
pub use kind::NodeKind;
#[cfg(test)]
pub(crate) use read::nodes;

use normal::Normal;
use outline::{Outlines, Step};

use crate::Span;
use crate::lex::{self, Token, TokenKind};
use crate::repair;
use crate::split::{Piece, PieceKind, split};
use crate::text::Text;
use crate::tree::{ElementKind, Entry, Tree};

/// What the parser found.
pub(crate) struct Parsed {
    /// The tree of the text.
    pub(crate) tree: Tree,
    /// The pieces that it was read in.
    pub(crate) pieces: Vec<Piece>,
    /// Braces that are missing: where they belong, and where their block starts.
    pub(crate) missing_braces: Vec<(u32, Span)>,
    /// Nothing in the tree tells of an error.
    pub(crate) is_sound: bool,
}

/// Reads a text.
pub(crate) fn parse(text: &Text) -> Parsed {
    let tokens = lex::lex(text);
    let pieces = split(text, &tokens);
    Parser::default().parse(text, &tokens, pieces, Keep::All)
}

/// Which tokens a tree has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// All of the text.
    All,
    /// Those that say something: for a tree that nobody prints.
    Solid,
}

/// What parsers remember between two parts of a text.
#[derive(Debug, Default)]
pub(crate) struct Parser {
    normal: Normal,
    outlines: Outlines,
}

impl Parser {
    /// Reads the pieces that lie in some tokens.
    pub(crate) fn parse(&mut self, text: &Text, tokens: &[Token], pieces: Vec<Piece>, keep: Keep) -> Parsed {
        let entries = Vec::with_capacity(tokens.len() * 2);
        let mut builder = Builder { tokens, position: 0, entries, open: Vec::new(), keep };
        let mut missing_braces = Vec::new();
        let is_plain = tokens.iter().all(|token| !token.kind.is_mistake());
        let mut is_sound = is_plain && lex::shows_all(&text[span_of(tokens).range()]);
        builder.open(ElementKind::File, Rule::EOI, tokens.first().map_or(0, |token| token.span.start));
        for piece in &pieces {
            let item = &tokens[piece.tokens.clone()];
            builder.tokens_before(span_of(item).start);
            match piece.kind {
                PieceKind::Item { unclosed: false } => {
                    self.normal.write(text, item, &[]);
                    is_sound &= self.item(&mut builder, span_of(item));
                }
                PieceKind::Item { unclosed: true } => {
                    let missing = repair::missing_braces(text, tokens, piece.tokens.clone());
                    let places: Vec<u32> = missing.iter().map(|brace| brace.at).collect();
                    self.normal.write(text, item, &places);
                    self.item(&mut builder, span_of(item));
                    missing_braces.extend(missing.iter().map(|brace| (brace.at, tokens[brace.opened].span)));
                    is_sound = false;
                }
                kind => {
                    builder.unread(span_of(item));
                    let is_documented = item.iter().all(|token| token.kind != TokenKind::InnerDoc);
                    is_sound &= kind == PieceKind::InnerAttribute && is_documented;
                }
            }
        }
        let end = tokens.last().map_or(0, |token| token.span.end);
        builder.tokens_before(end);
        builder.close(end);
        Parsed { tree: Tree::new(text.clone(), builder.entries), pieces, missing_braces, is_sound }
    }

    /// Adds the nodes of the item that was written; says whether none tells of an error.
    fn item(&mut self, builder: &mut Builder<'_>, span: Span) -> bool {
        let Self { normal, outlines } = self;
        let Some(outline) = outlines.of(normal.text(), normal.ends()) else {
            // The grammar accepts every text; if it ever did not, the item would be reported as one that cannot be read.
            builder.unread(span);
            return false;
        };
        for step in &outline.steps {
            match *step {
                Step::Open(rule, token) => builder.node(rule, normal.start(token)),
                // A node without a token stands where the token before it ends.
                Step::OpenEmpty(rule, tokens) => builder.node(rule, normal.end(tokens)),
                Step::Close(tokens) => {
                    builder.tokens_before(normal.end(tokens));
                    builder.close(normal.end(tokens));
                }
            }
        }
        outline.is_sound && normal.is_documented()
    }
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
    keep: Keep,
}

impl Builder<'_> {
    /// Opens a node of the grammar.
    fn node(&mut self, rule: Rule, start: u32) {
        self.tokens_before(start);
        self.open(ElementKind::Node(NodeKind::of(rule)), rule, start);
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
            self.position += 1;
            if self.keep == Keep::Solid && matches!(token.kind, TokenKind::Whitespace | TokenKind::Comment) {
                continue;
            }
            let next = index(self.entries.len() + 1);
            self.entries.push(Entry { kind: ElementKind::Token(token.kind), rule: Rule::EOI, span: token.span, next });
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
