//! Where to point: the tokens around an element, and what to call them.

use crate::Span;
use crate::lex::TokenKind;
use crate::tree::Element;

/// The token right before an element, trivia included.
pub(super) fn before(element: Element<'_>) -> Option<Element<'_>> {
    element.backwards().find(|before| before.token().is_some())
}

/// The last token before an element that is no trivia.
pub(super) fn solid_before(element: Element<'_>) -> Option<Element<'_>> {
    element.backwards().find(|before| before.token().is_some_and(|kind| !kind.is_trivia()))
}

/// The first token at or after the start of an element that is no trivia.
pub(super) fn solid_from(element: Element<'_>) -> Option<Element<'_>> {
    element
        .forwards()
        .find(|next| next.token().is_some_and(|kind| !kind.is_trivia()) && next.span().start >= element.span().start)
}

/// The first token behind an element that is no trivia.
pub(super) fn solid_behind(element: Element<'_>) -> Option<Element<'_>> {
    element.behind().find(|next| next.token().is_some_and(|kind| !kind.is_trivia()))
}

/// The first token of a statement, its own where it is one.
pub(super) fn first(element: Element<'_>) -> Element<'_> {
    element.descendants().find(|token| token.token().is_some_and(|kind| !kind.is_trivia())).unwrap_or(element)
}

/// Whether a word is the kind of a capability: it stands behind `cap` or `ext`.
pub(super) fn kind_around(word: Element<'_>) -> bool {
    solid_before(word).is_some_and(|before| matches!(before.text(), "cap" | "ext"))
}

/// The element after another in the same node, trivia excluded.
pub(super) fn sibling(element: Element<'_>) -> Option<Element<'_>> {
    element.behind().find(|next| next.token().is_none_or(|kind| !kind.is_trivia()))
}

/// The place where something is missing: the token that stands there instead, or the end of the token before if that one
/// is on another line or ends the statement.
pub(super) fn missing(element: Element<'_>) -> Span {
    let last = solid_before(element).map(Element::span);
    let found = solid_from(element);
    match (last, found) {
        (Some(last), Some(found)) => {
            let apart = element.source(Span::new(last.end, found.span().start)).contains('\n');
            if apart || matches!(found.token(), Some(TokenKind::Semicolon | TokenKind::CloseBrace)) {
                Span::new(last.end, last.end)
            } else {
                found.span()
            }
        }
        (Some(last), None) => Span::new(last.end, last.end),
        (None, Some(found)) => found.span(),
        (None, None) => element.span(),
    }
}

/// What a message calls the token at an element.
pub(super) fn found(element: Element<'_>) -> String {
    solid_from(element).map_or_else(|| "the end of the file".to_owned(), name)
}

/// What a message calls a token.
pub(super) fn name(token: Element<'_>) -> String {
    /// A longer token is cut in a message.
    const LONGEST: usize = 40;
    let text = token.text();
    let short: String = text.chars().take(LONGEST).collect();
    let dots = if short.len() < text.len() { ".." } else { "" };
    match token.token() {
        Some(TokenKind::Text | TokenKind::OpenText) => format!("the text `{short}{dots}`"),
        _ => format!("`{short}{dots}`"),
    }
}

/// The text after an element.
pub(super) fn after_text(element: Element<'_>) -> &str {
    element.source(Span::new(element.span().end, u32::MAX))
}
