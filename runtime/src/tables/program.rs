//! Small stack programs: expressions over the parameters of a layer.
//!
//! A program is bytes. `0x01` pushes the u64 that follows, `0x02` the parameter whose index is the byte that follows; any
//! other byte is an operator on the top of the stack. There are no jumps, so a program ends.

/// Pushes a little-endian u64.
pub const CONST: u8 = 0x01;
/// Pushes a parameter.
pub const PARAM: u8 = 0x02;

/// The deepest stack that a program may need.
pub const DEPTH: usize = 16;

/// Operators, by their byte in a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Op {
    /// `a + b`
    Add = 0x10,
    /// `a - b`
    Sub = 0x11,
    /// `a * b`
    Mul = 0x12,
    /// `a / b`
    Div = 0x13,
    /// `a % b`
    Rem = 0x14,
    /// `a & b`
    And = 0x15,
    /// `a | b`
    Or = 0x16,
    /// `a ^ b`
    Xor = 0x17,
    /// `a << b`
    Shl = 0x18,
    /// `a >> b`
    Shr = 0x19,
    /// `!a`
    Not = 0x1a,
}

impl Op {
    fn from_byte(byte: u8) -> Option<Self> {
        const ALL: [Op; 11] =
            [Op::Add, Op::Sub, Op::Mul, Op::Div, Op::Rem, Op::And, Op::Or, Op::Xor, Op::Shl, Op::Shr, Op::Not];
        ALL.into_iter().find(|op| *op as u8 == byte)
    }

    fn apply(self, a: u64, b: u64) -> Option<u64> {
        match self {
            Self::Add => a.checked_add(b),
            Self::Sub => a.checked_sub(b),
            Self::Mul => a.checked_mul(b),
            Self::Div => a.checked_div(b),
            Self::Rem => a.checked_rem(b),
            Self::And => Some(a & b),
            Self::Or => Some(a | b),
            Self::Xor => Some(a ^ b),
            Self::Shl => u32::try_from(b).ok().and_then(|by| a.checked_shl(by)),
            Self::Shr => u32::try_from(b).ok().and_then(|by| a.checked_shr(by)),
            Self::Not => Some(!a),
        }
    }
}

/// Runs a program with the parameters' values.
///
/// `None` if the program is malformed, a parameter is missing, or a step overflows or divides by zero.
#[must_use]
pub fn run(program: &[u8], params: impl Fn(u8) -> Option<u64>) -> Option<u64> {
    let mut stack = [0u64; DEPTH];
    let mut height = 0;
    let mut rest = program;
    while let Some((&code, tail)) = rest.split_first() {
        let value = match code {
            CONST => {
                let (bytes, tail) = tail.split_first_chunk()?;
                rest = tail;
                u64::from_le_bytes(*bytes)
            }
            PARAM => {
                let (&index, tail) = tail.split_first()?;
                rest = tail;
                params(index)?
            }
            operator => {
                rest = tail;
                let op = Op::from_byte(operator)?;
                let operands = if op == Op::Not { 1 } else { 2 };
                height = usize::checked_sub(height, operands)?;
                op.apply(stack[height], stack[height + operands - 1])?
            }
        };
        *stack.get_mut(height)? = value;
        height += 1;
    }
    (height == 1).then_some(stack[0])
}

#[cfg(test)]
mod tests {
    use super::{CONST, Op, PARAM, run};

    fn constant(value: u64) -> Vec<u8> {
        [&[CONST][..], &value.to_le_bytes()].concat()
    }

    #[test]
    fn a_parameter_is_shifted() {
        let program = [&[PARAM, 0][..], &constant(3), &[Op::Shl as u8]].concat();
        assert_eq!(run(&program, |index| (index == 0).then_some(5)), Some(40));
    }

    #[test]
    fn operands_keep_their_order() {
        let program = [constant(9), constant(4), vec![Op::Sub as u8]].concat();
        assert_eq!(run(&program, |_| None), Some(5));
        assert_eq!(run(&[constant(0), vec![Op::Not as u8]].concat(), |_| None), Some(u64::MAX));
    }

    #[test]
    fn malformed_programs_give_nothing() {
        assert_eq!(run(&[], |_| None), None);
        assert_eq!(run(&[Op::Add as u8], |_| None), None);
        assert_eq!(run(&[CONST, 1], |_| None), None);
        assert_eq!(run(&[0xff], |_| None), None);
        assert_eq!(run(&constant(1).repeat(17), |_| None), None);
        assert_eq!(run(&[constant(1), constant(0), vec![Op::Div as u8]].concat(), |_| None), None);
        assert_eq!(run(&[constant(1), constant(64), vec![Op::Shl as u8]].concat(), |_| None), None);
    }

    extern crate std;
    use std::vec;
    use std::vec::Vec;
}
