//! A text with what was read from it, each once and at first need.

use std::sync::{Arc, OnceLock};

use gen_lsp_types::{Position, Range};
use quirk_dsl::{Parse, Span};

use crate::index::Index;
use crate::lines::{Encoding, Lines};

/// A text that does not change.
#[derive(Debug)]
pub(crate) struct Text {
    text: Arc<str>,
    lines: OnceLock<Lines>,
    parse: OnceLock<Parse>,
    index: OnceLock<Index>,
}

impl Text {
    pub(crate) fn new(text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        Self { text, lines: OnceLock::new(), parse: OnceLock::new(), index: OnceLock::new() }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn shared(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    pub(crate) fn parse(&self) -> &Parse {
        self.parse.get_or_init(|| quirk_dsl::parse(Arc::clone(&self.text)))
    }

    pub(crate) fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::new(self.parse()))
    }

    pub(crate) fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines::new(&self.text))
    }

    pub(crate) fn offset(&self, place: Position, encoding: Encoding) -> u32 {
        self.lines().offset(&self.text, place, encoding)
    }

    pub(crate) fn position(&self, offset: u32, encoding: Encoding) -> Position {
        self.lines().position(&self.text, offset, encoding)
    }

    pub(crate) fn range(&self, span: Span, encoding: Encoding) -> Range {
        self.lines().range(&self.text, span, encoding)
    }

    pub(crate) fn span(&self, range: Range, encoding: Encoding) -> Span {
        self.lines().span(&self.text, range, encoding)
    }

    /// The bytes of a span.
    pub(crate) fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// The text with a range replaced.
    pub(crate) fn replaced(&self, range: Range, with: &str, encoding: Encoding) -> Self {
        let mut text = self.text.to_string();
        text.replace_range(self.span(range, encoding).range(), with);
        Self::new(text)
    }
}
