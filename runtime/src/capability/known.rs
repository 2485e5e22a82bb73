//! The kinds that are known, by id and by name.

use super::kind::Kind;
use super::space::Space;
use super::{conventional, extended};

impl Space {
    /// All kinds of this space, in ascending order of their ids, without holes from 0.
    #[must_use]
    pub const fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Conventional => conventional::KINDS,
            Self::Extended => extended::KINDS,
        }
    }
}

impl Kind {
    /// The kind with an id.
    #[must_use]
    pub fn by_id(space: Space, id: u16) -> Option<&'static Self> {
        space.kinds().get(usize::from(id)).filter(|kind| kind.id == id)
    }

    /// The kind with a name of the language.
    #[must_use]
    pub fn by_name(space: Space, name: &str) -> Option<&'static Self> {
        space.kinds().iter().find(|kind| kind.name == name)
    }
}

/// How a capability is called in a sentence: its name in the language, or its number if it has none.
#[derive(Clone, Copy, Debug)]
pub struct Name(pub Space, pub u16);

impl core::fmt::Display for Name {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match Kind::by_id(self.0, self.1) {
            Some(kind) => write!(f, "{} {}", self.0.keyword(), kind.name),
            None => write!(f, "{} {:#04x}", self.0.keyword(), self.1),
        }
    }
}
