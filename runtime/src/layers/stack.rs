//! What the layers own together: every bit with the layers that own it, and what happens where two want the same one.

use super::choose::{Choice, Chosen};
use super::mirrors::Mirrors;
use crate::bounded::Bounded;
use crate::capability::Space;
use crate::decision::LayerReason;
use crate::dword_set::DwordSet;
use crate::guest_view::{GuestView, Kept, ViewError};
use crate::overlay::{ClaimError, Lock, Undo};
use crate::tables::{Emulation, Layer, Over, WriteClass};
use crate::{ByteRange, Database};

/// Most runs of bytes that layers own.
const RUNS: usize = 512;

const NO_RUNS: Bounded<Run, RUNS> = Bounded::with_room(Run { start: 0, end: 0, bits: 0, tag: 0 });

/// How a layer has bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    /// Fields of what the device has.
    Fields,
    /// A capability that the layer shows.
    Capability,
    /// One that it hides. The overlay owns those bytes in the end alone.
    Hidden,
}

/// The same bits of some bytes, of one layer. There are many, twice over, so that it is small.
#[derive(Clone, Copy)]
struct Run {
    start: u16,
    end: u16,
    bits: u8,
    /// The layer, and how it has them in the low two bits.
    tag: u8,
}

impl Run {
    fn new(range: ByteRange, bits: u8, layer: u8, how: How) -> Self {
        Self { start: range.start, end: range.end, bits, tag: layer << 2 | how as u8 }
    }

    fn layer(&self) -> u8 {
        self.tag >> 2
    }

    fn how(&self) -> How {
        match self.tag & 3 {
            0 => How::Fields,
            1 => How::Capability,
            _ => How::Hidden,
        }
    }

    fn overlaps(&self, range: ByteRange) -> bool {
        self.start < self.end && ByteRange::new(self.start, self.end).overlaps(range)
    }
}

/// An extended capability that a layer shows.
#[derive(Clone, Copy)]
struct Extended {
    id: u16,
    range: ByteRange,
}

/// A layer that is applied or about to be: by its place in the order, and by its place in its database.
#[derive(Clone, Copy)]
pub(super) struct Named<'db> {
    pub(super) position: u8,
    pub(super) database: usize,
    pub(super) index: u32,
    pub(super) name: &'db str,
    pub(super) tables: Database<'db>,
    pub(super) layer: Layer,
}

impl Named<'_> {
    /// Whether it may take bits from other layers.
    pub(super) fn is_over_any(&self) -> bool {
        !self.layer.over.is_empty()
    }

    /// Whether this layer wins where both want the same bit.
    fn is_over(&self, other: &Self) -> bool {
        self.database == other.database
            && self.index != other.index
            && self.tables.list::<Over>(self.layer.over).any(|over| over.layer == other.index)
    }
}

/// Bits of one byte that a layer wants.
#[derive(Clone, Copy)]
pub(super) struct Want {
    pub(super) offset: u16,
    pub(super) bits: u8,
    pub(super) value: u8,
    pub(super) class: WriteClass,
    pub(super) forced: u8,
    /// For [`WriteClass::Rwl`].
    pub(super) lock: Lock,
}

impl Want {
    /// Whether it reads 0 and nothing else, as what is hidden does.
    fn is_zero(&self) -> bool {
        match self.class {
            WriteClass::RsvdP => true,
            WriteClass::Ro | WriteClass::HwInit => self.value & self.bits == 0,
            _ => false,
        }
    }
}

/// The layers that were chosen, by their place in the order.
#[derive(Clone, Copy)]
pub(super) struct Names<'a, 'db> {
    pub(super) chosen: &'a Chosen,
    pub(super) databases: &'a [Database<'db>],
}

impl<'db> Names<'_, 'db> {
    pub(super) fn get(&self, position: u8) -> Option<Named<'db>> {
        let &Choice { database, index, .. } = self.chosen.get(usize::from(position))?;
        let tables = *self.databases.get(database)?;
        let layer = tables.record::<Layer>(index)?;
        Some(Named { position, database, index, name: tables.text(layer.name), tables, layer })
    }
}

/// What was shown before a layer, to go back to where it does not go on.
pub(super) struct Before {
    view: Kept,
    mirrors: usize,
    runs: usize,
    extended: usize,
}

impl Before {
    /// Before the first one nothing is shown.
    pub(super) const FIRST: Self = Self { view: Kept::NOTHING, mirrors: 0, runs: 0, extended: 0 };
}

/// What layers owned before one that is over others, and may take it from them.
pub(super) struct Runs(Bounded<Run, RUNS>);

impl Runs {
    // Room that is made later is made on the stack.
    pub(super) const NONE: Self = Self(NO_RUNS);
}

/// What is shown by the layers so far, and by the one that is on its way.
pub(super) struct Stack<'a, 'o, 'db> {
    pub(super) view: &'a mut GuestView<'o>,
    pub(super) mirrors: &'a mut Mirrors,
    pub(super) names: Names<'a, 'db>,
    runs: Bounded<Run, RUNS>,
    extended: Bounded<Extended, { crate::guest_view::INSERTED }>,
    /// The dwords of which the layer that is on its way owns a bit, or took one.
    touched: DwordSet,
    /// What the overlay was before it.
    undo: Undo,
    /// It wants to change more dwords of others than can be kept.
    is_full: bool,
}

impl<'a, 'o, 'db> Stack<'a, 'o, 'db> {
    // As a call it is built where it stays.
    #[inline(never)]
    pub(super) fn new(view: &'a mut GuestView<'o>, mirrors: &'a mut Mirrors, names: Names<'a, 'db>) -> Self {
        Self {
            view,
            mirrors,
            names,
            runs: NO_RUNS,
            extended: Bounded::new(),
            touched: DwordSet::EMPTY,
            undo: Undo::new(),
            is_full: false,
        }
    }

    /// Keeps what is shown, now that a layer is applied.
    pub(super) fn keep(&mut self, before: &mut Before) {
        self.view.keep(&mut before.view);
        self.view.overlay().mark(&mut self.undo);
        (before.mirrors, before.runs, before.extended) = (self.mirrors.len(), self.runs.len(), self.extended.len());
        self.touched = DwordSet::EMPTY;
    }

    /// Keeps what layers own.
    pub(super) fn keep_runs(&self, runs: &mut Runs) {
        runs.0.copy_from(&self.runs);
    }

    /// Gives back what a layer took from others.
    pub(super) fn give_back(&mut self, runs: &Runs) {
        self.runs.copy_from(&runs.0);
    }

    /// Undoes what a layer did, but for what it took from those that it is over.
    pub(super) fn go_back(&mut self, before: &Before) {
        self.view.go_back(&before.view);
        self.view.overlay_mut().go_back(&self.undo, &self.touched);
        self.view.overlay().mark(&mut self.undo);
        self.is_full = false;
        self.runs.truncate(before.runs);
        self.mirrors.truncate(before.mirrors);
        self.extended.truncate(before.extended);
        self.touched = DwordSet::EMPTY;
    }

    /// Puts a capability into its list.
    pub(super) fn insert<E>(&mut self, space: Space, offset: u16, emulation: &Emulation) -> Result<(), ViewError<E>> {
        if !self.touch(offset) {
            return Err(ViewError::Claim);
        }
        self.view.insert(space, offset, emulation.id, emulation.version)
    }

    /// Owns bits of a byte in the overlay.
    pub(super) fn own_bits(&mut self, want: Want) -> Result<(), ClaimError> {
        let Want { offset, bits, value, class, forced, lock } = want;
        if !self.touch(offset) {
            return Err(ClaimError::TooManyMasks { offset });
        }
        let overlay = self.view.overlay_mut();
        match class {
            WriteClass::Forced => overlay.own_forced(offset, &[bits], &[value], &[forced]),
            WriteClass::Rwl => overlay.own_locked(offset, &[bits], &[value], lock),
            class => overlay.own_bits(offset, &[bits], &[value], class),
        }
    }

    /// Keeps what the dword was; whether it may be changed.
    fn touch(&mut self, offset: u16) -> bool {
        if !self.touched.contains(offset) {
            if self.view.overlay().keep_dword(&mut self.undo, offset) {
                self.touched.insert(offset);
            } else {
                self.is_full = true;
            }
        }
        !self.is_full
    }

    /// Whether the layer that is on its way is not all there, for want of room.
    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }

    /// Whether a layer owns a bit of the range.
    pub(super) fn owns_in(&self, range: ByteRange) -> bool {
        self.runs.iter().any(|run| run.how() != How::Hidden && run.overlaps(range))
    }

    /// The bytes in which one layer owns bits.
    pub(super) fn ranges_of(&self, position: u8) -> impl Iterator<Item = ByteRange> + '_ {
        let is_its = move |run: &&Run| run.layer() == position && run.how() != How::Hidden;
        self.runs.iter().filter(is_its).map(|run| ByteRange::new(run.start, run.end))
    }

    /// Where a layer shows an extended capability of this id directly before or after these bytes.
    pub(super) fn abutted(&self, id: u16, range: ByteRange) -> Option<u16> {
        let abuts =
            |each: &&Extended| each.id == id && (each.range.end == range.start || each.range.start == range.end);
        self.extended.iter().find(abuts).map(|each| each.range.start)
    }

    /// Notes an extended capability that a layer shows.
    pub(super) fn note_extended(&mut self, id: u16, range: ByteRange) {
        self.extended.push(Extended { id, range });
    }

    /// Notes a capability that a layer shows.
    pub(super) fn note_capability(&mut self, range: ByteRange, layer: u8) -> Result<(), LayerReason<'db>> {
        self.note(range, 0xff, layer, How::Capability)
    }

    /// Notes bits as a layer's.
    fn note(&mut self, range: ByteRange, bits: u8, layer: u8, how: How) -> Result<(), LayerReason<'db>> {
        let run = Run::new(range, bits, layer, how);
        if let Some(last) = self.runs.last_mut()
            && (last.tag, last.bits, last.end) == (run.tag, bits, run.start)
        {
            last.end = run.end;
            return Ok(());
        }
        self.runs.push(run);
        if self.runs.overflow() == 0 { Ok(()) } else { Err(LayerReason::NoRoom) }
    }

    /// The layers that have a bit of a byte, with these bits.
    fn owners(&self, offset: u16) -> impl Iterator<Item = (Named<'db>, Run)> + '_ {
        let here = self.runs.iter().filter(move |run| (run.start..run.end).contains(&offset));
        here.filter_map(|run| Some((self.names.get(run.layer())?, *run)))
    }

    /// Hides bytes for a layer. Fields of others that do not read 0 collide with that, unless one of the two is over the other.
    pub(super) fn hide(&mut self, layer: &Named<'db>, range: ByteRange) -> Result<(), LayerReason<'db>> {
        if self.owns_in(range) {
            for offset in range.start..range.end {
                self.hide_byte(layer, offset)?;
            }
        }
        self.note(range, 0xff, layer.position, How::Hidden)
    }

    fn hide_byte(&mut self, layer: &Named<'db>, offset: u16) -> Result<(), LayerReason<'db>> {
        let is_weaker = |other: &Named<'_>| other.position != layer.position && !other.is_over(layer);
        let others = self.owners(offset).filter(|(other, run)| run.how() != How::Hidden && is_weaker(other));
        let bits = others.fold(0, |bits, (_, run)| bits | run.bits);
        match self.own_bits(Want { offset, bits, value: 0, class: WriteClass::Ro, forced: 0, lock: Lock::default() }) {
            Err(ClaimError::Collision { bits: disputed, .. }) => self.take(layer, offset, disputed),
            _ => Ok(()),
        }
    }

    /// Owns bits for a layer. Those that a layer which is over it owns are left out; those of layers that it is over are
    /// taken from them.
    pub(super) fn own(&mut self, layer: &Named<'db>, want: Want) -> Result<(), LayerReason<'db>> {
        let offset = want.offset;
        let won: u8 =
            self.owners(offset).filter(|(other, _)| other.is_over(layer)).fold(0, |won, (_, run)| won | run.bits);
        let want = Want { bits: want.bits & !won, ..want };
        let bits = want.bits;
        if bits == 0 {
            return Ok(());
        }
        let excludes = |how: How| match how {
            How::Fields => false,
            How::Capability => true,
            How::Hidden => !want.is_zero(),
        };
        let is_other = |other: &Named<'_>| other.position != layer.position && !layer.is_over(other);
        if let Some((other, _)) = self.owners(offset).find(|(other, run)| excludes(run.how()) && is_other(other)) {
            return Err(LayerReason::LayersCollide { offset, with: other.name });
        }
        loop {
            match self.own_bits(want) {
                Ok(()) => return self.note(ByteRange::from_length(offset, 1), bits, layer.position, How::Fields),
                Err(ClaimError::Collision { bits: disputed, .. }) => self.take(layer, offset, disputed)?,
                Err(ClaimError::OutOfRange { .. }) => return Err(LayerReason::OutOfBounds { offset }),
                Err(_) => return Err(LayerReason::NoRoom),
            }
        }
    }

    /// Takes bits from layers, if this one is over each of them.
    fn take(&mut self, layer: &Named<'db>, offset: u16, disputed: u8) -> Result<(), LayerReason<'db>> {
        let is_owner = |run: &Run| run.how() != How::Hidden && run.bits & disputed != 0;
        let owners = || self.owners(offset).filter(|(_, run)| is_owner(run));
        // A bit that is owned without an owner is the layer's own: its capability is not noted yet.
        let stronger = match owners().find(|(other, _)| !layer.is_over(other)) {
            None if owners().next().is_none() => Some(layer.name),
            other => other.map(|(other, _)| other.name),
        };
        if let Some(with) = stronger {
            return Err(LayerReason::LayersCollide { offset, with });
        }
        if !self.touch(offset) {
            return Err(LayerReason::NoRoom);
        }
        self.view.overlay_mut().disown(offset, disputed);
        self.release(offset, disputed)
    }

    /// Takes bits of a byte out of the runs.
    fn release(&mut self, offset: u16, bits: u8) -> Result<(), LayerReason<'db>> {
        for index in 0..self.runs.len() {
            let run = self.runs[index];
            if !(run.start..run.end).contains(&offset) || run.bits & bits == 0 || run.how() == How::Hidden {
                continue;
            }
            // What is left of it: the bytes before, the byte with its other bits, the bytes after.
            self.runs[index] = Run { end: offset, ..run };
            self.put(index, Run { start: offset, end: offset + 1, bits: run.bits & !bits, ..run });
            self.put(index, Run { start: offset + 1, ..run });
        }
        if self.runs.overflow() == 0 { Ok(()) } else { Err(LayerReason::NoRoom) }
    }

    /// Adds a run: to one that it goes on from, or in place of the one at `index` if nothing is left of that.
    fn put(&mut self, index: usize, run: Run) {
        if run.bits == 0 || run.start == run.end {
            return;
        }
        let key = |each: &Run| (each.tag, each.bits);
        let goes_on = |each: &&mut Run| key(each) == key(&run) && each.end == run.start;
        if let Some(before) = self.runs.iter_mut().find(goes_on) {
            before.end = run.end;
        } else if self.runs[index].start == self.runs[index].end {
            self.runs[index] = run;
        } else {
            self.runs.push(run);
        }
    }
}
