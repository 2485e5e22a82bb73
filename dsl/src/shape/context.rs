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
            Self::Enable | Self::Policy => &[],
        }
    }

    /// The statement of a keyword.
    #[must_use]
    pub fn statement(self, keyword: &str) -> Option<&'static Shape> {
        self.statements().iter().find(|shape| shape.keyword == keyword)
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
