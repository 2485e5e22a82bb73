//! Ids as `lspci -n` prints them, `vvvv:dddd`, where the language writes `pci(0xvvvv, 0xdddd)`.

use super::place;
use crate::Span;
use crate::error::{Applicability, Fix, SyntaxError};
use crate::lex::TokenKind;
use crate::parser::Rule;
use crate::tree::Element;

/// Both ids and where they stand.
struct Pair {
    span: Span,
    vendor: String,
    device: String,
}

/// Adds what to write in the place of `vvvv:dddd`, if that is what stands where a part of `pci(..)` is missing.
pub(super) fn colon(error: SyntaxError, missing: Element<'_>) -> SyntaxError {
    let start = match missing.rule() {
        Some(Rule::NoPci | Rule::NoOpenParen) => place::solid_from(missing),
        Some(Rule::NoComma) => place::solid_before(missing),
        _ => None,
    };
    let Some(Pair { span, vendor, device }) = start.and_then(pair) else { return error };
    let ids = format!("0x{vendor}, 0x{device}");
    let text = match missing.rule() {
        Some(Rule::NoPci) => format!("pci({ids})"),
        Some(Rule::NoOpenParen) => format!("({ids})"),
        _ => ids,
    };
    // Nobody writes ids with `:` in decimal.
    let mut error = error.fix(Fix::replace(span, text, Applicability::Safe));
    error.help = Some(format!("`{vendor}:{device}` of `lspci -n` is written `pci(0x{vendor}, 0x{device})`"));
    error
}

/// `vvvv:dddd` or `[vvvv:dddd]` from a token on.
fn pair(first: Element<'_>) -> Option<Pair> {
    let mut tokens = first.forwards().filter(|next| next.token().is_some_and(|kind| !kind.is_trivia()));
    let start = first.span().start;
    let first = tokens.next()?;
    let bracketed = first.token() == Some(TokenKind::OpenBracket);
    let vendor = hex(if bracketed { tokens.next()? } else { first })?;
    if tokens.next()?.text() != ":" {
        return None;
    }
    let last = tokens.next()?;
    let device = hex(last)?;
    let end = match bracketed {
        true => tokens.next().filter(|end| end.token() == Some(TokenKind::CloseBracket))?.span().end,
        false => last.span().end,
    };
    Some(Pair { span: Span::new(start, end), vendor, device })
}

/// Up to four hexadecimal digits, with their prefix or without.
fn hex(token: Element<'_>) -> Option<String> {
    let text = token.text();
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let fits = (1..=4).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    fits.then(|| digits.to_ascii_lowercase())
}
