//! Cuts a long text into batches of items, one after the other: no more tokens are held than those of the batches that are being read.

use core::ops::Range;

use crate::lex::{Token, lex_from};
use crate::split::{Piece, PieceKind, split};

/// Some items of a text, and what lies between them and up to the next.
pub(crate) struct Batch {
    /// How many there are before it.
    pub(crate) number: usize,
    pub(crate) tokens: Vec<Token>,
    pub(crate) pieces: Vec<Piece>,
    /// Every piece of it is an item that ends where it should, or an attribute of the file.
    pub(crate) is_sound: bool,
    /// It is the first of the text.
    is_first: bool,
    /// It is the last one.
    is_last: bool,
}

impl Batch {
    /// Where in a batch what lies before and after is in the batch too: between its first piece and its last, which are further
    /// than that only at the ends of the text. None if it has none, or begins with what may belong to an item before it.
    pub(crate) fn inner(&self, text: &str) -> Option<Range<u32>> {
        let (first, last) = (self.pieces.first()?, self.pieces.last()?);
        if !(self.is_sound || self.is_first || first.is_item(text, &self.tokens)) {
            return None;
        }
        let start_of = |piece: &Piece| self.tokens[piece.tokens.start].span.start;
        let start = if self.is_first { 0 } else { self.pieces.get(1).map_or(u32::MAX, start_of) };
        Some(start..if self.is_last { u32::MAX } else { start_of(last) })
    }
}

/// What is left of a text.
pub(crate) struct Cutter<'t> {
    text: &'t str,
    /// Bytes of a batch.
    size: usize,
    /// Where the next batch starts.
    start: usize,
    /// How many there were.
    count: usize,
}

impl<'t> Cutter<'t> {
    pub(crate) const fn new(text: &'t str, size: usize) -> Self {
        Self { text, size, start: 0, count: 0 }
    }

    /// The next batch. What ends with the bytes that were looked at may go on after them, so the last item of a batch is
    /// the first of the next. Where a piece is unsound, the ends of those that follow depend on it: all of them are the last batch.
    pub(crate) fn next(&mut self) -> Option<Batch> {
        if self.start == self.text.len() {
            return None;
        }
        let mut size = self.size;
        let mut tokens: Vec<Token> = Vec::new();
        let (pieces, is_sound, next) = loop {
            let end = self.line_end(self.start.saturating_add(size));
            // The last token may go on after the bytes that were looked at.
            let from = tokens.pop().map_or(self.start, |token| token.span.start as usize);
            tokens.append(&mut lex_from(&self.text[..end], from));
            let mut pieces = split(self.text, &tokens);
            if end == self.text.len() {
                let is_sound = is_sound(&pieces);
                break (pieces, is_sound, end);
            }
            let last = pieces.pop().filter(|_| !pieces.is_empty());
            size = match last {
                Some(last) if is_sound(&pieces) => {
                    let next = tokens[last.tokens.start].span.start as usize;
                    tokens.truncate(last.tokens.start);
                    break (pieces, true, next);
                }
                Some(_) => self.text.len(),
                None => size.saturating_mul(4),
            };
        };
        let (number, is_first) = (self.count, self.start == 0);
        (self.start, self.count) = (next, number + 1);
        Some(Batch { number, tokens, pieces, is_sound, is_first, is_last: next == self.text.len() })
    }

    /// The end of the line that a byte is in, or of the text.
    fn line_end(&self, at: usize) -> usize {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        rest.iter().position(|byte| *byte == b'\n').map_or(self.text.len(), |end| at + end + 1)
    }
}

fn is_sound(pieces: &[Piece]) -> bool {
    pieces.iter().all(|piece| matches!(piece.kind, PieceKind::Item { unclosed: false } | PieceKind::InnerAttribute))
}
