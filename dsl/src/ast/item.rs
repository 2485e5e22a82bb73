//! Files, and the items in them.

use super::device::{Claim, Device, Kind};
use super::expr::{Expr, Int, Path};
use super::layer::Layer;
use super::name::{Allow, Name, Str};
use super::statement::{Property, Statement};
use super::testing::{PasidFacts, Test};
use crate::{Span, Spanned};

/// One file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    /// `//!` lines, without the slashes.
    pub docs: Vec<Str>,
    /// Words that stand for a number where a keyword may stand too, with that keyword: if no constant has this name, the
    /// keyword may be meant. In the order of the text.
    pub words: Vec<Spanned<&'static str>>,
    /// Items in the order of the text. Items that could not be read are absent; their errors are with the parse.
    pub items: Vec<Item>,
    /// An item could not be read and is absent: a name that is not found, or a missing edition, may be a consequence.
    pub poisoned: bool,
    /// That item may be a `use`.
    pub lost_use: bool,
}

/// One top-level item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// `///` lines, without the slashes.
    pub docs: Vec<Str>,
    /// What it is.
    pub kind: ItemKind,
    /// The whole item, docs excluded.
    pub span: Span,
    /// Its keyword and name: the part to underline when the whole item is meant.
    pub head: Span,
    /// What it silences.
    pub allows: Vec<Allow>,
}

/// The kinds of items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// `edition 1;`
    Edition(Int),
    /// `use "path" as name;`
    Use(Use),
    /// `const NAME = expr;`
    Const(Const),
    /// `source NAME = KIND "..";`
    Source(Source),
    /// `device NAME [like OTHER] { .. }`
    Device(Device),
    /// `layer NAME { .. }`
    Layer(Layer),
    /// `dvsec_format NAME { .. }`
    DvsecFormat(DvsecFormat),
    /// `profile NAME for DEVICE { .. }`
    Profile(Profile),
    /// `test "..." { .. }`
    Test(Test),
}

/// Another file, under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Its path, as written.
    pub path: Str,
    /// The name under which its items are known here.
    pub name: Name,
}

/// A named number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Const {
    /// Its name.
    pub name: Name,
    /// Its value.
    pub value: Expr,
}

/// A source that evidence names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its name.
    pub name: Name,
    /// What it says.
    pub claim: Claim,
}

/// Identity and form of a free-space DVSEC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DvsecFormat {
    /// Its name.
    pub name: Name,
    /// Its statements.
    pub statements: Vec<Statement<Property>>,
    /// A statement in it could not be read and is absent: what seems to be missing may be a consequence.
    pub poisoned: bool,
}

/// A frozen virtual layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: Name,
    /// The device that it is for.
    pub device: Path,
    /// Its statements.
    pub statements: Vec<Statement<ProfileStatementKind>>,
    /// A statement in it could not be read and is absent: what seems to be missing may be a consequence.
    pub poisoned: bool,
}

/// The statements of a `profile`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProfileStatementKind {
    /// `pasid @ 0x400 width 16 execute privileged;`
    Pasid {
        /// Where.
        at: Expr,
        /// How wide, and with which permissions.
        facts: PasidFacts,
    },
    /// `cap KIND @ 0x..;` or `ext KIND @ 0x..;`
    Capability {
        /// `ext`, not `cap`.
        extended: bool,
        /// Which.
        kind: Kind,
        /// Where.
        at: Expr,
    },
    /// `released "1.0";`
    Property(Property),
}
