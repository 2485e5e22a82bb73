//! What a list of completions has.

/// The numbers of the protocol.
pub(super) mod number {
    pub(in super::super) const PROPERTY: u32 = 10;
    pub(in super::super) const VALUE: u32 = 12;
    pub(in super::super) const ENUM_MEMBER: u32 = 20;
    pub(in super::super) const KEYWORD: u32 = 14;
    pub(in super::super) const FILE: u32 = 17;
    pub(in super::super) const CONSTANT: u32 = 21;
    pub(in super::super) const STRUCT: u32 = 22;
    pub(in super::super) const MODULE: u32 = 9;
    pub(in super::super) const CLASS: u32 = 7;
}

/// Something that can be written.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) label: String,
    pub(super) kind: u32,
    pub(super) detail: String,
    pub(super) doc: String,
    /// What comes first in the list: lower is earlier.
    pub(super) rank: u8,
    /// What else has to be written for it, and at which byte.
    pub(super) also: Option<(u32, String)>,
}

impl Item {
    pub(super) fn new(label: impl Into<String>, kind: u32, detail: impl Into<String>) -> Self {
        Self { label: label.into(), kind, detail: detail.into(), doc: String::new(), rank: 5, also: None }
    }

    pub(super) fn doc(mut self, doc: impl Into<String>) -> Self {
        self.doc = doc.into();
        self
    }

    pub(super) fn rank(mut self, rank: u8) -> Self {
        self.rank = rank;
        self
    }

    pub(super) fn also(self, at: u32, text: String) -> Self {
        Self { also: Some((at, text)), ..self }
    }
}
