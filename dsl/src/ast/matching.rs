//! `match`: which functions an item is about.

use super::{Expr, IdSet, Property, Statement};
use crate::Spanned;

/// `match pci(vendor, device) { conditions }`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// Vendor ids.
    pub vendor: IdSet,
    /// Device ids.
    pub device: IdSet,
    /// All must hold.
    pub conditions: Vec<Statement<ConditionKind>>,
    /// A condition could not be read and is absent: the clause is narrower than it seems.
    pub poisoned: bool,
}

/// The conditions of a `match`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConditionKind {
    /// `subsystem v, d;`
    Subsystem(IdSet, IdSet),
    /// `revision ..;`
    Revision(IdSet),
    /// `class value [mask bits];`
    Class {
        /// What the bits must be.
        value: Expr,
        /// The bits that count.
        mask: Option<Expr>,
    },
    /// `function physical;` or `function virtual;`
    Property(Property),
    /// `config u32 @ 0x.. == value [mask bits];`
    Config {
        /// `u8`, `u16` or `u32`, in bits.
        width: Spanned<u8>,
        /// Where.
        at: Expr,
        /// What the bits must be.
        value: Expr,
        /// The bits that count.
        mask: Option<Expr>,
    },
}
