//! Expressions over the params of a layer: their programs, and the proof that every result fits its field.

use std::collections::BTreeSet;

use quirk_dsl::ast::{BinaryOp, Expr, ExprKind, UnaryOp};
use quirk_runtime::tables::ParamKind;
use quirk_runtime::tables::program::{self, CONST, DEPTH, Op, PARAM};

use super::Lower;
use super::field::Slot;
use super::reach::Reach;
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::model::layer::{Layer, Param, Program, largest};
use crate::names::NameKind;

/// Params of together so many bits are tried with every value; the results of wider ones are bounded.
const TRIED_BITS: u16 = 12;

/// An expression whose names are known.
#[derive(Debug)]
pub(super) enum Node {
    Number(u64),
    Param(u8),
    Not(Box<Node>),
    Binary(Op, Box<Node>, Box<Node>),
}

impl Lower<'_, '_> {
    /// The program of a value, proven to fit.
    pub(super) fn program(&mut self, layer: &mut Layer, expr: &Expr, slot: Option<Slot>) -> Option<Program> {
        let node = self.expression(layer, expr)?;
        let slot = slot?;
        if let Node::Number(number) = node {
            return self.number_in(expr, number, slot);
        }
        let mut code = Vec::new();
        if node.code(&mut code) > DEPTH {
            let message = format!("more than {DEPTH} values are needed at once: nest it less to the right");
            self.wrong(&catalogue::ARITHMETIC, expr.span, message);
            return None;
        }
        if let Err(unfit) = prove(&node, &layer.params, slot.values) {
            let found = Diagnostic::new(&catalogue::VALUE_MAY_NOT_FIT, self.place(expr.span), unfit.message);
            self.report(if unfit.has_value {
                found.help(format!("keep the bits that fit: `(..) & {:#x}`", slot.values))
            } else {
                found
            });
            return None;
        }
        if slot.shift > 0 {
            Node::Number(slot.shift.into()).code(&mut code);
            code.push(Op::Shl as u8);
        }
        Some(Program { code, number: None })
    }

    fn number_in(&mut self, expr: &Expr, number: u64, slot: Slot) -> Option<Program> {
        if number & !slot.values != 0 {
            let message = format!("{number:#x} has bits that the field does not have: they lie in {:#x}", slot.values);
            self.wrong(&catalogue::DOES_NOT_FIT, expr.span, message);
            return None;
        }
        let number = number << slot.shift;
        let mut code = Vec::new();
        Node::Number(number).code(&mut code);
        Some(Program { code, number: Some(number) })
    }

    fn expression(&mut self, layer: &mut Layer, expr: &Expr) -> Option<Node> {
        if !self.takes_params(layer, expr) {
            return self.value(expr).map(Node::Number);
        }
        match &expr.kind {
            ExprKind::Int(_) | ExprKind::Char(_) => self.value(expr).map(Node::Number),
            ExprKind::Paren(inner) => self.expression(layer, inner),
            ExprKind::Unary(UnaryOp::Not, inner) => Some(Node::Not(Box::new(self.expression(layer, inner)?))),
            ExprKind::Binary(op, a, b) => {
                let (a, b) = (self.expression(layer, a), self.expression(layer, b));
                Some(Node::Binary(operator(*op), Box::new(a?), Box::new(b?)))
            }
            ExprKind::Path(path) => self.param(layer, &path.name),
        }
    }

    /// Whether an expression names a parameter, or what may be a mistyped one.
    fn takes_params(&self, layer: &Layer, expr: &Expr) -> bool {
        let mut rest = vec![expr];
        while let Some(expr) = rest.pop() {
            match &expr.kind {
                ExprKind::Int(_) | ExprKind::Char(_) => {}
                ExprKind::Paren(inner) | ExprKind::Unary(_, inner) => rest.push(inner),
                ExprKind::Binary(_, a, b) => rest.extend([&**a, &**b]),
                ExprKind::Path(path) => {
                    let name = &path.name.value;
                    let is_param = layer.params.iter().any(|param| param.name == *name);
                    if path.namespace.is_none() && (is_param || !self.names.is_declared(self.unit, name)) {
                        return true;
                    }
                }
            }
        }
        false
    }

    fn param(&mut self, layer: &mut Layer, name: &quirk_dsl::ast::Name) -> Option<Node> {
        let Some(index) = layer.params.iter().position(|param| param.name == name.value) else {
            // It may stand in what was not understood.
            if !layer.may_have_lost(&name.value) && !self.names.program.units[self.unit].ast.poisoned {
                let message = format!("there is no parameter and no constant `{}` here", name.value);
                let found = Diagnostic::new(&catalogue::UNKNOWN_NAME, self.place(name.span), message);
                let keyword = self.names.keyword(self.unit, name.span);
                let params = layer.params.iter().map(|param| param.name.as_str());
                let constants = self.names.near(self.unit, &name.value, NameKind::Constant);
                let known: BTreeSet<&str> = params.chain(constants).chain(keyword).collect();
                self.report(found.did_you_mean(&name.value, known));
            }
            return None;
        };
        let param = &mut layer.params[index];
        param.used = true;
        if param.kind == ParamKind::Bytes {
            let message = format!("`{}` holds bytes, and a number is needed here", name.value);
            self.wrong(&catalogue::FIELD_FORM, name.span, message);
            return None;
        }
        Some(Node::Param(u8::try_from(index).ok()?))
    }
}

impl Node {
    /// Appends its program. Returns how many values it needs at once.
    fn code(&self, code: &mut Vec<u8>) -> usize {
        match self {
            Self::Number(number) => {
                code.push(CONST);
                code.extend(number.to_le_bytes());
                1
            }
            Self::Param(index) => {
                code.extend([PARAM, *index]);
                1
            }
            Self::Not(inner) => {
                let depth = inner.code(code);
                code.push(Op::Not as u8);
                depth
            }
            Self::Binary(op, a, b) => {
                let (a, b) = (a.code(code), b.code(code));
                code.push(*op as u8);
                a.max(b + 1)
            }
        }
    }

    /// The params that it takes, each once.
    fn params(&self, found: &mut Vec<u8>) {
        match self {
            Self::Number(_) => {}
            Self::Param(index) if found.contains(index) => {}
            Self::Param(index) => found.push(*index),
            Self::Not(inner) => inner.params(found),
            Self::Binary(_, a, b) => {
                a.params(found);
                b.params(found);
            }
        }
    }

    /// What it can come to.
    pub(super) fn reach(&self, bits: &impl Fn(u8) -> u16) -> Result<Reach, String> {
        match self {
            Self::Number(number) => Ok(Reach::exactly(*number)),
            Self::Param(index) => Ok(Reach::up_to(largest(bits(*index)))),
            Self::Not(inner) => Ok(inner.reach(bits)?.not()),
            Self::Binary(op, a, b) => a.reach(bits)?.apply(*op, b.reach(bits)?),
        }
    }
}

/// Why an expression does not fit.
struct Unfit {
    message: String,
    /// It comes to a value, of which some bits could be kept.
    has_value: bool,
}

impl Unfit {
    fn too_large(message: String) -> Self {
        Self { message, has_value: true }
    }

    fn without_value(message: String) -> Self {
        Self { message, has_value: false }
    }
}

/// That all results of an expression over params lie in some bits; else what is wrong.
fn prove(node: &Node, params: &[Param], values: u64) -> Result<(), Unfit> {
    let mut taken = Vec::new();
    node.params(&mut taken);
    let bits = |index: u8| params.get(usize::from(index)).map_or(64, |param| param.size);
    let total = taken.iter().map(|index| bits(*index)).fold(0, u16::saturating_add);
    if total > TRIED_BITS {
        let reach = node.reach(&bits).map_err(Unfit::without_value)?;
        return if reach.bits & !values == 0 {
            Ok(())
        } else {
            Err(Unfit::too_large(format!(
                "the value can be as large as {:#x}, and the bits of the field are {values:#x}",
                reach.most
            )))
        };
    }
    let mut code = Vec::new();
    node.code(&mut code);
    for mut combination in 0..1_u64 << total {
        let given: Vec<(u8, u64)> = taken
            .iter()
            .map(|&index| {
                let value = combination & largest(bits(index));
                combination >>= bits(index);
                (index, value)
            })
            .collect();
        let found = program::run(&code, |index| given.iter().find(|(known, _)| *known == index).map(|given| given.1));
        let shown = || {
            let shown = given.iter().map(|&(index, value)| {
                let name = params.get(usize::from(index)).map_or("", |param| &param.name);
                format!("`{name}` = {value:#x}")
            });
            shown.collect::<Vec<_>>().join(" and ")
        };
        match found {
            None => {
                let message = format!("with {} there is no value: a step divides by zero or leaves 64 bits", shown());
                return Err(Unfit::without_value(message));
            }
            Some(value) if value & !values != 0 => {
                let message =
                    format!("with {} the value is {value:#x}, and the bits of the field are {values:#x}", shown());
                return Err(Unfit::too_large(message));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn operator(op: BinaryOp) -> Op {
    match op {
        BinaryOp::Add => Op::Add,
        BinaryOp::Sub => Op::Sub,
        BinaryOp::Mul => Op::Mul,
        BinaryOp::Div => Op::Div,
        BinaryOp::Rem => Op::Rem,
        BinaryOp::And => Op::And,
        BinaryOp::Or => Op::Or,
        BinaryOp::Xor => Op::Xor,
        BinaryOp::Shl => Op::Shl,
        BinaryOp::Shr => Op::Shr,
    }
}

#[cfg(test)]
mod tests {
    use quirk_runtime::tables::program::{self, Op};

    use super::Node;

    /// Expressions over two params of 4 bits, at random.
    fn random(seed: &mut u64, depth: u32) -> Node {
        const OPS: [Op; 10] = [Op::Add, Op::Sub, Op::Mul, Op::Div, Op::Rem, Op::And, Op::Or, Op::Xor, Op::Shl, Op::Shr];
        *seed = seed.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        let pick = *seed >> 40;
        match (depth, pick % 8) {
            (0, kind) | (_, kind @ 0..=1) if kind % 2 == 0 => Node::Param(u8::from(pick & 0x100 != 0)),
            (0, _) | (_, 1) => Node::Number([0, 1, 3, 0x3f, 0xff, 0x1_0000, u64::MAX, 60][(pick >> 9) as usize & 7]),
            (_, 2) => Node::Not(Box::new(random(seed, depth - 1))),
            _ => {
                let op = OPS[usize::try_from(pick >> 5).unwrap_or(0) % OPS.len()];
                Node::Binary(op, Box::new(random(seed, depth - 1)), Box::new(random(seed, depth - 1)))
            }
        }
    }

    #[test]
    fn bounds_hold_for_every_value_of_every_parameter() {
        let mut seed = 7;
        let (mut bounded, mut refused) = (0, 0);
        for _ in 0..4000 {
            let node = random(&mut seed, 3);
            let mut code = Vec::new();
            node.code(&mut code);
            let Ok(reach) = node.reach(&|_| 4) else {
                refused += 1;
                continue;
            };
            bounded += 1;
            for (a, b) in (0..16_u64).flat_map(|a| (0..16).map(move |b| (a, b))) {
                let found = program::run(&code, |index| Some(if index == 0 { a } else { b }));
                let inside =
                    found.is_some_and(|value| (reach.least..=reach.most).contains(&value) && value & !reach.bits == 0);
                assert!(inside, "{node:?} with {a} and {b}: {found:?} is not in {reach:?}");
            }
        }
        assert!(bounded > 1000 && refused > 200, "{bounded} bounded, {refused} refused");
    }
}
