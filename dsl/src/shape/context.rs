//! Which statements stand in which block.

use super::statement::{Context, Shape};
use super::{device, file, layer, testing};
use crate::parser::NodeKind;

impl Context {
    /// The statements that may stand in it.
    #[must_use]
    pub const fn statements(self) -> &'static [Shape] {
        match self {
            Self::File => file::FILE,
            Self::Device => device::DEVICE,
            Self::Layout => device::LAYOUT,
            Self::Evidence => device::EVIDENCE,
            Self::Pasid => device::PASID,
            Self::Match => device::MATCH,
            Self::Layer => layer::LAYER,
            Self::Emulate => layer::EMULATE,
            Self::Unassigned => layer::UNASSIGNED,
            Self::DvsecFormat => file::DVSEC_FORMAT,
            Self::Profile => file::PROFILE,
            Self::Test => testing::TEST,
            Self::GivenPci => testing::GIVEN_PCI,
            Self::Policy => testing::POLICY,
            Self::Enable => &[],
        }
    }

    /// The statement of a keyword.
    #[must_use]
    pub fn statement(self, keyword: &str) -> Option<&'static Shape> {
        self.statements().iter().find(|shape| shape.keyword == keyword)
    }

    /// Whether its statements may have documentation.
    pub(crate) const fn is_documented(self) -> bool {
        matches!(self, Self::File | Self::Device | Self::Layout | Self::Layer)
    }

    /// The keywords of its statements.
    pub fn keywords(self) -> impl Iterator<Item = &'static str> {
        self.statements().iter().map(|shape| shape.keyword)
    }
}

/// Statements that no declaration is of: a parameter's name is the layer's, and the others are none.
const UNDECLARED: [NodeKind; 3] = [NodeKind::Assignment, NodeKind::UnknownStatement, NodeKind::StrayTokens];

/// For each kind of node whether it is a statement or an item.
static STATEMENTS: [bool; 256] = {
    let mut statements = [false; 256];
    let mut at = 0;
    while at < UNDECLARED.len() {
        statements[UNDECLARED[at] as usize] = true;
        at += 1;
    }
    let mut context = 0;
    while context < Context::ALL.len() {
        let shapes = Context::ALL[context].statements();
        let mut at = 0;
        while at < shapes.len() {
            statements[shapes[at].node as usize] = true;
            at += 1;
        }
        context += 1;
    }
    statements
};

/// Whether a node is a statement or an item: the unit that is read or not read.
pub(crate) fn is_statement(kind: NodeKind) -> bool {
    STATEMENTS.get(kind as usize).is_some_and(|&is| is)
}

/// Whether an item starts with this word.
pub(crate) fn is_item_keyword(word: &str) -> bool {
    Context::File.statement(word).is_some()
}
