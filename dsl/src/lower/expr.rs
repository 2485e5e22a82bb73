//! Expressions by Rust's precedence, ranges and lists.

use super::Lower;
use super::cursor::{all, child, part, path_of, word};
use crate::ast::{At, BinaryOp, Expr, ExprKind, Range, RangeEnd, UnaryOp};
use crate::error::{SyntaxCode, SyntaxError};
use crate::lex::TokenKind;
use crate::parser::NodeKind;
use crate::tree::Element;

/// How many operands and `!` one expression may have: code that walks it may recurse.
pub(crate) const EXPRESSION_LIMIT: usize = 100;

impl Lower<'_> {
    /// The first expression directly in a node.
    pub(super) fn expr(&mut self, parent: Element<'_>) -> Option<Expr> {
        self.expr_of(child(parent, NodeKind::Expr)?)
    }

    /// The first two expressions directly in a node.
    pub(super) fn two_exprs(&mut self, parent: Element<'_>) -> Option<(Expr, Expr)> {
        let mut exprs = all(parent, NodeKind::Expr);
        let (first, second) = (exprs.next()?, exprs.next()?);
        let (first, second) = (self.expr_of(first), self.expr_of(second));
        Some((first?, second?))
    }

    /// The expression of a part such as `len N`: nothing if the part is absent, an error if it cannot be read.
    pub(super) fn part(&mut self, parent: Element<'_>, word: &str) -> Result<Option<Expr>, Failed> {
        part(parent, word).map(|part| self.expr(part).ok_or(Failed)).transpose()
    }

    pub(super) fn expr_of(&mut self, node: Element<'_>) -> Option<Expr> {
        let parts: Vec<Element<'_>> =
            node.children().filter(|part| part.token().is_none_or(|token| !token.is_trivia())).collect();
        if parts.len() > 2 * EXPRESSION_LIMIT {
            self.error(
                SyntaxError::new(
                    SyntaxCode::ExpressionTooLong,
                    node.span(),
                    format!("an expression has at most {EXPRESSION_LIMIT} operands"),
                    "too long",
                )
                .help("name parts of it with `const`"),
            );
            return None;
        }
        let mut row = Row { parts, position: 0 };
        self.binary(&mut row, 0)
    }

    fn binary(&mut self, row: &mut Row<'_>, weakest: u8) -> Option<Expr> {
        let mut left = self.operand(row)?;
        while let Some((operator, strength)) = row.operator().filter(|(_, strength)| *strength >= weakest) {
            row.position += 1;
            let right = self.binary(row, strength + 1)?;
            let span = left.span.to(right.span);
            left = Expr { kind: ExprKind::Binary(operator, Box::new(left), Box::new(right)), span };
        }
        Some(left)
    }

    fn operand(&mut self, row: &mut Row<'_>) -> Option<Expr> {
        let mut nots = Vec::new();
        let part = loop {
            let part = row.next()?;
            if part.text() != "!" {
                break part;
            }
            nots.push(part.span());
        };
        let span = part.span();
        let kind = match (part.token(), part.node()) {
            (Some(TokenKind::Number), _) => ExprKind::Int(self.int(part)?),
            (Some(TokenKind::Character), _) => ExprKind::Char(self.character(part)?),
            (_, Some(NodeKind::Path)) => ExprKind::Path(Box::new(path_of(part)?)),
            (_, Some(NodeKind::Paren)) => ExprKind::Paren(Box::new(self.expr(part)?)),
            _ => return None,
        };
        Some(nots.into_iter().rev().fold(Expr { kind, span }, |inner, not| {
            let span = not.to(inner.span);
            Expr { kind: ExprKind::Unary(UnaryOp::Not, Box::new(inner)), span }
        }))
    }

    /// The range directly in a node.
    pub(super) fn range(&mut self, parent: Element<'_>) -> Option<Range> {
        self.range_of(child(parent, NodeKind::Range)?)
    }

    /// The ranges directly in a node, one or a list.
    pub(super) fn ranges(&mut self, parent: Element<'_>) -> Option<Vec<Range>> {
        let ranges: Vec<Option<Range>> = all(parent, NodeKind::Range).map(|range| self.range_of(range)).collect();
        ranges.into_iter().collect()
    }

    pub(super) fn range_of(&mut self, node: Element<'_>) -> Option<Range> {
        let (start, end) = self.two_exprs(node)?;
        let end = if word(node, "len").is_some() { RangeEnd::Len(end) } else { RangeEnd::End(end) };
        Some(Range { start, end, span: node.span() })
    }

    /// `@ OFFSET [len N]` directly in a node.
    pub(super) fn at(&mut self, parent: Element<'_>) -> Option<At> {
        let (offset, len) = (self.expr(parent), self.part(parent, "len"));
        Some(At { offset: offset?, len: len.ok()? })
    }

    /// The expressions of a `[..]`.
    pub(super) fn list(&mut self, list: Element<'_>) -> Option<Vec<Expr>> {
        let exprs: Vec<Option<Expr>> = all(list, NodeKind::Expr).map(|expr| self.expr_of(expr)).collect();
        exprs.into_iter().collect()
    }

    /// A `[..]` directly in a node.
    pub(super) fn list_in(&mut self, parent: Element<'_>) -> Option<Vec<Expr>> {
        self.list(child(parent, NodeKind::List)?)
    }
}

/// A part is there but cannot be read; the error was reported.
pub(super) struct Failed;

/// The parts of an expression in reading order.
struct Row<'t> {
    parts: Vec<Element<'t>>,
    position: usize,
}

impl<'t> Row<'t> {
    fn next(&mut self) -> Option<Element<'t>> {
        let part = self.parts.get(self.position).copied()?;
        self.position += 1;
        Some(part)
    }

    /// The operator here, and how strongly it binds.
    fn operator(&self) -> Option<(BinaryOp, u8)> {
        Some(match self.parts.get(self.position)?.text() {
            "|" => (BinaryOp::Or, 1),
            "^" => (BinaryOp::Xor, 2),
            "&" => (BinaryOp::And, 3),
            "<<" => (BinaryOp::Shl, 4),
            ">>" => (BinaryOp::Shr, 4),
            "+" => (BinaryOp::Add, 5),
            "-" => (BinaryOp::Sub, 5),
            "*" => (BinaryOp::Mul, 6),
            "/" => (BinaryOp::Div, 6),
            "%" => (BinaryOp::Rem, 6),
            _ => return None,
        })
    }
}
