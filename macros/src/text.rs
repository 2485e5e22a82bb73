//! Tokens as text: each at the line and column where it stands in the source, so that places in messages are real.

use proc_macro2::{Delimiter, Group, Spacing, Span, TokenStream, TokenTree};
use quirk_dsl::Span as Bytes;

use crate::expand::Tokens;
use crate::position;

/// The text of some tokens, and the token after every byte.
pub(crate) struct Text {
    pub(crate) text: String,
    /// First byte, the byte after the last, and the span of each token, in the order of the text.
    places: Vec<(u32, u32, Span)>,
    line: usize,
    column: usize,
    /// The next token belongs to the one before: `..=` is three of them.
    joint: bool,
}

impl Text {
    pub(crate) fn of(tokens: TokenStream) -> Self {
        let mut text = Self { text: String::new(), places: vec![], line: 1, column: 1, joint: false };
        text.stream(tokens);
        text
    }

    /// The first and the last of the tokens that a run of bytes touches, or the token before it.
    pub(crate) fn tokens(&self, bytes: Bytes) -> Option<Tokens> {
        let last = self.places.iter().rposition(|(start, ..)| *start < bytes.end.max(1))?;
        let first = self.places.iter().position(|(_, end, _)| *end > bytes.start).unwrap_or(last).min(last);
        Some((self.places[first].2, self.places[last].2))
    }

    fn stream(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.group(&group),
                TokenTree::Ident(ident) => self.push(&ident.to_string(), ident.span()),
                TokenTree::Literal(literal) => self.push(&literal_text(&literal), literal.span()),
                TokenTree::Punct(punct) => {
                    self.push(&punct.as_char().to_string(), punct.span());
                    self.joint = punct.spacing() == Spacing::Joint;
                }
            }
        }
    }

    fn group(&mut self, group: &Group) {
        let (open, close) = match group.delimiter() {
            Delimiter::Parenthesis => ("(", ")"),
            Delimiter::Brace => ("{", "}"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::None => ("", ""),
        };
        self.push(open, group.span_open());
        self.stream(group.stream());
        self.push(close, group.span_close());
    }

    /// Writes a token where it stands, or one space after the last if that is not ahead.
    fn push(&mut self, token: &str, span: Span) {
        if token.is_empty() {
            return;
        }
        let place = position::of(span);
        let ahead = (place.line, place.column) >= (self.line, self.column);
        if ahead {
            while self.line < place.line {
                self.text.push('\n');
                self.line += 1;
                self.column = 1;
            }
            while self.column < place.column {
                self.text.push(' ');
                self.column += 1;
            }
        } else if !self.joint {
            self.text.push(' ');
            self.column += 1;
        }
        self.joint = false;
        let start = self.text.len();
        self.text.push_str(token);
        match token.rsplit_once('\n') {
            Some((lines, last)) => {
                self.line += lines.split('\n').count();
                self.column = last.chars().count() + 1;
            }
            None => self.column += token.chars().count(),
        }
        let byte = |at| u32::try_from(at).unwrap_or(u32::MAX);
        self.places.push((byte(start), byte(self.text.len()), span));
    }
}

/// A literal as it was written; a raw text in the form with escapes, since documentation arrives raw.
fn literal_text(literal: &proc_macro2::Literal) -> String {
    let written = literal.to_string();
    match syn::parse_str::<syn::LitStr>(&written) {
        Ok(text) if written.starts_with('r') => format!("{:?}", text.value()),
        _ => written,
    }
}
