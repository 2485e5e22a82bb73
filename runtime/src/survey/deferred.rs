//! The map of a device, drawn when it is first asked: of most functions that nobody described, nobody asks it.
//!
//! What the lists hold is noted until then, and goes into the map in the same order.

use core::ops::{Deref, DerefMut};

use super::map::{Map, Owner, Start};

/// Most capabilities that are noted; for one more the map is drawn.
const NOTES: usize = 32;

/// What a map says that was not drawn: nothing is free.
static TAKEN: Map = Map::TAKEN;

/// What a capability says of its length.
#[derive(Clone, Copy)]
pub(super) enum Told {
    AtLeast,
    Exactly,
    /// What cannot be.
    Misstated,
}

/// A capability that a list leads to.
#[derive(Clone, Copy)]
pub(super) struct Listed {
    pub(super) offset: u16,
    pub(super) id: u16,
    /// It is the DVSEC of a gap.
    pub(super) is_gap: bool,
    pub(super) told: Told,
    /// What is known of it.
    pub(super) length: u16,
}

impl Listed {
    const NONE: Self = Self { offset: 0, id: 0, is_gap: false, told: Told::AtLeast, length: 0 };

    #[inline]
    fn put(self, map: &mut Map) {
        let Self { offset, id, is_gap, told, length } = self;
        let how = if is_gap { Owner::Gap } else { Owner::Header };
        let start = Start { offset, id, how, measured: false };
        map.put_header(start);
        map.extend(start, length, matches!(told, Told::Exactly));
        if matches!(told, Told::Misstated) {
            map.mark_misstated(offset);
        }
    }
}

/// The map, or what will be in it.
///
/// Who changes it as a [`Map`] has it drawn. Who only looks must have it [`open`](Self::open) before.
pub(crate) struct DeferredMap {
    notes: [Listed; NOTES],
    count: usize,
    map: Option<Map>,
}

impl DeferredMap {
    #[inline(always)]
    pub(super) const fn new() -> Self {
        Self { notes: [Listed::NONE; NOTES], count: 0, map: None }
    }

    /// Puts in a capability that a list leads to.
    #[inline]
    pub(super) fn add(&mut self, listed: Listed) {
        match self.notes.get_mut(self.count).filter(|_| self.map.is_none()) {
            Some(note) => {
                *note = listed;
                self.count += 1;
            }
            None => listed.put(self.open()),
        }
    }

    /// As [`Map::next_suspect`]: what a list leads to is none.
    pub(crate) fn next_suspect(&self, from: u16) -> Option<Start> {
        self.map.as_ref().and_then(|map| map.next_suspect(from))
    }

    /// The map, drawn.
    #[inline]
    pub(crate) fn open(&mut self) -> &mut Map {
        if self.map.is_none() {
            self.draw();
        }
        self.map.get_or_insert(Map::TAKEN)
    }

    #[inline(never)]
    fn draw(&mut self) {
        let map = self.map.insert(Map::EMPTY);
        self.notes.iter().take(self.count).for_each(|listed| listed.put(map));
    }
}

impl Deref for DeferredMap {
    type Target = Map;

    #[inline]
    fn deref(&self) -> &Map {
        debug_assert!(self.map.is_some(), "who looks at the map has it drawn before");
        self.map.as_ref().unwrap_or(&TAKEN)
    }
}

impl DerefMut for DeferredMap {
    #[inline]
    fn deref_mut(&mut self) -> &mut Map {
        self.open()
    }
}
