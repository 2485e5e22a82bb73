//! What an expression can come to: bounds, and the bits that can be set, step by step.
//!
//! Bounds are generous: a result lies in them, but not all that lies in them is a result.

use quirk_runtime::tables::program::Op;

/// Values between `least` and `most` without a bit outside `bits`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reach {
    pub(super) least: u64,
    pub(super) most: u64,
    pub(super) bits: u64,
}

/// All bits up to the highest of a number.
fn below(number: u64) -> u64 {
    number.checked_ilog2().map_or(0, |highest| u64::MAX >> (63 - highest))
}

impl Reach {
    pub(super) fn exactly(number: u64) -> Self {
        Self { least: number, most: number, bits: number }
    }

    pub(super) fn up_to(most: u64) -> Self {
        Self::between(0, most)
    }

    fn between(least: u64, most: u64) -> Self {
        Self { least, most, bits: below(most) }
    }

    /// With no bit outside some.
    fn within(self, bits: u64) -> Self {
        let bits = self.bits & bits;
        Self { least: self.least, most: self.most.min(bits), bits }
    }

    pub(super) fn not(self) -> Self {
        let (least, most) = (!self.most, !self.least);
        Self { least, most, bits: below(most) }
    }

    /// What an operation on two such values can come to; an error where it may come to nothing.
    pub(super) fn apply(self, op: Op, other: Self) -> Result<Self, String> {
        let too_large = || "a step may leave 64 bits".to_owned();
        let add = |a: u64, b: u64| a.checked_add(b).ok_or_else(too_large);
        let mul = |a: u64, b: u64| a.checked_mul(b).ok_or_else(too_large);
        Ok(match op {
            Op::Add => {
                let sum = Self::between(add(self.least, other.least)?, add(self.most, other.most)?);
                if self.bits & other.bits == 0 { sum.within(self.bits | other.bits) } else { sum }
            }
            Op::Sub if self.least < other.most => return Err("a difference may be below zero".to_owned()),
            Op::Sub => Self::between(self.least - other.most, self.most - other.least),
            Op::Mul => Self::between(mul(self.least, other.least)?, mul(self.most, other.most)?),
            Op::Div | Op::Rem if other.least == 0 => return Err("a step may divide by zero".to_owned()),
            Op::Div => Self::between(self.least / other.most, self.most / other.least),
            Op::Rem if self.most < other.least => self,
            Op::Rem => Self::up_to(self.most.min(other.most - 1)),
            Op::And => Self::up_to(self.most.min(other.most)).within(self.bits & other.bits),
            Op::Or => {
                let bits = self.bits | other.bits;
                Self { least: self.least.max(other.least), most: bits, bits }
            }
            Op::Xor => {
                let bits = self.bits | other.bits;
                Self { least: 0, most: bits, bits }
            }
            Op::Shl | Op::Shr if other.most > 63 => return Err("a shift may be by more than 63".to_owned()),
            Op::Shl => self.shifted_left(other),
            Op::Shr => {
                let shifted = Self::between(self.least >> other.most, self.most >> other.least);
                if other.least == other.most { shifted.within(self.bits >> other.most) } else { shifted }
            }
            Op::Not => self.not(),
        })
    }

    /// Bits that leave at the top are lost.
    fn shifted_left(self, by: Self) -> Self {
        if u64::from(self.most.leading_zeros()) < by.most && self.most != 0 {
            let bits = if by.least == by.most { self.bits << by.most } else { u64::MAX << by.least };
            return Self { least: 0, most: bits, bits };
        }
        let shifted = Self::between(self.least << by.least, self.most << by.most);
        if by.least == by.most { shifted.within(self.bits << by.most) } else { shifted }
    }
}
