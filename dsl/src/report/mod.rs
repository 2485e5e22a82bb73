//! From the tree's error nodes to errors, one for each thing that went wrong: the first error node of a statement speaks for
//! it, and what cannot be a token at all speaks before that.

mod dashes;
mod expected;
mod ids;
mod lexical;
mod place;
mod placing;
mod slips;
mod statements;
mod words;

use std::collections::BTreeSet;

pub(crate) use statements::suggest;

use crate::error::SyntaxError;
use crate::lex::TokenKind;
use crate::parser::{NodeKind, Parsed, Rule};
use crate::split::PieceKind;
use crate::tree::{Element, ElementKind};

/// What the tree says about errors.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// In no order.
    pub(crate) errors: Vec<SyntaxError>,
    /// Statements that cannot be read, by their place in the tree.
    pub(crate) failed: BTreeSet<usize>,
    /// Nodes that hold such a statement.
    pub(crate) poisoned: BTreeSet<usize>,
    /// Documentation that is reported already.
    docs: BTreeSet<usize>,
}

/// Reads the errors of a tree.
pub(crate) fn report(parsed: &Parsed) -> Report {
    if parsed.is_sound {
        return Report::default();
    }
    let mut walk = Walk { report: Report::default(), open: Vec::new(), last_item: None, orphans: 0, reported_to: 0 };
    let mut pieces = parsed.pieces.iter();
    for element in parsed.tree.elements() {
        walk.close(element.index());
        match element.kind() {
            ElementKind::File => walk.open.push(Open::new(element, false)),
            ElementKind::Unread => {
                if let Some(piece) = pieces.next() {
                    walk.unread(element, piece.kind);
                }
                walk.open.push(Open::new(element, false));
            }
            ElementKind::Node(kind) => {
                if kind == NodeKind::Chunk {
                    pieces.next();
                }
                if walk.open.last().is_some_and(|open| open.element.node() == Some(NodeKind::Chunk)) {
                    walk.last_item = Some(element);
                }
                walk.open.push(Open::new(element, kind.is_statement()));
                walk.node(element, kind);
            }
            ElementKind::Token(kind) => walk.token(element, kind),
        }
    }
    walk.report.errors.extend(parsed.missing_braces.iter().map(|(at, open)| slips::no_close(*at, Some(*open))));
    walk.report
}

/// A node that is not closed yet.
struct Open<'t> {
    element: Element<'t>,
    end: usize,
    is_statement: bool,
    /// The error that speaks for the statement, and whether it is about its tokens.
    spoken: Option<(usize, bool)>,
}

impl<'t> Open<'t> {
    fn new(element: Element<'t>, is_statement: bool) -> Self {
        Self { element, end: element.end_index(), is_statement, spoken: None }
    }
}

struct Walk<'t> {
    report: Report,
    open: Vec<Open<'t>>,
    /// The item before.
    last_item: Option<Element<'t>>,
    /// How many statements stand outside of every item after it.
    orphans: usize,
    /// Tokens before this place belong to an error that was reported.
    reported_to: u32,
}

impl<'t> Walk<'t> {
    /// Leaves the nodes that end before an element.
    fn close(&mut self, index: usize) {
        while self.open.last().is_some_and(|open| open.end <= index) {
            self.open.pop();
        }
    }

    /// The parent of the node on top.
    fn parent(&self) -> Option<Element<'t>> {
        self.open.iter().rev().nth(1).map(|open| open.element)
    }

    /// The innermost statement, `skip` statements further out.
    fn statement(&self, skip: usize) -> Option<Element<'t>> {
        self.open.iter().rev().filter(|open| open.is_statement).nth(skip).map(|open| open.element)
    }

    /// Whether the innermost statement has its error already.
    fn has_spoken(&self) -> bool {
        self.open.iter().rev().find(|open| open.is_statement).is_some_and(|open| open.spoken.is_some())
    }

    /// The statement around here cannot be read, because of this error. An error about tokens replaces one about grammar:
    /// it is the reason.
    fn fail(&mut self, error: SyntaxError, lexical: bool) {
        let Some(position) = self.open.iter().rposition(|open| open.is_statement) else {
            self.report.errors.push(error);
            return;
        };
        let statement = &mut self.open[position];
        match statement.spoken {
            None => {
                statement.spoken = Some((self.report.errors.len(), lexical));
                self.report.errors.push(error);
            }
            Some((index, false)) if lexical => {
                statement.spoken = Some((index, true));
                self.report.errors[index] = error;
            }
            Some(_) => {}
        }
        self.report.failed.insert(self.open[position].element.index());
        for open in &self.open[..position] {
            self.report.poisoned.insert(open.element.index());
        }
    }

    /// Something is wrong, but its meaning is plain.
    fn note(&mut self, error: SyntaxError) {
        self.report.errors.push(error);
    }

    fn unread(&mut self, element: Element<'t>, kind: PieceKind) {
        match kind {
            PieceKind::InnerAttribute => {}
            PieceKind::Orphan => self.orphans += 1,
            PieceKind::StrayClose => {
                let item = self.last_item.filter(|_| self.orphans > 0);
                self.report.poisoned.extend(item.map(Element::index));
                self.orphans = 0;
                self.note(lexical::stray_close(element, item));
            }
            PieceKind::TooDeep(span) => self.note(lexical::too_deep(span)),
            PieceKind::Item { .. } => self.note(lexical::unreadable(element)),
        }
    }

    fn node(&mut self, element: Element<'t>, kind: NodeKind) {
        match kind {
            NodeKind::Docs if !documents_something(element) => self.note(lexical::misplaced_doc(element)),
            // A part of the statement before, cut off by the slip that was reported there.
            _ if kind.is_statement() && place::first(element).span().start < self.reported_to => self.lose(),
            NodeKind::UnknownStatement => {
                let outer = self.statement(1);
                let error = statements::unknown(element, outer);
                self.fail(error, false);
            }
            NodeKind::StrayTokens => {
                let outer = self.statement(1);
                let error = statements::stray(element, outer);
                self.fail(error, false);
            }
            NodeKind::Unexpected => {
                if let Some(statement) = self.statement(0) {
                    if let Some((error, _)) =
                        place::solid_from(element).and_then(|first| placing::without_block(statement, first))
                    {
                        return self.fail(error, false);
                    }
                    let error = statements::unexpected(element, statement);
                    self.fail(error, false);
                }
            }
            NodeKind::NoClose => self.note(slips::no_close(element.span().start, None)),
            // After another error of the statement they are consequences.
            NodeKind::NoSemicolon | NodeKind::CommaForSemicolon if self.has_spoken() => {}
            NodeKind::NoSemicolon => self.no_semicolon(element),
            NodeKind::StraySemicolon => self.note(slips::stray_semicolon(element)),
            NodeKind::CommaForSemicolon => self.comma(element),
            NodeKind::EqualsSlip => self.note(slips::equals(element)),
            NodeKind::EqualsBeforeList => self.equals_before_list(element),
            NodeKind::RangeSlip => {
                if let Some(parent) = self.parent() {
                    self.note(slips::range(element, parent));
                }
            }
            NodeKind::Missing => {
                if let Some(rule) = element.rule() {
                    self.fail(expected::of(rule).error(element, self.parent(), self.statement(0)), false);
                }
            }
            _ => {}
        }
    }

    /// The statement around here is not read, and the reason was reported.
    fn lose(&mut self) {
        let Some((last, outer)) = self.open.split_last_mut() else { return };
        // Nothing more is said of it, be it of its tokens.
        last.spoken = Some((0, true));
        self.report.failed.insert(last.element.index());
        self.report.poisoned.extend(outer.iter().map(|open| open.element.index()));
    }

    fn no_semicolon(&mut self, element: Element<'t>) {
        let first = place::solid_from(element);
        let placed = self.statement(0).zip(first).and_then(|(pasid, first)| placing::without_block(pasid, first));
        match placed {
            Some((error, end)) => {
                self.reported_to = end.span().end;
                self.fail(error, false);
            }
            None => self.note(slips::no_semicolon(element, statements::may_follow(first, self.statement(1)))),
        }
    }

    fn comma(&mut self, element: Element<'t>) {
        let next = place::solid_behind(element);
        let part = self.statement(0).zip(next).filter(|(statement, next)| statements::is_part(*statement, *next));
        match part {
            Some((_, part)) => {
                self.reported_to = part.span().end;
                self.fail(slips::comma_before_part(element, part), false);
            }
            None => self.note(slips::comma(element, statements::may_follow(next, self.statement(1)))),
        }
    }

    /// Where a number is due the `=` is right, and the list is not.
    fn equals_before_list(&mut self, element: Element<'t>) {
        let mut parts = self.parent().into_iter().flat_map(Element::children);
        let takes_number = parts.any(|part| part.node() == Some(NodeKind::Type) && part.text() != "bytes");
        let list = place::sibling(element).filter(|_| takes_number);
        match list {
            Some(list) => self.fail(expected::of(Rule::NoExpr).error(list, self.parent(), self.statement(0)), false),
            None => self.note(slips::equals_before_list(element)),
        }
    }

    fn token(&mut self, element: Element<'t>, kind: TokenKind) {
        match kind {
            TokenKind::Unknown if lexical::continues_run(element) => {}
            TokenKind::Unknown => self.fail(lexical::unexpected_character(element), true),
            TokenKind::OpenText => self.fail(lexical::unclosed_text(element), true),
            TokenKind::BlockComment => self.note(lexical::block_comment(element)),
            TokenKind::HashComment => self.note(lexical::hash_comment(element)),
            TokenKind::Comment | TokenKind::Text => self.report.errors.extend(lexical::unseen(element)),
            TokenKind::OuterDoc | TokenKind::InnerDoc => {
                self.report.errors.extend(lexical::unseen(element));
                let parent = self.open.last().map(|open| open.element);
                let in_place = parent.is_some_and(|parent| match kind {
                    TokenKind::InnerDoc => parent.kind() == ElementKind::File,
                    _ => parent.node() == Some(NodeKind::Docs) || parent.kind() == ElementKind::Unread,
                });
                if !in_place {
                    self.note(lexical::misplaced_doc(element));
                }
            }
            _ => {}
        }
    }
}

/// Whether a statement follows that can have documentation.
fn documents_something(docs: Element<'_>) -> bool {
    place::sibling(docs).is_some_and(|next| next.node().is_some_and(|kind| kind != NodeKind::NoClose))
}

impl Report {
    /// Documentation in front of a statement that has none.
    pub(crate) fn misplaced_docs(&mut self, docs: Element<'_>) {
        if self.docs.insert(docs.index()) {
            self.errors.push(lexical::misplaced_doc(docs));
        }
    }
}
