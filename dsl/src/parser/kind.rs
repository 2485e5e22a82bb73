//! What a node of the tree is.

use super::generated::Rule;

/// What a node of the tree is. What a statement says is told by its keyword, and what a part of it says by its first word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeKind {
    /// A piece of the file that was read: an item, with its documentation.
    Chunk,
    /// `///` lines and attributes in front of an item or a statement.
    Docs,
    /// `#[..]`
    Attribute,
    /// An item, or a statement of a block.
    Statement,
    /// `TYPE @ OFFSET VALUE ..;` of a layer, in a block or after `emulate`.
    Field,
    /// `NAME = value;` in `enable LAYER { .. }`
    Assignment,
    /// `NAME [WORD ..] [@ PLACE];` in `policy { .. }`
    Setting,
    /// What follows the keyword of a statement that has several forms.
    Form,
    /// A word inside a statement with what follows it, such as `len N`.
    Part,
    /// A name where it is declared or where a word stands for a value.
    Name,
    /// A name that may contain `-`: a rule, a reason, a finding.
    Dashed,
    /// `NAME` or `namespace::NAME`
    Path,
    /// An expression: operands and operators in a row.
    Expr,
    /// An expression in parentheses.
    Paren,
    /// `a..b` or `a len n`
    Range,
    /// `a`, `a..b` or `a len n`
    OffsetOrRange,
    /// `any`, a value, `a..=b`, `value mask bits`, or a list of them.
    IdSet,
    /// A list of sets of ids.
    IdList,
    /// `[a, b, 'c']`
    List,
    /// A capability's kind with its arguments.
    Kind,
    /// `vendor: expr`
    Argument,
    /// The type of a field or of a parameter.
    Type,
    /// `cap KIND +` or `ext KIND +`
    Anchor,
    /// `free`, `native` or `@ 0x..`
    Placing,
    /// A part of a statement is missing here. A word in its place may be a misspelling of it.
    Missing,
    /// The `}` of a block is missing here.
    NoClose,
    /// The `;` is missing, and the next statement follows.
    NoSemicolon,
    /// What stands where a statement should have ended.
    Unexpected,
    /// A statement whose keyword is not known here.
    UnknownStatement,
    /// What no statement starts with.
    StrayTokens,
    /// `;` without a statement.
    StraySemicolon,
    /// `,` for `;`
    CommaForSemicolon,
    /// `..` or `...` where `..=` is meant; `..=` or `...` where `..` is meant.
    RangeSlip,
    /// `=` for `==`, or `==` for `=`.
    EqualsSlip,
    /// `=` before a list of bytes.
    EqualsBeforeList,
}

impl NodeKind {
    /// Whether it is a statement or an item: the unit that is read or not read.
    #[must_use]
    pub const fn is_statement(self) -> bool {
        matches!(
            self,
            Self::Statement
                | Self::Field
                | Self::Assignment
                | Self::Setting
                | Self::UnknownStatement
                | Self::StrayTokens
        )
    }

    /// Whether it tells of an error wherever it stands.
    pub(crate) const fn is_mistake(self) -> bool {
        matches!(
            self,
            Self::Missing
                | Self::NoClose
                | Self::NoSemicolon
                | Self::Unexpected
                | Self::UnknownStatement
                | Self::StrayTokens
                | Self::StraySemicolon
                | Self::CommaForSemicolon
                | Self::RangeSlip
                | Self::EqualsSlip
                | Self::EqualsBeforeList
        )
    }

    /// The node that a rule of the grammar makes. What no line names is missing.
    pub(crate) const fn of(rule: Rule) -> Self {
        match rule {
            Rule::Chunk => Self::Chunk,
            Rule::Docs => Self::Docs,
            Rule::Attribute => Self::Attribute,
            Rule::Item
            | Rule::DeviceStatement
            | Rule::Condition
            | Rule::LayoutEntry
            | Rule::Evidence
            | Rule::PasidProperty
            | Rule::LayerStatement
            | Rule::Allowed
            | Rule::FormatStatement
            | Rule::ProfileStatement
            | Rule::TestStatement
            | Rule::GivenProperty => Self::Statement,
            Rule::Field => Self::Field,
            Rule::Assignment => Self::Assignment,
            Rule::Setting => Self::Setting,
            Rule::EmulateCapability
            | Rule::GivenDevice
            | Rule::GivenPci
            | Rule::GivenOptional
            | Rule::GivenBytes
            | Rule::ExpectPasid
            | Rule::ExpectNo
            | Rule::ExpectChain
            | Rule::ExpectCapability
            | Rule::ExpectValue
            | Rule::ExpectUntouched
            | Rule::ExpectNamed => Self::Form,
            Rule::Like
            | Rule::Len
            | Rule::Offset
            | Rule::Mask
            | Rule::Seen
            | Rule::OverRegister
            | Rule::Version
            | Rule::Bits
            | Rule::By
            | Rule::Forced
            | Rule::ConfigOffset
            | Rule::Fact
            | Rule::View => Self::Part,
            Rule::Name => Self::Name,
            Rule::Dashed => Self::Dashed,
            Rule::Path => Self::Path,
            Rule::Expr => Self::Expr,
            Rule::Paren => Self::Paren,
            Rule::Range => Self::Range,
            Rule::OffsetOrRange => Self::OffsetOrRange,
            Rule::IdSet => Self::IdSet,
            Rule::IdList => Self::IdList,
            Rule::List => Self::List,
            Rule::Kind => Self::Kind,
            Rule::Argument => Self::Argument,
            Rule::Type | Rule::FieldType => Self::Type,
            Rule::FieldAnchor => Self::Anchor,
            Rule::Placing => Self::Placing,
            Rule::NoClose => Self::NoClose,
            Rule::NoSemicolon => Self::NoSemicolon,
            Rule::Unexpected => Self::Unexpected,
            Rule::UnknownStatement => Self::UnknownStatement,
            Rule::StrayTokens => Self::StrayTokens,
            Rule::StraySemicolon => Self::StraySemicolon,
            Rule::CommaForSemicolon => Self::CommaForSemicolon,
            Rule::RangeSlip => Self::RangeSlip,
            Rule::EqualsSlip => Self::EqualsSlip,
            Rule::EqualsBeforeList => Self::EqualsBeforeList,
            _ => Self::Missing,
        }
    }
}
