//! A statement without its block: in one line, or broken at lists that are too long and at comments.

use core::ops::Range;

use super::leaf::Leaf;
use super::width::{INDENT, MAX_WIDTH, width};
use crate::lex::TokenKind;
use crate::ordered::Ordered as _;

/// The tokens in one line. The comma after the last element of a list goes: it is for lists that are broken.
pub(super) fn flat(leaves: &[Leaf<'_>]) -> String {
    let mut out = String::new();
    for (position, leaf) in leaves.iter().enumerate() {
        if is_last_comma(leaves, position) {
            continue;
        }
        if position > 0 && leaf.space {
            out.push(' ');
        }
        out.push_str(leaf.text);
    }
    out
}

/// The tokens in as many lines as they need, at an indentation; `tail` is the width of what follows in the last line.
pub(super) fn broken(leaves: &[Leaf<'_>], indent: usize, tail: usize) -> String {
    let (mut chosen, mut whole): (Vec<_>, Vec<_>) =
        lists(leaves).into_iter().partition(|list| leaves[list.clone()].iter().any(Leaf::is_comment));
    whole.order_by_key(|list| width(&flat(&leaves[list.clone()])));
    loop {
        let text = Writer { leaves, lists: &chosen, indent, out: String::new(), column: indent }.write();
        if fits(&text, indent, tail) {
            return text;
        }
        // The widest first: the others may fit then.
        match whole.pop() {
            Some(list) => chosen.push(list),
            None => return text,
        }
    }
}

/// Whether no line of a text is too wide.
pub(super) fn fits(text: &str, indent: usize, tail: usize) -> bool {
    let last = text.lines().count().saturating_sub(1);
    text.lines().enumerate().all(|(line, text)| {
        let before = if line == 0 { indent } else { 0 };
        let behind = if line == last { tail } else { 0 };
        before + width(text) + behind <= MAX_WIDTH
    })
}

/// The places of the lists that are in no other list, brackets included, empty ones left out.
fn lists(leaves: &[Leaf<'_>]) -> Vec<Range<usize>> {
    let (mut lists, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    for (position, leaf) in leaves.iter().enumerate() {
        match leaf.kind {
            TokenKind::OpenBracket => {
                if depth == 0 {
                    start = position;
                }
                depth += 1;
            }
            TokenKind::CloseBracket => {
                depth = depth.saturating_sub(1);
                if depth == 0 && position > start + 1 {
                    lists.push(start..position + 1);
                }
            }
            _ => {}
        }
    }
    lists
}

fn is_last_comma(leaves: &[Leaf<'_>], position: usize) -> bool {
    let closes = |leaf: &Leaf<'_>| matches!(leaf.kind, TokenKind::CloseParen | TokenKind::CloseBracket);
    leaves[position].kind == TokenKind::Comma && leaves.get(position + 1).is_some_and(closes)
}

struct Writer<'l, 't> {
    leaves: &'l [Leaf<'t>],
    /// The lists that are broken.
    lists: &'l [Range<usize>],
    indent: usize,
    out: String,
    column: usize,
}

impl Writer<'_, '_> {
    fn write(mut self) -> String {
        let mut depth = 0_usize;
        for (position, leaf) in self.leaves.iter().enumerate() {
            let closes = self.lists.iter().any(|list| list.end == position + 1);
            if is_last_comma(self.leaves, position) {
                continue;
            }
            let before = (0..position).rev().find(|before| !is_last_comma(self.leaves, *before));
            match before.map(|before| &self.leaves[before]) {
                Some(before) if closes => {
                    if !before.is_comment() {
                        self.put(",");
                    }
                    self.line(self.indent);
                }
                Some(before) if before.is_comment() || (leaf.is_comment() && leaf.line_ends > 0) => {
                    self.line(self.indent + INDENT);
                }
                Some(_) if leaf.is_comment() => self.put(" "),
                Some(_) if self.lists.iter().any(|list| list.start + 1 == position) => self.line(self.indent + INDENT),
                Some(before) if before.kind == TokenKind::Comma && depth == 1 && self.is_in_list(position) => {
                    if self.column + 1 + self.element(position) + 1 > MAX_WIDTH {
                        self.line(self.indent + INDENT);
                    } else {
                        self.put(" ");
                    }
                }
                Some(_) if leaf.space => self.put(" "),
                Some(_) | None => {}
            }
            self.put(leaf.text);
            if self.is_in_list(position) {
                match leaf.kind {
                    TokenKind::OpenBracket | TokenKind::OpenParen => depth += 1,
                    TokenKind::CloseBracket | TokenKind::CloseParen => depth = depth.saturating_sub(1),
                    _ => {}
                }
            }
        }
        self.out
    }

    fn put(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += width(text);
    }

    fn line(&mut self, indent: usize) {
        self.out.push('\n');
        self.out.extend(core::iter::repeat_n(' ', indent));
        self.column = indent;
    }

    fn is_in_list(&self, position: usize) -> bool {
        self.lists.iter().any(|list| list.contains(&position))
    }

    /// The width of the element of a list that starts at a token.
    fn element(&self, start: usize) -> usize {
        let mut depth = 0_usize;
        let len = self.leaves[start..].iter().position(|leaf| {
            match leaf.kind {
                TokenKind::OpenBracket | TokenKind::OpenParen => depth += 1,
                TokenKind::CloseBracket | TokenKind::CloseParen if depth > 0 => depth -= 1,
                TokenKind::CloseBracket | TokenKind::Comma if depth == 0 => return true,
                _ => {}
            }
            leaf.is_comment()
        });
        width(&flat(&self.leaves[start..start + len.unwrap_or_default()]))
    }
}
