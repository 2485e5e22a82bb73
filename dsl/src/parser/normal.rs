//! The tokens of an item as the grammar reads them: written again so that space, names and values are all alike. The lexer says
//! what a token is, and nothing else has to. The page of the grammar lists how each is written.

use crate::Span;
use crate::lex::{Token, TokenKind};
use crate::shape::{self, Word};

/// An item, written again.
#[derive(Debug, Default)]
pub(super) struct Normal {
    text: String,
    tokens: Vec<Written>,
    /// All documentation in it was written.
    is_documented: bool,
}

/// A token that was written.
#[derive(Clone, Copy, Debug)]
struct Written {
    /// Where it ends in the text that was written.
    end: u32,
    /// Where it is in the file.
    span: Span,
}

impl Normal {
    /// What the grammar reads.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Writes the tokens of an item, and a `}` at each of some places that lacks one.
    pub(super) fn write(&mut self, text: &str, tokens: &[Token], braces: &[u32]) {
        self.text.clear();
        self.tokens.clear();
        self.tokens.reserve(tokens.len());
        self.is_documented = true;
        let mut writer = Writer { file: text, out: self, fresh: true, groups: 0, attribute: false };
        let mut braces = braces.iter().copied().peekable();
        let mut documents = None;
        for (at, token) in tokens.iter().enumerate() {
            while let Some(place) = braces.next_if(|place| *place <= token.span.start) {
                writer.put("}", Span::new(place, place));
                writer.begin();
            }
            if token.kind == TokenKind::OuterDoc {
                if writer.groups == 0
                    && (writer.fresh || *documents.get_or_insert_with(|| documents_statement(text, &tokens[at..])))
                {
                    writer.put("\n///", token.span);
                    writer.begin();
                } else {
                    writer.out.is_documented = false;
                }
            } else if !token.kind.is_trivia() {
                writer.token(*token);
                documents = None;
            } else if token.kind == TokenKind::InnerDoc {
                writer.out.is_documented = false;
            }
        }
        for place in braces {
            writer.put("}", Span::new(place, place));
        }
        self.text.push('\n');
    }

    /// Whether all documentation in it stands where the grammar reads it.
    pub(super) const fn is_documented(&self) -> bool {
        self.is_documented
    }

    /// Where each token ends in what was written.
    pub(super) fn ends(&self) -> impl Iterator<Item = u32> {
        self.tokens.iter().map(|token| token.end)
    }

    /// Where a token starts in the file; after all tokens where the last one ends.
    pub(super) fn start(&self, token: u32) -> u32 {
        self.tokens.get(token as usize).map_or_else(|| self.end(token), |token| token.span.start)
    }

    /// Where so many tokens end in the file.
    pub(super) fn end(&self, tokens: u32) -> u32 {
        match (tokens as usize).checked_sub(1) {
            Some(last) => self.tokens[last].span.end,
            None => self.tokens.first().map_or(0, |token| token.span.start),
        }
    }
}

/// Whether what documentation stands before is a statement, whatever there is before the documentation.
fn documents_statement(text: &str, tokens: &[Token]) -> bool {
    tokens.iter().find(|token| !token.kind.is_trivia()).is_some_and(|token| {
        let next = &text[token.span.range()];
        next == "#" || token.kind == TokenKind::Word && shape::word(next) == Some(Word::Statement)
    })
}

struct Writer<'w> {
    file: &'w str,
    out: &'w mut Normal,
    /// No statement is open.
    fresh: bool,
    /// Parentheses and brackets that are open.
    groups: u32,
    /// An attribute is open.
    attribute: bool,
}

impl Writer<'_> {
    fn token(&mut self, token: Token) {
        let text = &self.file[token.span.range()];
        let (span, fresh) = (token.span, core::mem::take(&mut self.fresh));
        match token.kind {
            TokenKind::Word => self.word(text, span, fresh),
            TokenKind::Number => self.put(" 0", span),
            TokenKind::Text | TokenKind::OpenText => self.put(" \"", span),
            TokenKind::Character => self.put(" '", span),
            TokenKind::Unknown => self.put(" ?", span),
            TokenKind::Semicolon => {
                self.put(" ;", span);
                self.begin();
            }
            TokenKind::OpenBrace => {
                self.put(" {", span);
                self.begin();
            }
            TokenKind::CloseBrace => {
                self.put("}", span);
                self.begin();
            }
            TokenKind::OpenParen | TokenKind::OpenBracket => {
                self.put(if text == "(" { " (" } else { " [" }, span);
                self.groups += 1;
            }
            TokenKind::CloseParen | TokenKind::CloseBracket => {
                self.put(if text == ")" { " )" } else { " ]" }, span);
                self.groups = self.groups.saturating_sub(1);
                if self.attribute && self.groups == 0 {
                    self.begin();
                }
            }
            _ => self.sign(text, span, fresh),
        }
    }

    fn word(&mut self, text: &str, span: Span, fresh: bool) {
        match shape::word(text) {
            None if self.may_begin(span, fresh) => self.put("\n_", span),
            None => self.put(" _", span),
            Some(word) => {
                let begins = word == Word::Statement || self.may_begin(span, fresh);
                self.out.text.push(if begins { '\n' } else { ' ' });
                self.put(text, span);
            }
        }
    }

    fn sign(&mut self, text: &str, span: Span, fresh: bool) {
        match text {
            "@" => self.put(" @", span),
            "*" | "+" | "<<" | ">>" | "/" | "%" | "&" | "|" | "^" => self.put(" +", span),
            "#" => {
                let begins = self.may_begin(span, fresh);
                self.put(if begins { "\n#" } else { " #" }, span);
                self.attribute = true;
            }
            _ => {
                self.out.text.push(' ');
                self.put(text, span);
            }
        }
    }

    /// Whether a statement may begin with the token at a place.
    fn may_begin(&self, span: Span, fresh: bool) -> bool {
        let before = self.out.tokens.last().map_or(span.start, |token| token.span.end);
        fresh || self.file[before as usize..span.start as usize].contains('\n')
    }

    fn begin(&mut self) {
        (self.fresh, self.groups, self.attribute) = (true, 0, false);
    }

    #[inline]
    fn put(&mut self, written: &str, span: Span) {
        self.out.text.push_str(written);
        // No longer than twice the text of the file, whose length was checked.
        let end = u32::try_from(self.out.text.len()).unwrap_or(u32::MAX);
        self.out.tokens.push(Written { end, span });
    }
}

#[cfg(test)]
mod tests {
    use super::Normal;
    use crate::lex::lex;

    fn written(text: &str, braces: &[u32]) -> String {
        let mut normal = Normal::default();
        normal.write(text, &lex(text), braces);
        normal.text().to_owned()
    }

    #[test]
    fn names_values_and_space_are_alike() {
        assert_eq!(written("const  A=0x1 /* a */ * 'c'; // end", &[]), "\nconst _ = 0 + ' ;\n");
        assert_eq!(written("device d{name \"x\u{a7}\";\u{a7}", &[]), "\ndevice _ {\nname \" ; ?\n");
    }

    #[test]
    fn a_statement_may_begin_with_a_line_or_with_its_word() {
        assert_eq!(written("x a layout\n1 b\nb\n#[", &[]), "\n_ _\nlayout 0 _\n_\n# [\n");
    }

    #[test]
    fn documentation_is_written_between_statements_alone() {
        assert_eq!(written("/// a\n/// b\nx [ /// c\n y] /// d\n; /// e\n}", &[]), "\n///\n///\n_ [\n_ ] ;\n///}\n");
        assert_eq!(written("#[doc] /// a\nx /// b\nfree /// c\n @", &[]), "\n# [ _ ]\n///\n_\n///\nfree @\n");
    }

    #[test]
    fn a_brace_that_is_missing_is_written() {
        assert_eq!(written("a { b {", &[7, 7]), "\n_ {\n_ {}}\n");
        assert_eq!(written("a { b; c }", &[6]), "\n_ {\n_ ;}\n_}\n");
    }
}
