//! Slips whose meaning is plain: an error and its fix, and the statement is read all the same.

use super::{place, words};
use crate::Span;
use crate::error::{Applicability, Edit, Fix, SyntaxCode, SyntaxError};
use crate::lex::TokenKind;
use crate::parser::NodeKind;
use crate::tree::Element;

/// Whether the fix of a missing `;` leaves an error: of what follows, and is no statement.
fn applicability(statement_follows: bool) -> Applicability {
    if statement_follows { Applicability::Safe } else { Applicability::Unsafe }
}

pub(super) fn no_semicolon(element: Element<'_>, statement_follows: bool) -> SyntaxError {
    let end = place::solid_before(element).map_or(element.span().start, |last| last.span().end);
    SyntaxError::new(
        SyntaxCode::MissingSemicolon,
        Span::new(end, end),
        format!("expected `;`, found {}", place::found(element)),
        "expected `;` here",
    )
    .fix(Fix::insert(end, ";", applicability(statement_follows)))
}

pub(super) fn stray_semicolon(element: Element<'_>) -> SyntaxError {
    let after_block = place::solid_before(element).is_some_and(|last| last.token() == Some(TokenKind::CloseBrace));
    let message = if after_block { "a block needs no `;` after its `}`" } else { "this `;` ends no statement" };
    SyntaxError::new(SyntaxCode::StraySemicolon, element.span(), message, "not needed").fix(Fix::replace(
        element.span(),
        "",
        Applicability::Safe,
    ))
}

pub(super) fn comma(element: Element<'_>, statement_follows: bool) -> SyntaxError {
    SyntaxError::new(SyntaxCode::CommaForSemicolon, element.span(), "statements end in `;`, not in `,`", "expected `;`")
        .fix(Fix::replace(element.span(), ";", applicability(statement_follows)))
}

/// `@ 0x1b8, len 8;`: the statement goes on after its comma.
pub(super) fn comma_before_part(element: Element<'_>, part: Element<'_>) -> SyntaxError {
    let message = format!("no `,` stands before `{}`", part.text());
    let mut fix = Fix::replace(element.span(), "", Applicability::Safe);
    if let Some(same) = words::of(part.text(), ["len"]).filter(|found| found.same) {
        fix.title = format!("write `{}`, without a comma before it", same.word);
        fix.edits.push(Edit { span: part.span(), text: same.word.to_owned() });
    }
    SyntaxError::new(SyntaxCode::UnexpectedToken, element.span(), message, "not needed").fix(fix)
}

pub(super) fn equals(element: Element<'_>) -> SyntaxError {
    let (message, meant) = if element.text() == "==" {
        ("a value is given with `=`; `==` compares", "=")
    } else {
        ("values are compared with `==`; `=` gives a value", "==")
    };
    SyntaxError::new(SyntaxCode::EqualsOperator, element.span(), message, format!("expected `{meant}`"))
        .fix(Fix::replace(element.span(), meant, Applicability::Safe))
}

pub(super) fn equals_before_list(element: Element<'_>) -> SyntaxError {
    SyntaxError::new(
        SyntaxCode::EqualsOperator,
        element.span(),
        "bytes follow their offset directly: `@ 0x40 [1, 2]`",
        "not needed",
    )
    .fix(Fix::replace(element.span(), "", Applicability::Safe))
}

pub(super) fn range(element: Element<'_>, parent: Element<'_>) -> SyntaxError {
    let span = element.span();
    if parent.node() == Some(NodeKind::IdSet) {
        return SyntaxError::new(
            SyntaxCode::RangeOperator,
            span,
            "ids and revisions are written `a..=b`, with the last one",
            "expected `..=`",
        )
        .fix(Fix::replace(span, "..=", Applicability::Unsafe));
    }
    SyntaxError::new(
        SyntaxCode::RangeOperator,
        span,
        "bytes are written `a..b`, with the byte after the last, or `a len n`",
        "expected `..`",
    )
    .help("`0x400..0x700` ends with the byte at 0x6ff")
    .fix(Fix::replace(span, "..", Applicability::Unsafe))
}

pub(super) fn no_close(end: u32, open: Option<Span>) -> SyntaxError {
    let error = SyntaxError::new(
        SyntaxCode::UnclosedBlock,
        Span::new(end, end),
        "this block is not closed",
        "expected `}` here",
    )
    .fix(Fix::insert(end, "\n}", Applicability::Unsafe));
    match open {
        Some(open) => error.related(open, "the block starts here"),
        None => error,
    }
}
