//! Errors about characters and tokens, whatever the statement.

use super::place;
use crate::Span;
use crate::error::{Applicability, Edit, Fix, SyntaxCode, SyntaxError};
use crate::lex::{TokenKind, changes_direction};
use crate::split::NESTING_LIMIT;
use crate::tree::Element;

/// A run of strange characters is one mistake.
pub(super) fn continues_run(token: Element<'_>) -> bool {
    place::before(token).is_some_and(|before| before.token() == Some(TokenKind::Unknown))
}

pub(super) fn unexpected_character(token: Element<'_>) -> SyntaxError {
    let character = token.text().chars().next().unwrap_or_default();
    let shown = if character.is_control() || (character.is_whitespace() && character != ' ') || !character.is_ascii() {
        format!("`{}` (U+{:04X})", character.escape_debug(), u32::from(character))
    } else {
        format!("`{character}`")
    };
    let error = SyntaxError::new(
        SyntaxCode::UnexpectedCharacter,
        token.span(),
        format!("{shown} has no meaning here"),
        "unexpected character",
    );
    if character == '\'' {
        return error.help("`'P'` stands for the byte of one character; a text stands in `\"..\"`");
    }
    if matches!(character, '\u{2018}'..='\u{201f}') {
        return error.help("texts stand in straight quotes, `\"..\"`");
    }
    let plain = match character {
        '\u{a0}' | '\u{2009}' | '\u{202f}' | '\u{3000}' => " ",
        '\u{2013}' | '\u{2014}' | '\u{2212}' => "-",
        '\u{feff}' | '\u{200b}' => "",
        _ => return error,
    };
    error.fix(Fix::replace(token.span(), plain, Applicability::Unsafe))
}

pub(super) fn unclosed_text(token: Element<'_>) -> SyntaxError {
    let span = token.span();
    SyntaxError::new(
        SyntaxCode::UnclosedText,
        span,
        "this text has no closing `\"`",
        "a text ends in the line where it starts",
    )
    .fix(Fix::insert(span.end, "\"", Applicability::Unsafe))
}

pub(super) fn block_comment(token: Element<'_>) -> SyntaxError {
    let span = token.span();
    let error = SyntaxError::new(
        SyntaxCode::BlockComment,
        span,
        "comments are written `// ..`, to the end of the line",
        "not a comment of the language",
    );
    let Some(inner) = token.text().strip_prefix("/*").and_then(|text| text.strip_suffix("*/")) else {
        return error.help("`/*` without `*/` takes in the rest of the file");
    };
    let ends_line = place::after_text(token).trim_start_matches([' ', '\t', '\r']);
    if !(ends_line.is_empty() || ends_line.starts_with('\n')) {
        return error.help("move it to a line of its own, or remove it");
    }
    let lines: Vec<String> = inner
        .lines()
        .map(|line| line.trim().trim_start_matches('*').trim())
        .filter(|line| !line.is_empty())
        .map(|line| format!("// {line}"))
        .collect();
    let text = if lines.is_empty() { "//".to_owned() } else { lines.join("\n") };
    error.fix(Fix::replace(span, text, Applicability::Safe))
}

pub(super) fn hash_comment(token: Element<'_>) -> SyntaxError {
    let start = token.span().start;
    SyntaxError::new(
        SyntaxCode::HashComment,
        token.span(),
        "a comment starts with `//`, not with `#`",
        "not a comment of the language",
    )
    .fix(Fix::replace(Span::new(start, start + 1), "//", Applicability::Safe))
}

/// What a comment or a text shows otherwise than it is read: a carriage return before its end, and characters that rustc denies
/// for the same reason, since they change the order in which others are shown.
pub(super) fn unseen(token: Element<'_>) -> impl Iterator<Item = SyntaxError> {
    let text = token.text();
    let is_text = token.token() == Some(TokenKind::Text);
    // The one before a line feed ends the comment.
    let returns = text.strip_suffix('\r').unwrap_or(text).contains('\r').then(|| {
        let found = found(token, |character| character == '\r');
        let error = SyntaxError::new(
            SyntaxCode::CarriageReturn,
            // Where editors begin another line there, it would reach into that.
            found.first().map_or_else(Span::default, |first| Span::new(first.start, first.start)),
            "a carriage return ends no line unless a line feed follows it",
            "what follows looks like another line, and is not",
        );
        if is_text {
            error.fix(every("write `\\r`", found, Applicability::Safe, |_| "\\r".to_owned()))
        } else {
            error.help("end the line with a line feed, if what follows is another line")
        }
    });
    let directs = text.contains(changes_direction).then(|| {
        let found = found(token, changes_direction);
        let first = found.first().copied().unwrap_or_default();
        let shown = |span: Span| {
            let at = (span.start - token.span().start) as usize;
            u32::from(text[at..].chars().next().unwrap_or_default())
        };
        let error = SyntaxError::new(
            SyntaxCode::TextDirection,
            first,
            format!("`U+{:04X}` changes the order in which the characters after it are shown", shown(first)),
            "not seen, and what is seen is not what is read",
        );
        if is_text {
            error.fix(every("write it as an escape", found, Applicability::Safe, |span| {
                format!("\\u{{{:x}}}", shown(span))
            }))
        } else {
            error.fix(every("remove it", found, Applicability::Safe, |_| String::new()))
        }
    });
    [returns, directs].into_iter().flatten()
}

/// Where a token has such characters.
fn found(token: Element<'_>, is_one: impl Fn(char) -> bool) -> Vec<Span> {
    let end = token.text().trim_end_matches('\r').len();
    let place = |at: usize| token.span().start + u32::try_from(at).unwrap_or_default();
    let found = token.text()[..end].char_indices().filter(|(_, character)| is_one(*character));
    found.map(|(at, character)| Span::new(place(at), place(at + character.len_utf8()))).collect()
}

/// Mends every place in the same way.
fn every(title: &str, places: Vec<Span>, applicability: Applicability, text: impl Fn(Span) -> String) -> Fix {
    let edits = places.into_iter().map(|span| Edit { span, text: text(span) }).collect();
    Fix { title: title.to_owned(), edits, applicability }
}

pub(super) fn misplaced_doc(element: Element<'_>) -> SyntaxError {
    let error = SyntaxError::new(
        SyntaxCode::MisplacedDoc,
        element.span(),
        "this documents nothing",
        "nothing that follows can have documentation",
    )
    .help("documentation stands before an item, or before a statement of a `device`, a `layout` or a `layer`; `//!` outside of every item");
    let marks = core::iter::once(element)
        .chain(element.descendants())
        .filter(|part| matches!(part.token(), Some(TokenKind::OuterDoc | TokenKind::InnerDoc)));
    let edits: Vec<Edit> = marks
        .map(|line| line.span().start)
        .map(|start| Edit { span: Span::new(start, start + 3), text: "//".to_owned() })
        .collect();
    if edits.is_empty() {
        return error;
    }
    error.fix(Fix { title: "make it a comment".to_owned(), edits, applicability: Applicability::Safe })
}

/// A `}` too many. `item` is the item that ended too early, if statements stand between it and the brace.
pub(super) fn stray_close(element: Element<'_>, item: Option<Element<'_>>) -> SyntaxError {
    let error = SyntaxError::new(
        SyntaxCode::UnmatchedBrace,
        element.span(),
        "this `}` closes nothing",
        "no block is open here",
    );
    match item.map(|item| item.span().end) {
        Some(end) => error
            .related(Span::new(end.saturating_sub(1), end), "the item before ends here already")
            .help("a `}` too many stands in that item; what follows it was not read"),
        None => error.fix(Fix::replace(element.span(), "", Applicability::Unsafe)),
    }
}

pub(super) fn too_deep(span: Span) -> SyntaxError {
    SyntaxError::new(
        SyntaxCode::NestingTooDeep,
        span,
        format!("braces, parentheses and brackets nest at most {NESTING_LIMIT} deep"),
        "one too many",
    )
    .help("the item around it was not read")
}

pub(super) fn unreadable(element: Element<'_>) -> SyntaxError {
    SyntaxError::new(SyntaxCode::UnexpectedToken, element.span(), "this item cannot be read", "not understood")
}
