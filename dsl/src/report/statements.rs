//! Errors about whole statements: unknown keywords, and what does not belong to a statement.

use super::{dashes, place, words};
use crate::error::{Applicability, Fix, SyntaxCode, SyntaxError};
use crate::lex::TokenKind;
use crate::shape::{Context, Shape};
use crate::suggest::{Meant, meant};
use crate::tree::Element;

/// The block that a statement opens.
fn context(statement: Option<Element<'_>>) -> Context {
    let keyword = statement.and_then(Element::first_word);
    keyword.and_then(|keyword| Context::opened_by(keyword.text())).unwrap_or(Context::File)
}

/// The shapes that a statement can have, by its keyword.
fn shapes(statement: Element<'_>) -> impl Iterator<Item = &'static Shape> {
    let keyword = statement.first_word().map_or("", Element::text);
    Context::ALL.iter().filter_map(move |context| context.statement(keyword))
}

/// The words that may stand inside a statement.
pub(super) fn parts(statement: Element<'_>) -> impl Iterator<Item = &'static str> {
    shapes(statement).flat_map(|shape| shape.parts.iter().map(|part| part.word))
}

/// The words that tell the forms of a statement apart.
pub(super) fn forms(statement: Element<'_>) -> Vec<&'static str> {
    let parts = shapes(statement).flat_map(|shape| &shape.parts[..shape.forms.min(shape.parts.len())]);
    parts.map(|part| part.word).collect()
}

/// Whether a token may begin what follows a statement: the next statement of the block, or the block's end.
pub(super) fn may_follow(token: Option<Element<'_>>, outer: Option<Element<'_>>) -> bool {
    let Some(token) = token else { return true };
    match token.token() {
        Some(TokenKind::CloseBrace) => true,
        Some(TokenKind::Word) => match context(outer) {
            Context::Enable | Context::Policy => true,
            context => context.statement(token.text()).is_some(),
        },
        _ => token.text() == "#",
    }
}

/// Whether a token is a word inside a statement, and none that begins one.
pub(super) fn is_part(statement: Element<'_>, token: Element<'_>) -> bool {
    let text = token.text();
    let is_legal = token.token() == Some(TokenKind::Word)
        && parts(statement).any(|part| part == text || words::of(text, [part]).is_some_and(|found| found.same));
    is_legal && !Context::ALL.iter().any(|context| context.statement(text).is_some())
}

/// Adds did-you-mean to an error about a word.
pub(crate) fn suggest<'c>(
    error: SyntaxError,
    found: Element<'_>,
    words: impl IntoIterator<Item = &'c str>,
) -> SyntaxError {
    if found.token() != Some(TokenKind::Word) {
        return error;
    }
    let legal: Vec<&str> = words.into_iter().collect();
    if let Some(words::Synonym { word, same }) = words::of(found.text(), legal.iter().copied()) {
        let applicability = if same { Applicability::Safe } else { Applicability::Unsafe };
        let mut error = error.fix(Fix::replace(found.span(), word, applicability));
        error.help = Some(format!("did you mean `{word}`?"));
        return error;
    }
    let Meant { words, certain } = meant(found.text(), legal);
    let Some((first, others)) = words.split_first() else { return error };
    let applicability = if certain { Applicability::Safe } else { Applicability::Unsafe };
    let mut error = words.iter().fold(error, |error, word| error.fix(Fix::replace(found.span(), *word, applicability)));
    if error.help.is_none() {
        let list = others.iter().fold(format!("`{first}`"), |list, word| format!("{list} or `{word}`"));
        error.help = Some(format!("did you mean {list}?"));
    }
    error
}

/// The error of a word that was read as something else, if it looks like a keyword.
pub(super) fn misspelt<'c>(word: Element<'_>, words: impl IntoIterator<Item = &'c str>) -> Option<SyntaxError> {
    let message = format!("`{}` has no meaning here", word.text());
    let error = SyntaxError::new(SyntaxCode::UnexpectedToken, word.span(), message, "not known here");
    Some(suggest(error, word, words)).filter(|error| !error.fixes.is_empty())
}

/// A statement with a keyword that its block does not know.
pub(super) fn unknown(element: Element<'_>, outer: Option<Element<'_>>) -> SyntaxError {
    let context = context(outer);
    let Some(word) = element.first_word() else { return stray(element, outer) };
    let (code, what) = match context {
        Context::File => (SyntaxCode::UnknownItem, "no item starts with"),
        _ => (SyntaxCode::UnknownStatement, "no statement starts with"),
    };
    let place = if context == Context::File { String::new() } else { format!(" in {}", context.title()) };
    let error = SyntaxError::new(code, word.span(), format!("{what} `{}`{place}", word.text()), "not known here");
    let error = suggest(error, word, context.keywords());
    if !error.fixes.is_empty() {
        return error;
    }
    let homes: Vec<&str> =
        Context::ALL.iter().filter(|home| home.statement(word.text()).is_some()).map(|home| home.title()).collect();
    if homes.is_empty() {
        error.help(format!("known are {}", list(context.keywords())))
    } else {
        error.help(format!("`{}` belongs in {}", word.text(), homes.join(" or ")))
    }
}

/// Something that no statement starts with.
pub(super) fn stray(element: Element<'_>, outer: Option<Element<'_>>) -> SyntaxError {
    let context = context(outer);
    let first = place::solid_from(element);
    let span = first.map_or(element.span(), Element::span);
    let what =
        if context == Context::File { "an item".to_owned() } else { format!("a statement of {}", context.title()) };
    let error = SyntaxError::new(
        SyntaxCode::UnexpectedToken,
        span,
        format!("expected {what}, found {}", place::found(element)),
        "no statement starts like this",
    );
    match context {
        Context::Enable => error.help("a parameter is given as `name = value;`"),
        _ => error.help(format!("known are {}", list(context.keywords()))),
    }
}

/// What stands where a statement should have ended.
pub(super) fn unexpected(element: Element<'_>, statement: Element<'_>) -> SyntaxError {
    let first = place::solid_from(element);
    let span = first.map_or(element.span(), Element::span);
    if first.is_some_and(|first| first.token() == Some(TokenKind::OpenBrace)) {
        let keyword = statement.first_word().map_or("this", Element::text);
        return SyntaxError::new(
            SyntaxCode::UnexpectedToken,
            span,
            format!("`{keyword}` takes no block here"),
            "expected `;`",
        );
    }
    // A class is any word, so that of a misspelt word with a value the `(` is the first thing that does not fit.
    if first.is_some_and(|first| first.token() == Some(TokenKind::OpenParen))
        && let Some(error) = place::solid_before(element).and_then(|word| misspelt(word, parts(statement)))
    {
        return error;
    }
    if let Some(error) = first.and_then(dashes::in_name) {
        return error;
    }
    let error = SyntaxError::new(
        SyntaxCode::UnexpectedToken,
        span,
        format!("expected `;`, found {}", place::found(element)),
        "expected `;` here",
    );
    match first {
        Some(first) => suggest(error, first, parts(statement)),
        None => error,
    }
}

/// Words as a list for people.
pub(super) fn list<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}
