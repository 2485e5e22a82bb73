//! The map of a device, drawn when it is first asked: of most functions that nobody described, nobody asks it.
//!
//! What the lists hold is noted until then, and goes into the map in the same order.

use core::ops::{Deref, DerefMut};

use super::map::{Map, Owner, Start};

/// Most capabilities that are noted; for one more the map is drawn.
const NOTES: usize = 32;

/// What a map says that was not drawn: nothing is free.
static TAKEN: Map = Map::TAKEN;

/// What is known of the length of a capability.
#[derive(Clone, Copy)]
enum Told {
    Nothing,
    AtLeast,
    Exactly,
    Misstated,
}

/// A capability that a list leads to.
#[derive(Clone, Copy)]
struct Note {
    offset: u16,
    id: u16,
    how: Owner,
    told: Told,
    length: u16,
}

/// The map, or what will be in it.
///
/// Who changes it as a [`Map`] has it drawn. Who only looks must have it [`open`](Self::open) before.
pub(crate) struct DeferredMap {
    notes: [Note; NOTES],
    count: usize,
    map: Option<Map>,
}

impl DeferredMap {
    #[inline(always)]
    pub(super) const fn new() -> Self {
        let none = Note { offset: 0, id: 0, how: Owner::Header, told: Told::Nothing, length: 0 };
        Self { notes: [none; NOTES], count: 0, map: None }
    }

    /// Puts in the header of a capability that a list leads to, visible or in a gap.
    #[inline]
    pub(super) fn add(&mut self, offset: u16, id: u16, how: Owner) -> Start {
        match self.notes.get_mut(self.count).filter(|_| self.map.is_none()) {
            Some(note) => {
                *note = Note { offset, id, how, told: Told::Nothing, length: 0 };
                self.count += 1;
                Start { offset, id, how, measured: false }
            }
            None => self.open().start(offset, id, how),
        }
    }

    /// As [`Map::extend`].
    #[inline]
    pub(super) fn extend(&mut self, start: Start, length: u16, exact: bool) {
        match self.last_added(start.offset) {
            Some(note) => (note.length, note.told) = (length, if exact { Told::Exactly } else { Told::AtLeast }),
            None => self.open().extend(start, length, exact),
        }
    }

    /// As [`Map::mark_misstated`].
    pub(super) fn mark_misstated(&mut self, offset: u16) {
        match self.last_added(offset) {
            Some(note) => note.told = Told::Misstated,
            None => self.open().mark_misstated(offset),
        }
    }

    /// The note of the capability that was added last, where it is this one and nothing was told of it.
    #[inline]
    fn last_added(&mut self, offset: u16) -> Option<&mut Note> {
        let last = self.notes.get_mut(self.count.wrapping_sub(1)).filter(|_| self.map.is_none())?;
        Some(last).filter(|last| last.offset == offset && matches!(last.told, Told::Nothing))
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
        for &Note { offset, id, how, told, length } in self.notes.iter().take(self.count) {
            let start = map.start(offset, id, how);
            match told {
                Told::Nothing => {}
                Told::AtLeast | Told::Exactly => map.extend(start, length, matches!(told, Told::Exactly)),
                Told::Misstated => map.mark_misstated(offset),
            }
        }
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
