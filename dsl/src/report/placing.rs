//! `pasid @ 0x400;`, `pasid free;` and `pasid native;` in a device, where the language has `pasid { place .. ; }`.

use super::place;
use crate::Span;
use crate::error::{Applicability, Fix, SyntaxCode, SyntaxError};
use crate::lex::TokenKind;
use crate::parser::Rule;
use crate::tree::Element;

/// The error of a place behind `pasid`, if that is what begins at a token: and the last token of it.
pub(super) fn without_block<'t>(statement: Element<'t>, first: Element<'t>) -> Option<(SyntaxError, Element<'t>)> {
    let is_place = first.text() == "@" || matches!(first.text(), "free" | "native");
    if !(statement.rule() == Some(Rule::DeviceStatement) && statement.says("pasid") && is_place) {
        return None;
    }
    let before = place::solid_before(first)?;
    let mut tokens = first.forwards().filter(|next| next.token().is_some_and(|kind| !kind.is_trivia()));
    let within = |kind| {
        !matches!(kind, Some(TokenKind::OpenBrace | TokenKind::CloseBrace | TokenKind::Text | TokenKind::OpenText))
    };
    let end = tokens.find(|next| next.token() == Some(TokenKind::Semicolon) || !within(next.token()))?;
    // `free @ ..` is the next statement.
    let is_whole = match first.text() {
        "@" => true,
        _ => {
            first.forwards().filter(|next| next.token().is_some_and(|kind| !kind.is_trivia())).nth(1)?.index()
                == end.index()
        }
    };
    if end.token() != Some(TokenKind::Semicolon) || !is_whole {
        return None;
    }
    let placing = first.source(Span::new(first.span().start, end.span().start)).trim_end();
    let text = format!(" {{ place {placing}; }}");
    let message = "where PASID goes is said in a block: `pasid { place ..; }`";
    let error = SyntaxError::new(SyntaxCode::UnexpectedToken, first.span(), message, "expected `{ place ..; }`")
        .help(format!("did you mean `pasid{text}`?"))
        .fix(Fix::replace(Span::new(before.span().end, end.span().end), text, Applicability::Unsafe));
    Some((error, end))
}
