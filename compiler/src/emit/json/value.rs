//! Values of fields: a number, or the expression that a program came from.

use quirk_runtime::Database;
use quirk_runtime::tables::program::{self, CONST, Op, PARAM};
use quirk_runtime::tables::{Byte, List, Param};
use serde::Serialize;

/// Where a value comes from.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Value<'db> {
    /// A number that is known.
    Number(u64),
    /// An expression over the layer's parameters, in the language's own syntax.
    Expression(String),
    /// Bytes that are known, in hex.
    Bytes(String),
    /// A parameter of the kind `bytes`.
    Param(&'db str),
    /// The device's own value at attach.
    Device,
}

/// What a program computes. None for bytes that are no program.
pub(super) fn value<'db>(database: Database<'db>, code: List<Byte>, params: List<Param>) -> Option<Value<'db>> {
    let code = database.list_bytes(code);
    match program::run(code, |_| None) {
        Some(number) => Some(Value::Number(number)),
        None => expression(code, |index| {
            let param = database.list(params).nth(index.into())?;
            Some(database.text(param.name).to_owned())
        })
        .map(Value::Expression),
    }
}

/// The expression of a program. Every operand that is an operation itself stands in parentheses.
fn expression(mut code: &[u8], param: impl Fn(u8) -> Option<String>) -> Option<String> {
    let mut stack: Vec<(String, bool)> = Vec::new();
    let shown = |(text, is_operation): (String, bool)| if is_operation { format!("({text})") } else { text };
    while let Some((&byte, rest)) = code.split_first() {
        code = rest;
        match byte {
            CONST => {
                let (bytes, rest) = code.split_first_chunk()?;
                code = rest;
                let number = u64::from_le_bytes(*bytes);
                stack.push((if number < 10 { number.to_string() } else { format!("{number:#x}") }, false));
            }
            PARAM => {
                let (&index, rest) = code.split_first()?;
                code = rest;
                stack.push((param(index)?, false));
            }
            byte if byte == Op::Not as u8 => {
                let operand = shown(stack.pop()?);
                stack.push((format!("!{operand}"), true));
            }
            byte => {
                let (right, left) = (shown(stack.pop()?), shown(stack.pop()?));
                stack.push((format!("{left} {} {right}", sign(byte)?), true));
            }
        }
    }
    let (text, _) = stack.pop()?;
    stack.is_empty().then_some(text)
}

fn sign(byte: u8) -> Option<&'static str> {
    const SIGNS: [(Op, &str); 10] = [
        (Op::Add, "+"),
        (Op::Sub, "-"),
        (Op::Mul, "*"),
        (Op::Div, "/"),
        (Op::Rem, "%"),
        (Op::And, "&"),
        (Op::Or, "|"),
        (Op::Xor, "^"),
        (Op::Shl, "<<"),
        (Op::Shr, ">>"),
    ];
    SIGNS.iter().find(|(op, _)| *op as u8 == byte).map(|(_, sign)| *sign)
}

#[cfg(test)]
mod tests {
    use quirk_runtime::tables::program::{CONST, Op, PARAM};

    use super::expression;

    fn shown(code: &[&[u8]]) -> Option<String> {
        expression(&code.concat(), |index| (index == 0).then(|| "clique".to_owned()))
    }

    #[test]
    fn a_program_reads_as_the_expression_that_it_came_from() {
        let three = [&[CONST][..], &3_u64.to_le_bytes()].concat();
        let mask = [&[CONST][..], &0xf0_u64.to_le_bytes()].concat();
        let shift: &[&[u8]] = &[&[PARAM, 0], &three, &[Op::Shl as u8]];
        assert_eq!(shown(shift).as_deref(), Some("clique << 3"));
        let both = [shift, &[&[Op::Not as u8], &mask, &[Op::And as u8]]].concat();
        assert_eq!(shown(&both).as_deref(), Some("(!(clique << 3)) & 0xf0"));
    }

    #[test]
    fn bytes_that_are_no_program_have_no_expression() {
        for code in [&[][..], &[Op::Add as u8], &[CONST, 1], &[PARAM, 1], &[0xff], &[PARAM, 0, PARAM, 0]] {
            assert_eq!(shown(&[code]), None, "{code:?}");
        }
    }
}
