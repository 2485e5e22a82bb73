//! `device`: what the silicon is.

use super::{Expr, Int, Match, Name, Path, Property, Range, Statement, Str};
use crate::{Span, Spanned};

/// What one kind of function is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its name.
    pub name: Name,
    /// The device whose layout, pasid and dvsec it takes over.
    pub like: Option<Path>,
    /// Its statements.
    pub statements: Vec<Statement<DeviceStatementKind>>,
    /// A statement in it could not be read and is absent: what seems to be missing may be a consequence.
    pub poisoned: bool,
    /// That is one of its own, not of a block in it.
    pub lost: bool,
}

/// The statements of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceStatementKind {
    /// `name "..";`, `distrust dvsec;` or `pcie_port TYPE;`
    Property(Property),
    /// `match pci(..) ..`
    Match(Box<Match>),
    /// `layout { .. }`
    Layout(Vec<Statement<LayoutKind>>),
    /// `free @ RANGE { evidence .. }`
    Free {
        /// Which bytes.
        ranges: Vec<Range>,
        /// Who vouches.
        evidence: Vec<Evidence>,
    },
    /// `pasid { .. }` or `pasid;`
    Pasid(Vec<Statement<PasidStatementKind>>),
    /// `pasid none;`
    PasidNone,
    /// `dvsec FORMAT in free;` or `dvsec FORMAT @ RANGE;`
    Dvsec {
        /// The `dvsec_format`.
        format: Path,
        /// Where.
        place: Box<DvsecPlace>,
    },
    /// `without KIND @ OFFSET;`
    Without(Box<Without>),
    /// `evidence ..;` for the whole device.
    Evidence(Evidence),
}

/// What `without` takes away from the layout of the `like` device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Without {
    /// `cap KIND @ OFFSET` or `ext KIND @ OFFSET`
    Capability {
        /// `ext`, not `cap`.
        extended: bool,
        /// Which.
        kind: Kind,
        /// Where.
        at: Expr,
    },
    /// `register @ OFFSET`
    Register(Expr),
    /// `reserved @ OFFSET`
    Reserved(Expr),
}

/// A capability's kind: a name or a number, with what tells two of the same id apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// `aer` or `0x0031`.
    pub id: KindId,
    /// `vendor: expr`, `id: expr`, in the order of the text.
    pub arguments: Vec<(Name, Expr)>,
    /// Where.
    pub span: Span,
}

/// How a capability's kind was named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KindId {
    /// By its name.
    Name(Name),
    /// By its id.
    Number(Int),
}

/// The entries of a layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LayoutKind {
    /// `cap KIND @ OFFSET [len N] [optional] ;|{ evidence .. }` and the same with `ext`
    Capability {
        /// `ext`, not `cap`.
        extended: bool,
        /// Which.
        kind: Kind,
        /// Where.
        at: At,
        /// The word `optional`.
        optional: Option<Span>,
        /// Who vouches.
        evidence: Vec<Evidence>,
    },
    /// `register "label" @ RANGE ..`
    Register {
        /// What the registers are.
        label: Option<Str>,
        /// Which bytes.
        ranges: Vec<Range>,
        /// The word `optional`.
        optional: Option<Span>,
        /// Who vouches.
        evidence: Vec<Evidence>,
    },
    /// `reserved @ RANGE ..`
    Reserved {
        /// Which bytes.
        ranges: Vec<Range>,
        /// The word `optional`.
        optional: Option<Span>,
        /// Who vouches.
        evidence: Vec<Evidence>,
    },
    /// `aliased every N;`
    Aliased(Expr),
}

/// `@ OFFSET [len N]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At {
    /// First byte.
    pub offset: Expr,
    /// The number of bytes, where it was said.
    pub len: Option<Expr>,
}

/// Who vouches: said here, or by the names of sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// `evidence KIND "reference" [seen N];`
    Claim(Claim),
    /// `evidence SOURCE;` or `evidence [SOURCE, SOURCE];`
    Sources(Vec<Path>),
    /// One could not be read and is absent.
    Lost,
}

/// `KIND "reference" [seen N]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Who vouches.
    pub kind: Spanned<ClaimKind>,
    /// The reference.
    pub text: Str,
    /// `seen N`
    pub seen: Option<Expr>,
    /// Where.
    pub span: Span,
}

/// Who vouches for a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClaimKind {
    /// `datasheet "title, revision, section"`
    Datasheet,
    /// `vendor "message or case"`
    Vendor,
    /// `driver "file symbol"`
    Driver,
    /// `dump "public source" seen N`
    Dump,
    /// `probe "how"`
    Probe,
}

/// The statements of `pasid { .. }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasidStatementKind {
    /// `place X;` or `place [X, Y];`
    Place(Vec<Placing>),
    /// `max_width N;`, `execute host|deny;` or `privileged host|deny;`
    Property(Property),
}

/// One place for PASID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placing {
    /// `free`
    Free(Span),
    /// `native`
    Native(Span),
    /// `@ 0x..`
    At(Expr, Span),
}

/// Where a free-space DVSEC goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DvsecPlace {
    /// `in free`
    InFree(Span),
    /// `@ OFFSET [len N]`
    At(At),
}
