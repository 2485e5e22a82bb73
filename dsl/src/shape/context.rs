//! Which statements stand in which block.

use super::statement::{Context, Shape};
use super::{device, file, layer, testing};

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

    /// The block that a statement with this keyword opens or may open.
    #[must_use]
    pub fn opened_by(keyword: &str) -> Option<Self> {
        Self::ALL.iter().find_map(|context| context.statement(keyword)?.block)
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

/// Whether an item starts with this word.
pub(crate) fn is_item_keyword(word: &str) -> bool {
    Context::File.statement(word).is_some()
}
