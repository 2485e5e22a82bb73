//! The lossless tree: every byte of a text stands in exactly one token, every token in a node; nothing is dropped, valid or
//! not. A small arena in reading order.

use crate::Span;
use crate::lex::TokenKind;
use crate::parser::{NodeKind, Rule};
use crate::text::Text;

/// What an element of the tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ElementKind {
    /// The whole text.
    File,
    /// A piece of the text that is not read as an item.
    Unread,
    /// A node of the grammar.
    Node(NodeKind),
    /// A token.
    Token(TokenKind),
}

/// One element, in reading order: its descendants follow it directly, up to `next`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) kind: ElementKind,
    /// The rule of a node.
    pub(crate) rule: Rule,
    pub(crate) span: Span,
    /// The entry after the last descendant.
    pub(crate) next: u32,
}

/// A text as a tree.
#[derive(Clone, Debug)]
pub struct Tree {
    text: Text,
    entries: Vec<Entry>,
}

impl Tree {
    pub(crate) const fn new(text: Text, entries: Vec<Entry>) -> Self {
        Self { text, entries }
    }

    /// The text that the tree was made from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The node that holds all others; `None` only for a text too long to be read.
    #[must_use]
    pub fn root(&self) -> Option<Element<'_>> {
        (!self.entries.is_empty()).then_some(Element { tree: self, index: 0 })
    }

    /// Every element, in reading order.
    pub fn elements(&self) -> impl Iterator<Item = Element<'_>> {
        (0..self.entries.len()).map(|index| Element { tree: self, index })
    }

    /// The text again, from the tokens of the tree.
    #[must_use]
    pub fn print(&self) -> String {
        let mut text = String::with_capacity(self.text.len());
        for element in self.elements().filter(|element| element.token().is_some()) {
            text.push_str(element.text());
        }
        text
    }

    /// The deepest element at a byte.
    #[must_use]
    pub fn at(&self, offset: u32) -> Option<Element<'_>> {
        let mut found = self.root().filter(|root| root.contains(offset))?;
        while let Some(inner) = found.children().find(|child| child.contains(offset)) {
            found = inner;
        }
        Some(found)
    }
}

/// A node or a token of a tree.
#[derive(Clone, Copy)]
pub struct Element<'t> {
    tree: &'t Tree,
    index: usize,
}

impl<'t> Element<'t> {
    fn entry(self) -> &'t Entry {
        &self.tree.entries[self.index]
    }

    /// What it is.
    #[must_use]
    pub fn kind(self) -> ElementKind {
        self.entry().kind
    }

    /// What node of the grammar it is.
    #[must_use]
    pub fn node(self) -> Option<NodeKind> {
        match self.kind() {
            ElementKind::Node(kind) => Some(kind),
            _ => None,
        }
    }

    /// By which rule of the grammar it is a node.
    pub(crate) fn rule(self) -> Option<Rule> {
        self.node().map(|_| self.entry().rule)
    }

    /// The first word in it: the keyword of a statement, and what tells the forms of one apart.
    #[must_use]
    pub fn first_word(self) -> Option<Self> {
        self.descendants().find(|element| element.token() == Some(TokenKind::Word))
    }

    /// Whether it is a statement, an item or a form of one that begins with a word.
    #[must_use]
    pub fn says(self, word: &str) -> bool {
        matches!(self.node(), Some(NodeKind::Statement | NodeKind::Form | NodeKind::Part))
            && self.children().next().is_some_and(|first| first.text() == word)
    }

    /// What token it is.
    #[must_use]
    pub fn token(self) -> Option<TokenKind> {
        match self.kind() {
            ElementKind::Token(kind) => Some(kind),
            _ => None,
        }
    }

    /// Where it is.
    #[must_use]
    pub fn span(self) -> Span {
        self.entry().span
    }

    /// Its text.
    #[must_use]
    pub fn text(self) -> &'t str {
        &self.tree.text[self.span().range()]
    }

    /// Its place in reading order.
    #[must_use]
    pub const fn index(self) -> usize {
        self.index
    }

    /// Nodes and tokens directly in it, trivia included.
    #[must_use]
    pub fn children(self) -> Children<'t> {
        Children { tree: self.tree, next: self.index + 1, end: self.entry().next as usize }
    }

    /// Everything in it, in reading order, itself excluded.
    pub fn descendants(self) -> impl Iterator<Item = Self> {
        (self.index + 1..self.entry().next as usize).map(move |index| Self { tree: self.tree, index })
    }

    /// The place in reading order after its last descendant.
    pub(crate) fn end_index(self) -> usize {
        self.entry().next as usize
    }

    /// Everything before it in reading order, the nearest first.
    pub(crate) fn backwards(self) -> impl Iterator<Item = Self> {
        (0..self.index).rev().map(move |index| Self { tree: self.tree, index })
    }

    /// Itself and everything after it in reading order.
    pub(crate) fn forwards(self) -> impl Iterator<Item = Self> {
        (self.index..self.tree.entries.len()).map(move |index| Self { tree: self.tree, index })
    }

    /// Everything after its last descendant in reading order.
    pub(crate) fn behind(self) -> impl Iterator<Item = Self> {
        (self.end_index()..self.tree.entries.len()).map(move |index| Self { tree: self.tree, index })
    }

    /// A part of the whole text, as far as there is one.
    pub(crate) fn source(self, span: Span) -> &'t str {
        let end = (span.end as usize).min(self.tree.text.len());
        self.tree.text.get(span.start as usize..end).unwrap_or_default()
    }

    fn contains(self, offset: u32) -> bool {
        (self.span().start..self.span().end).contains(&offset)
    }
}

impl core::fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:?} {:?} {:?}", self.kind(), self.span(), self.text())
    }
}

/// The children of an element.
#[derive(Clone, Debug)]
pub struct Children<'t> {
    tree: &'t Tree,
    next: usize,
    end: usize,
}

impl<'t> Iterator for Children<'t> {
    type Item = Element<'t>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.end {
            return None;
        }
        let element = Element { tree: self.tree, index: self.next };
        self.next = element.entry().next as usize;
        Some(element)
    }
}
