//! Ways to the parts of a node.

use crate::ast::{Name, Path, Str};
use crate::lex::TokenKind;
use crate::parser::NodeKind;
use crate::tree::Element;
use crate::{Span, Spanned};

/// The nodes directly in a node.
pub(super) fn nodes<'t>(parent: Element<'t>) -> impl Iterator<Item = Element<'t>> {
    parent.children().filter(|child| child.node().is_some())
}

/// The tokens directly in a node, trivia excluded.
pub(super) fn tokens<'t>(parent: Element<'t>) -> impl Iterator<Item = Element<'t>> {
    parent.children().filter(|child| child.token().is_some_and(|kind| !kind.is_trivia()))
}

/// The nodes of one kind directly in a node.
pub(super) fn all<'t>(parent: Element<'t>, kind: NodeKind) -> impl Iterator<Item = Element<'t>> {
    parent.children().filter(move |child| child.node() == Some(kind))
}

/// The first node of a kind directly in a node.
pub(super) fn child<'t>(parent: Element<'t>, kind: NodeKind) -> Option<Element<'t>> {
    all(parent, kind).next()
}

/// The first token of a kind directly in a node.
pub(super) fn token<'t>(parent: Element<'t>, kind: TokenKind) -> Option<Element<'t>> {
    parent.children().find(|child| child.token() == Some(kind))
}

/// The keyword of a statement, or the word that tells its form.
pub(super) fn keyword(node: Element<'_>) -> &str {
    node.first_word().map_or("", Element::text)
}

/// The part of a node that begins with a word or a sign.
pub(super) fn part<'t>(parent: Element<'t>, word: &str) -> Option<Element<'t>> {
    all(parent, NodeKind::Part).find(|part| part.says(word))
}

/// The place of a keyword directly in a node.
pub(super) fn word(parent: Element<'_>, word: &str) -> Option<Span> {
    parent.children().find(|child| child.token() == Some(TokenKind::Word) && child.text() == word).map(Element::span)
}

/// Whether a node says `ext`, not `cap`.
pub(super) fn extended(parent: Element<'_>) -> bool {
    word(parent, "ext").is_some()
}

/// The name directly in a node.
pub(super) fn name(parent: Element<'_>) -> Option<Name> {
    child(parent, NodeKind::Name).map(|name| Spanned::new(name.text().to_owned(), name.span()))
}

/// The name with `-` directly in a node.
pub(super) fn dashed(parent: Element<'_>) -> Option<Name> {
    child(parent, NodeKind::Dashed).map(dashed_name)
}

/// A name with `-`, without the white space that macros put around it.
pub(super) fn dashed_name(node: Element<'_>) -> Name {
    Spanned::new(tokens(node).map(Element::text).collect(), node.span())
}

/// The path directly in a node.
pub(super) fn path(parent: Element<'_>) -> Option<Path> {
    child(parent, NodeKind::Path).and_then(path_of)
}

/// A path from its node.
pub(super) fn path_of(node: Element<'_>) -> Option<Path> {
    let mut words = tokens(node)
        .filter(|token| token.token() == Some(TokenKind::Word))
        .map(|token| Spanned::new(token.text().to_owned(), token.span()));
    let first = words.next()?;
    Some(match words.next() {
        Some(name) => Path { namespace: Some(first), name },
        None => Path { namespace: None, name: first },
    })
}

/// One `///` or `//!` line.
pub(super) fn doc_line(token: Element<'_>) -> Str {
    Spanned::new(trim_doc(&token.text()[3..]).to_owned(), token.span())
}

/// Without the blank after the slashes and white space at the end.
pub(super) fn trim_doc(line: &str) -> &str {
    line.strip_prefix(' ').unwrap_or(line).trim_end()
}
