//! Expressions, ranges and sets of ids.

use super::Name;
use crate::Span;

/// How a number was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Radix {
    /// `0b..`
    Binary,
    /// `0o..`
    Octal,
    /// Digits alone.
    Decimal,
    /// `0x..`
    Hexadecimal,
}

/// A number literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Int {
    /// Its value.
    pub value: u64,
    /// How it was written.
    pub radix: Radix,
    /// Where.
    pub span: Span,
}

/// `NAME` or `namespace::NAME`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The namespace of a `use`.
    pub namespace: Option<Name>,
    /// The name.
    pub name: Name,
}

impl Path {
    /// All of it.
    #[must_use]
    pub fn span(&self) -> Span {
        self.namespace.as_ref().map_or(self.name.span, |namespace| namespace.span.to(self.name.span))
    }
}

/// An expression over u64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where.
    pub span: Span,
}

/// The kinds of expressions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExprKind {
    /// `0x10`
    Int(Int),
    /// `'P'`: the byte of an ASCII character.
    Char(u8),
    /// A constant, or a parameter of the layer.
    Path(Box<Path>),
    /// `!a`
    Unary(UnaryOp, Box<Expr>),
    /// `a << b`
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `(a)`
    Paren(Box<Expr>),
}

/// Operators before their operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    /// `!`
    Not,
}

/// Operators between their operands; precedence is Rust's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    And,
    Or,
    Xor,
    Shl,
    Shr,
}

/// Bytes: `a..b` or `a len n`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// First byte.
    pub start: Expr,
    /// What follows.
    pub end: RangeEnd,
    /// Where.
    pub span: Span,
}

/// How a range ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RangeEnd {
    /// `..b`: the byte after the last.
    End(Expr),
    /// ` len n`: the number of bytes.
    Len(Expr),
}

/// A set of ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdSet {
    /// `any`
    Any(Span),
    /// One id.
    One(Expr),
    /// `a..=b`
    Range(Expr, Expr),
    /// `value mask bits`
    Mask(Expr, Expr),
    /// `[a, b..=c]`
    List(Vec<IdSet>, Span),
}

impl IdSet {
    /// All of it.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Any(span) | Self::List(_, span) => *span,
            Self::One(expr) => expr.span,
            Self::Range(a, b) | Self::Mask(a, b) => a.span.to(b.span),
        }
    }
}
