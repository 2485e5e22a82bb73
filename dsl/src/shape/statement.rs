//! What the table is made of: a statement, its parts, and the block that it stands in.

/// Where a statement may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Context {
    /// The top level of a file.
    File,
    /// `device NAME { .. }`
    Device,
    /// `layout { .. }`
    Layout,
    /// `{ evidence .. }` after a claim.
    Evidence,
    /// `pasid { .. }` of a device.
    Pasid,
    /// `match pci(..) { .. }`
    Match,
    /// `layer NAME { .. }`
    Layer,
    /// `emulate cap|ext .. { .. }`
    Emulate,
    /// `unassigned .. { .. }`
    Unassigned,
    /// `dvsec_format NAME { .. }`
    DvsecFormat,
    /// `profile NAME for DEVICE { .. }`
    Profile,
    /// `test ".." { .. }`
    Test,
    /// `given pci(..) { .. }`
    GivenPci,
    /// `enable LAYER { .. }`: parameters, no keywords.
    Enable,
    /// `policy { .. }`: settings, which are the compiler's.
    Policy,
}

impl Context {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::File,
        Self::Device,
        Self::Layout,
        Self::Evidence,
        Self::Pasid,
        Self::Match,
        Self::Layer,
        Self::Emulate,
        Self::Unassigned,
        Self::DvsecFormat,
        Self::Profile,
        Self::Test,
        Self::GivenPci,
        Self::Enable,
        Self::Policy,
    ];

    /// What a message calls it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::File => "a file",
            Self::Device => "`device`",
            Self::Layout => "`layout`",
            Self::Evidence => "an evidence block",
            Self::Pasid => "`pasid`",
            Self::Match => "`match`",
            Self::Layer => "`layer`",
            Self::Emulate => "`emulate`",
            Self::Unassigned => "`unassigned`",
            Self::DvsecFormat => "`dvsec_format`",
            Self::Profile => "`profile`",
            Self::Test => "`test`",
            Self::GivenPci => "`given pci`",
            Self::Enable => "`enable`",
            Self::Policy => "`policy`",
        }
    }
}

/// One statement in one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The word that it starts with.
    pub keyword: &'static str,
    /// What follows the keyword.
    pub value: Value,
    /// How it is written.
    pub syntax: &'static str,
    /// One line of documentation.
    pub doc: &'static str,
    /// How often it stands in its block.
    pub times: Times,
    /// What holds if it is left out, where that is worth saying.
    pub default: Option<&'static str>,
    /// The words inside it, with what follows each.
    pub parts: &'static [Part],
    /// So many of the words, the first ones, tell its forms apart: each is followed by other things.
    pub forms: usize,
    /// The block that it opens or may open.
    pub block: Option<Context>,
    /// A complete statement, for completion and tests.
    pub example: &'static str,
    /// The first edition that has it.
    pub since: u32,
}

/// How often a statement stands in its block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Times {
    /// Exactly once.
    Once,
    /// At most once.
    AtMostOnce,
    /// At least once.
    AtLeastOnce,
    /// Any number of times.
    Any,
}

/// One word inside a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The word.
    pub word: &'static str,
    /// What follows it.
    pub value: Value,
    /// One line of documentation.
    pub doc: &'static str,
}

/// What follows a word, or the keyword of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// Nothing: the word itself says it.
    Nothing,
    /// A number or an expression.
    Number,
    /// Bytes: `a..b` or `a len n`.
    Range,
    /// A name that a file declares.
    Name,
    /// A capability's kind.
    Kind,
    /// A text in quotes.
    Text,
    /// Parts of their own.
    Statement,
}

/// A shape with nothing said; the tables fill in what a statement has.
pub(super) const PLAIN: Shape = Shape {
    keyword: "",
    value: Value::Statement,
    syntax: "",
    doc: "",
    times: Times::Any,
    default: None,
    parts: &[],
    forms: 0,
    block: None,
    example: "",
    since: 1,
};

pub(super) const fn part(word: &'static str, value: Value, doc: &'static str) -> Part {
    Part { word, value, doc }
}

pub(super) const LEN: Part = part("len", Value::Number, "how many bytes");
pub(super) const OPTIONAL: Part = part("optional", Value::Nothing, "a device without it is still this device");
pub(super) const MASK: Part = part("mask", Value::Number, "the bits that count");
pub(super) const WIDTH: Part = part("width", Value::Number, "how many bits a PASID has, 0 to 20");
pub(super) const EXECUTE_FLAG: Part = part("execute", Value::Nothing, "with execute permission");
pub(super) const PRIVILEGED_FLAG: Part = part("privileged", Value::Nothing, "with privileged mode");
pub(super) const CAP: Part = part("cap", Value::Kind, "a conventional capability");
pub(super) const EXT: Part = part("ext", Value::Kind, "an extended capability");

/// `allow RULE "reason";`, the same in every item.
pub(super) const ALLOW: Shape = Shape {
    keyword: "allow",
    syntax: "allow RULE \"reason\";",
    doc: "silences a rule here; says why",
    example: "allow missing-test \"shown in review\";",
    ..PLAIN
};
