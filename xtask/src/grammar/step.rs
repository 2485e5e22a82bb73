//! What a rule of the generated parser does, read from the code that pest wrote for it.

use syn::{Expr, ExprClosure, ExprMethodCall, Lit, Stmt};

use super::bytes::Bytes;

/// One step of a rule.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// These characters.
    Text(String),
    /// These characters, if the byte after them is none of these.
    Bounded(String, Bytes),
    /// A character that starts with one of these bytes; either all bytes beyond ASCII are among them or none.
    One(Bytes),
    /// As many of those as there are, at least so many: 0 or 1.
    Run(Bytes, usize),
    /// Another rule.
    Call(String),
    /// The first that succeeds.
    Choice(Vec<Self>),
    /// One after the other.
    Sequence(Vec<Self>),
    /// As often as it succeeds.
    Repeat(Box<Self>),
    /// Once or not at all.
    Optional(Box<Self>),
    /// Nothing, if it would succeed (or fail).
    Look(bool, Box<Self>),
    /// Everything up to one of these, or to the end.
    Until(Vec<String>),
    /// A node of the tree.
    Node(String, Box<Self>),
}

impl Step {
    /// Reads pest's code; none for a shape that it is not known to write.
    pub(super) fn read(code: &Expr) -> Option<Self> {
        match code {
            Expr::Block(block) => match block.block.stmts.as_slice() {
                [Stmt::Expr(inner, None)] => Self::read(inner),
                [Stmt::Local(strings), Stmt::Expr(Expr::MethodCall(until), None)] if until.method == "skip_until" => {
                    let Expr::Array(strings) = &*strings.init.as_ref()?.expr else { return None };
                    strings.elems.iter().map(text).collect::<Option<_>>().map(Self::Until)
                }
                _ => None,
            },
            Expr::Call(call) => {
                let Expr::Path(path) = &*call.func else { return None };
                let name = path.path.segments.last()?.ident.to_string();
                let name = name.trim_start_matches("r#");
                Some(Bytes::called(name).map_or_else(|| Self::Call(name.to_owned()), Self::One))
            }
            Expr::MethodCall(call) => Self::method(call),
            _ => None,
        }
    }

    fn method(call: &ExprMethodCall) -> Option<Self> {
        let last = call.args.last()?;
        let body = || match last {
            Expr::Closure(ExprClosure { body, .. }) => Self::read(body),
            _ => None,
        };
        let then = || Some((Self::read(&call.receiver)?, body()?));
        Some(match call.method.to_string().as_str() {
            "match_string" => Self::Text(text(last)?),
            "match_range" => {
                let Expr::Range(range) = last else { return None };
                Self::One(Bytes::range(character(range.start.as_deref()?)?, character(range.end.as_deref()?)?)?)
            }
            "or_else" => {
                let (first, second) = then()?;
                let mut all = if let Self::Choice(all) = first { all } else { vec![first] };
                all.push(second);
                Self::Choice(all)
            }
            "and_then" => {
                let (first, second) = then()?;
                // A sequence of its own is wrapped in a call of `sequence`, so this one is the row that is being read.
                let row = matches!(&*call.receiver, Expr::MethodCall(inner) if inner.method == "and_then");
                let mut all = match first {
                    Self::Sequence(all) if row => all,
                    other => vec![other],
                };
                all.push(second);
                Self::Sequence(all)
            }
            "sequence" => body()?,
            "repeat" => Self::Repeat(Box::new(body()?)),
            "optional" => Self::Optional(Box::new(body()?)),
            "lookahead" => {
                let Expr::Lit(syn::ExprLit { lit: Lit::Bool(positive), .. }) = call.args.first()? else { return None };
                Self::Look(positive.value, Box::new(body()?))
            }
            "rule" => {
                let Expr::Path(path) = call.args.first()? else { return None };
                let name = path.path.segments.last()?.ident.to_string();
                Self::Node(name.trim_start_matches("r#").to_owned(), Box::new(body()?))
            }
            _ => return None,
        })
    }
}

fn text(code: &Expr) -> Option<String> {
    match code {
        Expr::Lit(syn::ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}

fn character(code: &Expr) -> Option<char> {
    match code {
        Expr::Lit(syn::ExprLit { lit: Lit::Char(character), .. }) => Some(character.value()),
        _ => None,
    }
}
