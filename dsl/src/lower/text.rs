//! Texts, characters and documentation: their values.

use super::Lower;
use super::cursor::{child, doc_line, token, tokens, trim_doc};
use crate::ast::Str;
use crate::error::{SyntaxCode, SyntaxError};
use crate::lex::TokenKind;
use crate::parser::NodeKind;
use crate::tree::Element;
use crate::{Span, Spanned};

impl Lower<'_> {
    /// The text directly in a node.
    pub(super) fn text(&mut self, parent: Element<'_>) -> Option<Str> {
        let literal = token(parent, TokenKind::Text)?;
        self.text_value(literal)
    }

    fn text_value(&mut self, literal: Element<'_>) -> Option<Str> {
        let inner = &literal.text()[1..literal.text().len() - 1];
        let value = self.unescape(inner, literal.span().start + 1)?;
        Some(Spanned::new(value, literal.span()))
    }

    /// A character literal's byte.
    pub(super) fn character(&mut self, literal: Element<'_>) -> Option<u8> {
        let inner = &literal.text()[1..literal.text().len() - 1];
        let value = self.unescape(inner, literal.span().start + 1)?;
        let byte = value.chars().next().and_then(|character| u8::try_from(character).ok()).filter(u8::is_ascii);
        if byte.is_none() {
            self.error(
                SyntaxError::new(
                    SyntaxCode::BadCharacter,
                    literal.span(),
                    format!("`{}` is no ASCII character", literal.text()),
                    "stands for one byte, so it must be ASCII",
                )
                .help("write the bytes as numbers"),
            );
        }
        byte
    }

    /// Resolves the escapes of Rust.
    fn unescape(&mut self, inner: &str, start: u32) -> Option<String> {
        if !inner.contains('\\') {
            return Some(inner.to_owned());
        }
        let mut value = String::with_capacity(inner.len());
        let mut rest = inner;
        let mut sound = true;
        while let Some(at) = rest.find('\\') {
            value.push_str(&rest[..at]);
            rest = &rest[at..];
            let (character, len) = escape(rest);
            if let Some(character) = character {
                value.push(character);
            } else {
                sound = false;
                let from = start + u32::try_from(inner.len() - rest.len()).unwrap_or_default();
                let span = Span::new(from, from + u32::try_from(len).unwrap_or_default());
                self.error(
                    SyntaxError::new(
                        SyntaxCode::BadEscape,
                        span,
                        format!("`{}` is no escape", &rest[..len]),
                        "stands for no character",
                    )
                    .help("escapes are `\\n`, `\\r`, `\\t`, `\\0`, `\\\\`, `\\\"`, `\\'`, `\\x41` and `\\u{41}`; write `\\\\` for a backslash"),
                );
            }
            rest = &rest[len..];
        }
        value.push_str(rest);
        sound.then_some(value)
    }

    /// The lines of a documentation node.
    pub(super) fn docs(&mut self, docs: Option<Element<'_>>) -> Vec<Str> {
        let mut lines = Vec::with_capacity(docs.map_or(0, |docs| docs.children().count()));
        for part in docs.into_iter().flat_map(Element::children) {
            if part.token() == Some(TokenKind::OuterDoc) {
                lines.push(doc_line(part));
            } else if part.node() == Some(NodeKind::Attribute) {
                self.attribute(part, &mut lines);
            }
        }
        lines
    }

    /// `#![doc = ".."]`, which is not read by the grammar; `None` if the element is something else.
    pub(super) fn inner_attribute(&mut self, unread: Element<'_>) -> Option<Vec<Str>> {
        let starts = tokens(unread).map(Element::text).take(2).eq(["#", "!"]);
        if !starts {
            return None;
        }
        let mut lines = Vec::new();
        self.attribute(unread, &mut lines);
        Some(lines)
    }

    /// The lines of `#[doc = ".."]`, the form that documentation has in a macro.
    fn attribute(&mut self, attribute: Element<'_>, lines: &mut Vec<Str>) {
        let parts: Vec<Element<'_>> = tokens(attribute).collect();
        let is_doc = match parts.as_slice() {
            [sign @ .., open, doc, equals, value, close] => {
                let signs = sign.iter().map(|sign| sign.text());
                (signs.clone().eq(["#"]) || signs.eq(["#", "!"]))
                    && [open.text(), doc.text(), equals.text(), close.text()] == ["[", "doc", "=", "]"]
                    && value.token() == Some(TokenKind::Text)
            }
            _ => false,
        };
        if !is_doc || child(attribute, NodeKind::Attribute).is_some() {
            self.error(
                SyntaxError::new(
                    SyntaxCode::UnknownAttribute,
                    attribute.span(),
                    "the only attribute is `doc`",
                    "has no meaning here",
                )
                .help("documentation is written `/// text`, or `#[doc = \"text\"]` in a macro"),
            );
            return;
        }
        if let Some(value) = parts.get(parts.len() - 2).and_then(|literal| self.text_value(*literal)) {
            lines.extend(value.value.split('\n').map(|line| Spanned::new(trim_doc(line).to_owned(), value.span)));
        }
    }
}

/// The character of the escape at the start of a text, and the length of the escape.
fn escape(rest: &str) -> (Option<char>, usize) {
    let mut chars = rest[1..].chars();
    let Some(kind) = chars.next() else { return (None, 1) };
    let simple = match kind {
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        '0' => Some('\0'),
        '\\' | '"' | '\'' => Some(kind),
        'x' => {
            let digits = rest[2..].bytes().take(2).take_while(u8::is_ascii_hexdigit).count();
            let value =
                u8::from_str_radix(&rest[2..2 + digits], 16).ok().filter(|value| digits == 2 && value.is_ascii());
            return (value.map(char::from), 2 + digits);
        }
        'u' if rest[2..].starts_with('{') => {
            let digits = rest[3..].bytes().take(6).take_while(u8::is_ascii_hexdigit).count();
            let closed = rest[3 + digits..].starts_with('}');
            let value = u32::from_str_radix(&rest[3..3 + digits], 16).ok().and_then(char::from_u32);
            return (value.filter(|_| closed), 3 + digits + usize::from(closed));
        }
        _ => None,
    };
    (simple, 1 + kind.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn escapes_are_those_of_rust() {
        assert_eq!(escape("\\n.."), (Some('\n'), 2));
        assert_eq!(escape("\\x41."), (Some('A'), 4));
        assert_eq!(escape("\\u{e9}."), (Some('é'), 6));
    }

    #[test]
    fn what_is_no_escape_has_a_length() {
        assert_eq!(escape("\\q"), (None, 2));
        assert_eq!(escape("\\xf"), (None, 3));
        assert_eq!(escape("\\xff"), (None, 4));
        assert_eq!(escape("\\u{d800}"), (None, 8));
        assert_eq!(escape("\\u{41"), (None, 5));
        assert_eq!(escape("\\é"), (None, 3));
        assert_eq!(escape("\\"), (None, 1));
    }
}
