//! The parts that everything is made of: bytes with their place in the text, and the number that a pass knows a part by.

use core::ops::Range;
use core::sync::atomic::{AtomicU32, Ordering};

use crate::source::Place;

/// A part of the model that a pass can find wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeId(pub(crate) u32);

/// Numbers for parts that nobody else has, for one of those who take from the same source.
#[derive(Debug)]
pub(crate) struct NodeIds<'s> {
    source: &'s AtomicU32,
    own: Range<u32>,
}

impl<'s> NodeIds<'s> {
    /// How many are taken at once.
    const BLOCK: u32 = 1 << 10;

    pub(crate) const fn new(source: &'s AtomicU32) -> Self {
        Self { source, own: 0..0 }
    }

    pub(crate) fn next(&mut self) -> NodeId {
        if self.own.is_empty() {
            let first = self.source.fetch_add(Self::BLOCK, Ordering::Relaxed);
            self.own = first..first.saturating_add(Self::BLOCK);
        }
        NodeId(self.own.next().unwrap_or(u32::MAX))
    }
}

/// Bytes `start..end`, not yet known to lie in a space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Region {
    pub(crate) node: NodeId,
    pub(crate) place: Place,
    pub(crate) start: u64,
    pub(crate) end: u64,
}

impl Region {
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    pub(crate) fn holds(&self, start: u64, end: u64) -> bool {
        self.start <= start && end <= self.end
    }
}
