//! `-` where there can be none: in a name, and between the ends of a range.

use super::place;
use crate::Span;
use crate::error::{Applicability, Fix, SyntaxCode, SyntaxError};
use crate::lex::TokenKind;
use crate::parser::{NodeKind, Rule};
use crate::tree::Element;

/// The error of a `-` that joins words to a name, if the token is one.
pub(super) fn in_name(dash: Element<'_>) -> Option<SyntaxError> {
    let before = place::before(dash).filter(|word| word.token() == Some(TokenKind::Word))?;
    if dash.text() != "-" {
        return None;
    }
    let joined =
        |token: &Element<'_>| matches!(token.token(), Some(TokenKind::Word | TokenKind::Number)) || token.text() == "-";
    let last = dash.forwards().filter(|next| next.token().is_some()).take_while(joined).last()?;
    if last.text() == "-" {
        return None;
    }
    let span = Span::new(before.span().start, last.span().end);
    // Names of kinds of capabilities have no `_` where the specification has `-`.
    let is_kind = place::kind_around(before);
    let name = dash.source(span).replace('-', if is_kind { "" } else { "_" });
    let message = format!("`{}` is no name: a name has no `-`", dash.source(span));
    let error = SyntaxError::new(SyntaxCode::UnexpectedToken, span, message, "names have letters, digits and `_`");
    Some(error.help(format!("did you mean `{name}`?")).fix(Fix::replace(span, name, Applicability::Unsafe)))
}

/// Adds what to write for `a-b`, which was read as a subtraction, where the end of a range is missing.
pub(super) fn in_range(error: SyntaxError, missing: Element<'_>, range: Option<Element<'_>>) -> SyntaxError {
    if missing.rule() != Some(Rule::NoRangeEnd) {
        return error;
    }
    let Some((span, [start, end])) = range.and_then(difference) else { return error };
    let Some((from, to)) = value(start).zip(value(end)).filter(|(from, to)| from < to) else { return error };
    let behind = |last: u64| match end.starts_with("0x") {
        true => format!("{:#0width$x}", last + 1, width = end.len()),
        false => (last + 1).to_string(),
    };
    let exclusive = Fix::replace(span, format!("{start}..{end}"), Applicability::Unsafe);
    let inclusive = Fix::replace(span, format!("{start}..{}", behind(to)), Applicability::Unsafe);
    let mut error = error;
    let first = if (to - from).is_multiple_of(4) {
        exclusive.edits[0].text.clone()
    } else {
        format!("{start}..{}", behind(to))
    };
    error.help = Some(format!("did you mean `{first}`? a range ends one byte after its last"));
    // `0xb00-0xfff` names the last byte; of `0xb00-0x1000` it cannot be told.
    if (to - from).is_multiple_of(4) { error.fix(exclusive).fix(inclusive) } else { error.fix(inclusive) }
}

/// Both operands of the subtraction that a range begins with, and where it stands.
fn difference(range: Element<'_>) -> Option<(Span, [&str; 2])> {
    let expr = range.children().find(|part| part.node() == Some(NodeKind::Expr))?;
    let tokens: Vec<Element<'_>> =
        expr.descendants().filter(|part| part.token().is_some_and(|kind| !kind.is_trivia())).collect();
    match tokens[..] {
        [start, minus, end] if minus.text() == "-" => Some((expr.span(), [start.text(), end.text()])),
        _ => None,
    }
}

fn value(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    }
    .filter(|value| *value <= 0x1000)
}
