//! A row of tokens as blocks of statements, each with the comments that stand with it.

use super::leaf::Leaf;
use crate::lex::TokenKind;

/// What stands in a block, or in the file.
#[derive(Debug)]
pub(super) struct Entry<'t> {
    /// A blank line stands before it.
    pub(super) blank: bool,
    /// What it is.
    pub(super) kind: EntryKind<'t>,
}

/// What stands in a block, or in the file.
#[derive(Debug)]
pub(super) enum EntryKind<'t> {
    /// A comment or documentation.
    Line(Leaf<'t>),
    /// `#[..]` or `#![..]`
    Attribute(Vec<Leaf<'t>>),
    /// Anything that ends with a `;` or a block.
    Statement(Statement<'t>),
}

/// A statement or an item.
#[derive(Debug)]
pub(super) struct Statement<'t> {
    /// Its tokens, up to its block or with its `;`.
    pub(super) head: Vec<Leaf<'t>>,
    /// Its block.
    pub(super) block: Option<Block<'t>>,
    /// The comment after it in its last line.
    pub(super) comment: Option<Leaf<'t>>,
}

/// `{ .. }`
#[derive(Debug)]
pub(super) struct Block<'t> {
    /// The comment after its `{`.
    pub(super) comment: Option<Leaf<'t>>,
    /// What stands in it.
    pub(super) entries: Vec<Entry<'t>>,
    /// It may stand in one line: it was begun in the line of its `{`, and no comment is in it.
    pub(super) in_line: bool,
}

impl Entry<'_> {
    /// Documentation of what follows.
    pub(super) fn is_outer_doc(&self) -> bool {
        match &self.kind {
            EntryKind::Line(leaf) => leaf.kind == TokenKind::OuterDoc,
            EntryKind::Attribute(_) => !self.is_inner_doc(),
            EntryKind::Statement(_) => false,
        }
    }

    /// Documentation of the file.
    pub(super) fn is_inner_doc(&self) -> bool {
        match &self.kind {
            EntryKind::Line(leaf) => leaf.kind == TokenKind::InnerDoc,
            EntryKind::Attribute(leaves) => leaves.iter().any(|leaf| leaf.text == "!"),
            EntryKind::Statement(_) => false,
        }
    }

    fn may_stand_in_line(&self) -> bool {
        let EntryKind::Statement(statement) = &self.kind else { return false };
        statement.comment.is_none()
            && !statement.head.iter().any(Leaf::is_comment)
            && statement.block.as_ref().is_none_or(|block| block.in_line)
    }
}

/// What stands in a file.
pub(super) fn entries<'t>(leaves: &[Leaf<'t>]) -> Vec<Entry<'t>> {
    Reader { leaves }.entries()
}

struct Reader<'l, 't> {
    /// What is not read yet.
    leaves: &'l [Leaf<'t>],
}

impl<'t> Reader<'_, 't> {
    /// Up to the `}` of the block, or to the end.
    fn entries(&mut self) -> Vec<Entry<'t>> {
        let mut entries: Vec<Entry<'t>> = Vec::new();
        while let Some(first) = self.leaves.first().filter(|leaf| leaf.kind != TokenKind::CloseBrace) {
            // Documentation stands with what it documents.
            let blank = first.line_ends > 1 && !entries.last().is_some_and(Entry::is_outer_doc);
            let kind = if first.is_comment() {
                EntryKind::Line(self.take(1)[0])
            } else if first.text == "#" {
                EntryKind::Attribute(self.through(|leaf| leaf.kind == TokenKind::CloseBracket))
            } else {
                EntryKind::Statement(self.statement())
            };
            entries.push(Entry { blank, kind });
        }
        entries
    }

    fn statement(&mut self) -> Statement<'t> {
        let mut head = self.through(|leaf| matches!(leaf.kind, TokenKind::Semicolon | TokenKind::OpenBrace));
        let block = head.pop_if(|leaf| leaf.kind == TokenKind::OpenBrace).map(|_| self.block());
        Statement { head, block, comment: self.trailing_comment() }
    }

    /// What follows a `{`, with the `}`.
    fn block(&mut self) -> Block<'t> {
        let comment = self.trailing_comment();
        let begun_in_line = self.leaves.first().is_some_and(|leaf| leaf.line_ends == 0);
        let entries = self.entries();
        self.take(1);
        let in_line =
            comment.is_none() && (begun_in_line || entries.is_empty()) && entries.iter().all(Entry::may_stand_in_line);
        Block { comment, entries, in_line }
    }

    fn trailing_comment(&mut self) -> Option<Leaf<'t>> {
        self.leaves.first().is_some_and(Leaf::trails).then(|| self.take(1)[0])
    }

    /// Everything up to the first token that ends it, with that.
    fn through(&mut self, ends: impl Fn(&Leaf<'t>) -> bool) -> Vec<Leaf<'t>> {
        let len = self.leaves.iter().position(ends).map_or(self.leaves.len(), |last| last + 1);
        self.take(len).to_vec()
    }

    fn take(&mut self, len: usize) -> &[Leaf<'t>] {
        let (taken, rest) = self.leaves.split_at(len.min(self.leaves.len()));
        self.leaves = rest;
        taken
    }
}
