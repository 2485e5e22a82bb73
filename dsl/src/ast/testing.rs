//! `test`: what a device and the layers on it show to a guest.

use super::{ConditionKind, Expr, FieldType, Kind, Name, Path, Property, Range, Statement, Str};
use crate::{Span, Spanned};

/// One test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// What it states.
    pub title: Str,
    /// Its statements, run in order.
    pub statements: Vec<Statement<TestStatementKind>>,
    /// A statement in it could not be read and is absent: what seems to be missing may be a consequence.
    pub poisoned: bool,
}

/// The statements of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestStatementKind {
    /// `given ..;`
    Given(Given),
    /// `host pasid ..;`
    Host(PasidFacts),
    /// `viommu pasid width N;`
    Viommu(Expr),
    /// `enable LAYER ;|{ PARAM = value; }`
    Enable(Enable),
    /// `policy { .. }`
    Policy(Vec<PolicySetting>),
    /// `write TYPE @ OFFSET = value;` or `write bytes @ OFFSET [..];`
    Write {
        /// How wide.
        ty: Spanned<FieldType>,
        /// Where.
        at: Expr,
        /// What.
        value: Vec<Expr>,
    },
    /// `reset flr|bus|d3hot|cold;`
    Property(Property),
    /// `expect ..;`
    Expect(Expect),
}

/// What a test starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// `given device NAME [view vfio|raw];`
    Device {
        /// Which.
        device: Path,
        /// `vfio` or `raw`.
        view: Option<Name>,
    },
    /// `given pci(v, d) [view ..] { .. }`
    Pci(GivenPci),
    /// `given optional KIND @ OFFSET absent;`
    OptionalAbsent {
        /// `ext`, not `cap`.
        extended: bool,
        /// Which.
        kind: Kind,
        /// Where.
        at: Expr,
    },
    /// `given bytes @ OFFSET [..];`
    Bytes {
        /// Where.
        at: Expr,
        /// What.
        value: Vec<Expr>,
    },
}

/// A function that no device describes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenPci {
    /// Vendor id.
    pub vendor: Expr,
    /// Device id.
    pub device: Expr,
    /// `vfio` or `raw`.
    pub view: Option<Name>,
    /// `class ..; revision ..; subsystem ..; function ..;`
    pub conditions: Vec<Statement<ConditionKind>>,
    /// `bar N size;`
    pub bars: Vec<(Expr, Expr)>,
}

/// `pasid [disabled] [width N] [execute] [privileged]`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PasidFacts {
    /// `disabled`: the host can, but did not enable it.
    pub disabled: Option<Span>,
    /// `width N`
    pub width: Option<Expr>,
    /// `execute`
    pub execute: Option<Span>,
    /// `privileged`
    pub privileged: Option<Span>,
}

/// A layer that is switched on, with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enable {
    /// Which.
    pub layer: Path,
    /// Its parameters.
    pub params: Vec<Assignment>,
}

/// `NAME = value;`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Which.
    pub name: Name,
    /// One number, or bytes.
    pub value: Vec<Expr>,
    /// Where.
    pub span: Span,
}

/// One setting of `policy { .. }`: `NAME;`, `NAME value;` or `NAME RANGE;`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicySetting {
    /// Which.
    pub name: Name,
    /// `@ OFFSET`
    pub at: Option<Expr>,
    /// `@ RANGE`
    pub range: Option<Range>,
    /// A word: `on`, a source, a kind of evidence, a profile.
    pub words: Vec<Name>,
    /// Where.
    pub span: Span,
}

/// What must be so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect {
    /// `expect pasid @ OFFSET [width N] [execute] [privileged];`
    Pasid {
        /// Where.
        at: Expr,
        /// How wide, and with which permissions.
        facts: PasidFacts,
    },
    /// `expect no pasid;`
    NoPasid,
    /// `expect chain cap|ext [..];`
    Chain {
        /// `ext`, not `cap`.
        extended: bool,
        /// Offsets in the order of the walk.
        offsets: Vec<Expr>,
    },
    /// `expect [no] cap|ext KIND @ OFFSET [len N];`
    Capability {
        /// It must not be there.
        absent: bool,
        /// `ext`, not `cap`.
        extended: bool,
        /// Which.
        kind: Kind,
        /// Where.
        at: Option<Expr>,
        /// How long, for a DVSEC or VSEC.
        len: Option<Expr>,
    },
    /// `expect u16 @ OFFSET == value;` or `expect bytes @ OFFSET == [..];`
    Value {
        /// How wide.
        ty: Spanned<FieldType>,
        /// Where.
        at: Expr,
        /// What.
        value: Vec<Expr>,
    },
    /// `expect device untouched [RANGE];`
    Untouched(Option<Range>),
    /// `expect effect NAME;`
    Effect(Name),
    /// `expect reason NAME;`: why PASID is absent.
    Reason(Name),
    /// `expect finding NAME;`
    Finding(Name),
}
