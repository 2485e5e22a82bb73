//! `layer`: what a VMM shows on top of a device.

use super::{Evidence, Expr, Kind, Match, Name, Path, Property, Range, Statement};
use crate::{Span, Spanned};

/// What a VMM shows on top of the functions that it matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Its name.
    pub name: Name,
    /// Its statements.
    pub statements: Vec<Statement<LayerStatementKind>>,
    /// A statement in it could not be read and is absent: what seems to be missing may be a consequence.
    pub poisoned: bool,
}

/// The statements of a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LayerStatementKind {
    /// `match pci(..) ..`
    Match(Box<Match>),
    /// `default on;`, `pcie_type TYPE;` or `resizable_bar pin;`
    Property(Property),
    /// `over OTHER;`
    Over(Path),
    /// `param NAME: TYPE;`
    Param {
        /// Its name.
        name: Name,
        /// What it holds.
        ty: Spanned<ParamType>,
    },
    /// `emulate ..`
    Emulate(Box<Emulate>),
    /// `hide cap|ext KIND [@ OFFSET];`
    Hide(Hide),
    /// `mirror bar N @ OFFSET len N [config OFFSET];`
    Mirror(Mirror),
    /// `unassigned raw|read_only|deny ;|{ allow .. }`
    Unassigned(Unassigned),
}

/// The type of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParamType {
    /// `u1` to `u64`: bits.
    Unsigned(u8),
    /// `bytes(N)`
    Bytes(Expr),
}

/// What is emulated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Emulate {
    /// A capability.
    Capability(Box<EmulateCapability>),
    /// A field in what the device has.
    Field(Box<Field>),
}

/// `emulate cap|ext KIND @ PLACE len N [over register] { fields }`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmulateCapability {
    /// `ext`, not `cap`.
    pub extended: bool,
    /// Which.
    pub kind: Kind,
    /// Where.
    pub place: EmulatePlace,
    /// The number of bytes, where it was said.
    pub len: Option<Expr>,
    /// `version N`, for extended capabilities.
    pub version: Option<Expr>,
    /// `over register`
    pub over_register: Option<Span>,
    /// Who vouches.
    pub evidence: Vec<Evidence>,
    /// What it holds.
    pub fields: Vec<Field>,
    /// A field in it could not be read and is absent: what seems to be unused may not be.
    pub poisoned: bool,
}

/// Where an emulated capability goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EmulatePlace {
    /// `@ 0x..`
    At(Expr),
    /// `@ [a, b]`: the first that overlaps nothing.
    OneOf(Vec<Expr>, Span),
    /// `@ free`
    Free(Span),
}

/// `TYPE @ [cap|ext KIND +] OFFSET [bits a..b|mask m] = VALUE CLASS [by LOCK];`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// How wide.
    pub ty: Spanned<FieldType>,
    /// What the offset counts from, where it was said.
    pub anchor: Option<FieldAnchor>,
    /// First byte.
    pub offset: Expr,
    /// `len N`, for `bytes`.
    pub len: Option<Expr>,
    /// Which bits.
    pub bits: Option<Bits>,
    /// Its value.
    pub value: FieldValue,
    /// Its write class by name; `None` if it was left out.
    pub class: Option<Name>,
    /// What locks it, in `by ..`.
    pub lock: Option<Lock>,
    /// The value in `forced(value)`.
    pub forced: Option<Expr>,
    /// Where.
    pub span: Span,
}

/// `cap KIND +` or `ext KIND +`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldAnchor {
    /// `ext`, not `cap`.
    pub extended: bool,
    /// Which.
    pub kind: Kind,
}

/// The type of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// `u8`
    U8,
    /// `u16`
    U16,
    /// `u32`
    U32,
    /// `bytes`
    Bytes,
}

/// `by OFFSET [bits a..b|mask m]`: bits of a byte, which counts as the field's own offset does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// The byte.
    pub offset: Expr,
    /// Which of its bits; all if it is not said.
    pub bits: Option<Bits>,
    /// Where.
    pub span: Span,
}

/// Bits of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bits {
    /// `bits a..b`: half-open.
    Range(Expr, Expr),
    /// `mask m`
    Mask(Expr),
}

/// A field's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldValue {
    /// `= expr`
    Expr(Expr),
    /// `[a, b, 'c']`
    Bytes(Vec<Expr>, Span),
    /// `= device`: the value read at attach.
    Device(Span),
}

/// `hide cap|ext KIND [@ OFFSET];`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hide {
    /// `ext`, not `cap`.
    pub extended: bool,
    /// Which.
    pub kind: Kind,
    /// Only the one here.
    pub at: Option<Expr>,
}

/// `mirror bar N @ RANGE [config OFFSET];`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirror {
    /// BAR number.
    pub bar: Expr,
    /// Which bytes of the BAR.
    pub range: Range,
    /// Config offset of the first byte; 0 if it was left out.
    pub config: Option<Expr>,
}

/// `unassigned MODE ;|{ allow @ RANGE rw|ro; }`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unassigned {
    /// `raw`, `read_only` or `deny`.
    pub mode: Name,
    /// Exceptions.
    pub allowed: Vec<Allowed>,
}

/// `allow @ RANGE rw|ro;`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// Which bytes.
    pub range: Range,
    /// `rw` or `ro`.
    pub access: Name,
    /// Where.
    pub span: Span,
}
