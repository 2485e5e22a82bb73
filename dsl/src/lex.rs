//! Tokens: a text as a gapless row of typed byte ranges. Never fails; what no rule of the language allows is a token too.

use crate::Span;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// The byte order mark at the start of a file.
    ByteOrderMark,
    /// Spaces, tabs and line ends.
    Whitespace,
    /// `// ..` up to the line end.
    Comment,
    /// `/// ..` up to the line end: documents what follows.
    OuterDoc,
    /// `//! ..` up to the line end: documents the file.
    InnerDoc,
    /// `/* .. */`, or up to the end of the text; not part of the language.
    BlockComment,
    /// `# ..` up to the line end, if it starts no attribute; not part of the language.
    HashComment,
    /// A word: a keyword or a name.
    Word,
    /// What starts like a number.
    Number,
    /// `".."` in one line.
    Text,
    /// A text without its closing quote, up to the signs that end the line.
    OpenText,
    /// `'c'`
    Character,
    /// `{`
    OpenBrace,
    /// `}`
    CloseBrace,
    /// `(`
    OpenParen,
    /// `)`
    CloseParen,
    /// `[`
    OpenBracket,
    /// `]`
    CloseBracket,
    /// `;`
    Semicolon,
    /// `,`
    Comma,
    /// Any other sign of the language.
    Sign,
    /// A character that has no place in the language.
    Unknown,
}

impl TokenKind {
    /// White space and comments: what may stand between any two tokens.
    #[must_use]
    pub const fn is_trivia(self) -> bool {
        matches!(
            self,
            Self::ByteOrderMark
                | Self::Whitespace
                | Self::Comment
                | Self::OuterDoc
                | Self::InnerDoc
                | Self::BlockComment
                | Self::HashComment
        )
    }
}

impl TokenKind {
    /// Whether it tells of an error wherever it stands.
    pub(crate) const fn is_mistake(self) -> bool {
        matches!(self, Self::BlockComment | Self::HashComment | Self::OpenText | Self::Unknown)
    }
}

/// One token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it is.
    pub span: Span,
}

/// Embeddings, overrides and isolates of Unicode's bidirectional algorithm, and their ends.
pub(crate) const fn changes_direction(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether nothing in a text is shown otherwise than it is read: no carriage return that ends no line, and no sign of direction.
pub(crate) fn shows_all(text: &str) -> bool {
    let bytes = text.as_bytes();
    !bytes.iter().enumerate().any(|(at, byte)| match byte {
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        // The first byte of every sign of direction.
        0xe2 => text[at..].chars().next().is_some_and(changes_direction),
        _ => false,
    })
}

/// Signs of more than one character, longest first.
const LONG_SIGNS: [&str; 9] = ["..=", "...", "..", "::", "==", "<<", ">>", "&&", "||"];

/// All tokens of a text; they cover it without gaps. The text must be shorter than 4 GiB.
pub(crate) fn lex(text: &str) -> Vec<Token> {
    lex_from(text, 0)
}

/// All tokens from the start of one on.
pub(crate) fn lex_from(text: &str, start: usize) -> Vec<Token> {
    let mut tokens = Vec::with_capacity((text.len() - start) / 4 + 1);
    let mut position = start;
    while position < text.len() {
        let (kind, len) = next(text, position);
        let end = position + len.max(1);
        tokens.push(Token { kind, span: Span::new(offset(position), offset(end)) });
        position = end;
    }
    tokens
}

/// A byte offset; the caller of [`lex`] made sure that it fits.
fn offset(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

/// The token at a position: its kind and its length in bytes.
fn next(text: &str, position: usize) -> (TokenKind, usize) {
    let rest = &text[position..];
    let bytes = rest.as_bytes();
    match bytes[0] {
        b' ' | b'\t' | b'\r' | b'\n' => {
            (TokenKind::Whitespace, run(bytes, |byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')))
        }
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => (TokenKind::Word, run(bytes, is_word)),
        b'0'..=b'9' => (TokenKind::Number, run(bytes, is_word)),
        b'$' if bytes.get(1).is_some_and(u8::is_ascii_hexdigit) => (TokenKind::Number, 1 + run(&bytes[1..], is_word)),
        b'"' => text_literal(bytes),
        b'\'' => character_len(rest).map_or((TokenKind::Unknown, 1), |len| (TokenKind::Character, len)),
        b'/' if bytes.get(1) == Some(&b'/') => (comment_kind(bytes), line_len(bytes)),
        b'/' if bytes.get(1) == Some(&b'*') => {
            (TokenKind::BlockComment, rest[2..].find("*/").map_or(rest.len(), |at| at + 4))
        }
        b'#' if !starts_attribute(bytes) => (TokenKind::HashComment, line_len(bytes)),
        b'{' => (TokenKind::OpenBrace, 1),
        b'}' => (TokenKind::CloseBrace, 1),
        b'(' => (TokenKind::OpenParen, 1),
        b')' => (TokenKind::CloseParen, 1),
        b'[' => (TokenKind::OpenBracket, 1),
        b']' => (TokenKind::CloseBracket, 1),
        b';' => (TokenKind::Semicolon, 1),
        b',' => (TokenKind::Comma, 1),
        b'@' | b'=' | b':' | b'.' | b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^' | b'!' | b'<' | b'>'
        | b'#' => {
            (TokenKind::Sign, LONG_SIGNS.iter().find(|sign| rest.starts_with(**sign)).map_or(1, |sign| sign.len()))
        }
        _ => {
            let first = rest.chars().next();
            let kind =
                if position == 0 && first == Some('\u{feff}') { TokenKind::ByteOrderMark } else { TokenKind::Unknown };
            (kind, first.map_or(1, char::len_utf8))
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn run(bytes: &[u8], accept: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|byte| !accept(*byte)).unwrap_or(bytes.len())
}

fn line_len(bytes: &[u8]) -> usize {
    run(bytes, |byte| byte != b'\n')
}

/// Whether a `#` is that of `#[..]` or `#![..]`.
fn starts_attribute(bytes: &[u8]) -> bool {
    let blank = |byte: &&u8| matches!(**byte, b' ' | b'\t' | b'\r' | b'\n');
    let mut behind = bytes[1..].iter().skip_while(blank).peekable();
    if behind.peek() == Some(&&b'!') {
        behind.next();
    }
    behind.find(|byte| !blank(byte)) == Some(&b'[')
}

/// `///` documents, `////` does not, as in Rust.
fn comment_kind(bytes: &[u8]) -> TokenKind {
    match (bytes.get(2), bytes.get(3)) {
        (Some(b'!'), _) => TokenKind::InnerDoc,
        (Some(b'/'), fourth) if fourth != Some(&b'/') => TokenKind::OuterDoc,
        _ => TokenKind::Comment,
    }
}

/// A text ends at its quote; unclosed, it ends before the signs that end its line, which are rarely meant to be in it.
fn text_literal(bytes: &[u8]) -> (TokenKind, usize) {
    let mut position = 1;
    let mut end = 1;
    while let Some(byte) = bytes.get(position) {
        match byte {
            b'"' => return (TokenKind::Text, position + 1),
            b'\n' => break,
            b'\\' => {
                position += 1;
                // The escaped character whole, so that the next step starts at one.
                let escaped = &bytes[position..];
                let len = escaped.first().map_or(0, |first| if *first == b'\n' { 0 } else { utf8_len(*first) });
                position += len;
                end = position;
            }
            b';' | b'{' | b'}' | b',' | b' ' | b'\t' | b'\r' => position += 1,
            _ => {
                position += 1;
                end = position;
            }
        }
    }
    (TokenKind::OpenText, end)
}

/// The length of a character by its first byte.
const fn utf8_len(first: u8) -> usize {
    match first {
        0..0x80 => 1,
        0x80..0xe0 => 2,
        0xe0..0xf0 => 3,
        _ => 4,
    }
}

/// `'c'`, `'\n'`, `'\x41'`, `'\u{41}'`: the length with both quotes, if it is one character.
fn character_len(rest: &str) -> Option<usize> {
    let inner = &rest[1..];
    let mut chars = inner.chars();
    let len = match chars.next()? {
        '\'' | '\n' => return None,
        '\\' => match chars.next()? {
            '\n' => return None,
            'u' if chars.next() == Some('{') => {
                let digits = inner.bytes().skip(3).take(6).take_while(u8::is_ascii_hexdigit).count();
                (inner.as_bytes().get(3 + digits) == Some(&b'}')).then_some(4 + digits)?
            }
            'x' => 2 + inner.bytes().skip(2).take(2).take_while(u8::is_ascii_hexdigit).count(),
            escaped => 1 + escaped.len_utf8(),
        },
        plain => plain.len_utf8(),
    };
    (inner.as_bytes().get(len) == Some(&b'\'')).then_some(len + 2)
}

#[cfg(test)]
mod tests {
    use super::{TokenKind, lex};

    fn kinds(text: &str) -> Vec<(TokenKind, &str)> {
        lex(text).iter().map(|token| (token.kind, &text[token.span.range()])).collect()
    }

    #[test]
    fn tokens_cover_the_text_without_gaps() {
        for text in
            ["", "\u{feff}device d {}\r\n", "\0", "\"a\\\"b\" 'P' '\\'' é /* x", "//! a\n/// b\n//// c", "'\\", "\"\\"]
        {
            let joined: String = kinds(text).iter().map(|(_, part)| *part).collect();
            assert_eq!(joined, text);
        }
    }

    #[test]
    fn a_range_is_three_tokens() {
        assert_eq!(
            kinds("0x700..0x900"),
            [(TokenKind::Number, "0x700"), (TokenKind::Sign, ".."), (TokenKind::Number, "0x900")]
        );
    }

    #[test]
    fn comments_are_told_apart_as_in_rust() {
        assert_eq!(kinds("/// a")[0].0, TokenKind::OuterDoc);
        assert_eq!(kinds("//! a")[0].0, TokenKind::InnerDoc);
        assert_eq!(kinds("//// a")[0].0, TokenKind::Comment);
        assert_eq!(kinds("// a")[0].0, TokenKind::Comment);
    }

    #[test]
    fn an_unclosed_text_ends_with_its_line() {
        assert_eq!(
            kinds("\"ab\nc"),
            [(TokenKind::OpenText, "\"ab"), (TokenKind::Whitespace, "\n"), (TokenKind::Word, "c")]
        );
    }

    #[test]
    fn a_quote_alone_is_unknown() {
        assert_eq!(kinds("'ab'")[0], (TokenKind::Unknown, "'"));
        assert_eq!(kinds("'\\x41'"), [(TokenKind::Character, "'\\x41'")]);
        assert_eq!(kinds("'\\u{41}'"), [(TokenKind::Character, "'\\u{41}'")]);
        assert_eq!(kinds("'\\u'")[0].0, TokenKind::Character);
    }
}
