//! The value of an expression: unsigned, 64 bits, every step checked.

use quirk_dsl::Span;
use quirk_dsl::ast::{BinaryOp, Expr, ExprKind, ItemKind, Path, UnaryOp};

use super::{Constant, ItemId, NameKind, Names};
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::source::Place;

impl Names<'_> {
    /// The value of an expression, if it has one. Why it has none is reported once, where it is wrong.
    pub(crate) fn value(&mut self, unit: usize, expr: &Expr) -> Option<u64> {
        match &expr.kind {
            ExprKind::Int(int) => Some(int.value),
            ExprKind::Char(byte) => Some(u64::from(*byte)),
            ExprKind::Paren(inner) => self.value(unit, inner),
            ExprKind::Unary(UnaryOp::Not, inner) => Some(!self.value(unit, inner)?),
            ExprKind::Binary(op, a, b) => {
                let (a, b) = (self.value(unit, a), self.value(unit, b));
                let (a, b) = (a?, b?);
                apply(*op, a, b).or_else(|| self.wrong(unit, expr.span, explain(*op, a, b)))
            }
            ExprKind::Path(path) => {
                let id = self.resolve(unit, path, NameKind::Constant)?;
                self.constant(id, Place { file: self.program.units[unit].file, span: path.span() })
            }
        }
    }

    fn wrong(&mut self, unit: usize, span: Span, message: String) -> Option<u64> {
        let place = Place { file: self.program.units[unit].file, span };
        self.diagnostics.push(Diagnostic::new(&catalogue::ARITHMETIC, place, message));
        None
    }

    fn constant(&mut self, id: ItemId, used: Place) -> Option<u64> {
        if !self.constants.contains_key(&id) {
            self.settle(id);
        }
        match self.constants.get(&id) {
            Some(Constant::Known(value)) => *value,
            Some(Constant::Open) => {
                self.is_its_own(id, used);
                None
            }
            None => None,
        }
    }

    /// Evaluates a constant, those that it is made of first: one by one, as a row of constants may be of any length.
    fn settle(&mut self, id: ItemId) {
        let mut open = vec![id];
        while let Some(&next) = open.last() {
            let ItemKind::Const(constant) = &self.item(next).kind else { return };
            match self.constants.get(&next) {
                None => {
                    self.constants.insert(next, Constant::Open);
                    let parts = paths(&constant.value).into_iter();
                    let parts = parts.filter_map(|path| self.declared(next.unit, path, NameKind::Constant));
                    open.extend(parts.filter(|part| !self.constants.contains_key(part)));
                }
                Some(Constant::Open) => {
                    let value = self.value(next.unit, &constant.value);
                    self.constants.insert(next, Constant::Known(value));
                    open.pop();
                }
                Some(Constant::Known(_)) => drop(open.pop()),
            }
        }
    }

    fn is_its_own(&mut self, id: ItemId, used: Place) {
        let ItemKind::Const(constant) = &self.item(id).kind else { return };
        let place = Place { file: self.program.units[id.unit].file, span: constant.name.span };
        let message = format!("`{}` is defined by itself", constant.name.value);
        let cycle = Diagnostic::new(&catalogue::NAME_CYCLE, place, message);
        self.diagnostics.push(cycle.also(used, "this closes the circle"));
    }

    /// Evaluates every constant, so that a wrong one is reported although nothing uses it.
    pub(crate) fn constants(&mut self) {
        let program = self.program;
        for (unit, each) in program.units.iter().enumerate() {
            for (item, node) in each.open() {
                if let ItemKind::Const(constant) = &node.kind {
                    let place = Place { file: each.file, span: constant.name.span };
                    self.constant(ItemId { unit, item }, place);
                }
            }
        }
    }
}

/// The names in an expression.
fn paths(expr: &Expr) -> Vec<&Path> {
    let (mut found, mut rest) = (vec![], vec![expr]);
    while let Some(expr) = rest.pop() {
        match &expr.kind {
            ExprKind::Int(_) | ExprKind::Char(_) => {}
            ExprKind::Paren(inner) | ExprKind::Unary(_, inner) => rest.push(inner),
            ExprKind::Binary(_, a, b) => rest.extend([&**a, &**b]),
            ExprKind::Path(path) => found.push(&**path),
        }
    }
    found
}

fn apply(op: BinaryOp, a: u64, b: u64) -> Option<u64> {
    match op {
        BinaryOp::Add => a.checked_add(b),
        BinaryOp::Sub => a.checked_sub(b),
        BinaryOp::Mul => a.checked_mul(b),
        BinaryOp::Div => a.checked_div(b),
        BinaryOp::Rem => a.checked_rem(b),
        BinaryOp::And => Some(a & b),
        BinaryOp::Or => Some(a | b),
        BinaryOp::Xor => Some(a ^ b),
        BinaryOp::Shl => u32::try_from(b).ok().and_then(|by| a.checked_shl(by)),
        BinaryOp::Shr => u32::try_from(b).ok().and_then(|by| a.checked_shr(by)),
    }
}

fn explain(op: BinaryOp, a: u64, b: u64) -> String {
    match op {
        BinaryOp::Sub => format!("{a:#x} - {b:#x} is below zero"),
        BinaryOp::Div | BinaryOp::Rem => format!("{a:#x} is divided by zero"),
        BinaryOp::Shl | BinaryOp::Shr => format!("a shift by {b} leaves nothing of 64 bits"),
        BinaryOp::Mul => format!("{a:#x} * {b:#x} does not fit in 64 bits"),
        BinaryOp::Add | BinaryOp::And | BinaryOp::Or | BinaryOp::Xor => {
            format!("{a:#x} + {b:#x} does not fit in 64 bits")
        }
    }
}
