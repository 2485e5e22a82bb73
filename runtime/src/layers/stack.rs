//! What the layers own together: every bit with the layers that own it, and what happens where two want the same one.

use super::{LayerReason, Mirrors};
use crate::overlay::ClaimError;
use crate::shown::Shown;
use crate::tables::{Layer, Over, WriteClass};
use crate::{Bounded, ByteRange, Database, Overlay};

/// Most runs of bytes that layers own.
const RUNS: usize = 512;

/// The same bits of some bytes, owned by one layer.
#[derive(Clone, Copy)]
struct Run {
    start: u16,
    end: u16,
    bits: u8,
    layer: u8,
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
}

/// What is shown by the layers so far. A layer works on a copy of it, which is kept only if all went well.
#[derive(Clone)]
pub(super) struct Stack<'db> {
    pub(super) shown: Shown,
    pub(super) mirrors: Mirrors,
    runs: Bounded<Run, RUNS>,
    layers: Bounded<Option<Named<'db>>, { super::LAYERS }>,
}

impl<'db> Stack<'db> {
    pub(super) fn new(size: usize) -> Self {
        Self {
            shown: Shown::over(Overlay::new(size)),
            mirrors: super::NO_MIRRORS,
            runs: Bounded::new(Run { start: 0, end: 0, bits: 0, layer: 0 }),
            layers: Bounded::new(None),
        }
    }

    /// Makes a layer known, so that others can collide with it.
    pub(super) fn enter(&mut self, layer: Named<'db>) {
        self.layers.push(Some(layer));
    }

    /// Whether a layer owns a bit of the range.
    pub(super) fn owns_in(&self, range: ByteRange) -> bool {
        self.runs.iter().any(|run| run.start < run.end && ByteRange::new(run.start, run.end).overlaps(range))
    }

    /// The bytes in which one layer owns bits.
    pub(super) fn ranges_of(&self, position: u8) -> impl Iterator<Item = ByteRange> + '_ {
        self.runs.iter().filter(move |run| run.layer == position).map(|run| ByteRange::new(run.start, run.end))
    }

    /// Notes bits as a layer's.
    pub(super) fn note(&mut self, range: ByteRange, bits: u8, layer: u8) -> Result<(), LayerReason<'db>> {
        let ByteRange { start, end } = range;
        if let Some(last) = self.runs.last_mut()
            && (last.layer, last.bits, last.end) == (layer, bits, start)
        {
            last.end = end;
            return Ok(());
        }
        self.runs.push(Run { start, end, bits, layer });
        if self.runs.overflow() == 0 { Ok(()) } else { Err(LayerReason::NoRoom) }
    }

    /// The layers that own a bit of a byte, with these bits.
    fn owners(&self, offset: u16) -> impl Iterator<Item = (Named<'db>, u8)> + '_ {
        let here = self.runs.iter().filter(move |run| (run.start..run.end).contains(&offset));
        here.filter_map(|run| {
            let layer = self.layers.iter().flatten().find(|layer| layer.position == run.layer)?;
            Some((*layer, run.bits))
        })
    }

    /// Owns bits for a layer. Those that a layer which is over it owns are left out; those of layers that it is over are
    /// taken from them.
    pub(super) fn own(&mut self, layer: &Named<'db>, want: Want) -> Result<(), LayerReason<'db>> {
        let Want { offset, value, class, forced, .. } = want;
        let won: u8 =
            self.owners(offset).filter(|(other, _)| other.is_over(layer)).fold(0, |won, (_, bits)| won | bits);
        let bits = want.bits & !won;
        if bits == 0 {
            return Ok(());
        }
        loop {
            let overlay = self.shown.overlay_mut();
            let result = match class {
                WriteClass::Forced => overlay.own_forced(offset, &[bits], &[value], &[forced]),
                class => overlay.own_bits(offset, &[bits], &[value], class),
            };
            match result {
                Ok(()) => return self.note(ByteRange::from_length(offset, 1), bits, layer.position),
                Err(ClaimError::Collision { bits: disputed, .. }) => self.take(layer, offset, disputed)?,
                Err(ClaimError::OutOfRange { .. }) => return Err(LayerReason::OutOfBounds { offset }),
                Err(_) => return Err(LayerReason::NoRoom),
            }
        }
    }

    /// Takes bits from layers, if this one is over each of them.
    fn take(&mut self, layer: &Named<'db>, offset: u16, disputed: u8) -> Result<(), LayerReason<'db>> {
        let owners = || self.owners(offset).filter(|(_, bits)| bits & disputed != 0);
        // A bit that is owned without an owner is the layer's own: its capability is not noted yet.
        let stronger = match owners().find(|(other, _)| !layer.is_over(other)) {
            None if owners().next().is_none() => Some(layer.name),
            other => other.map(|(other, _)| other.name),
        };
        if let Some(with) = stronger {
            return Err(LayerReason::LayersCollide { offset, with });
        }
        self.shown.overlay_mut().disown(offset, disputed);
        self.release(offset, disputed)
    }

    /// Takes bits of a byte out of the runs.
    fn release(&mut self, offset: u16, bits: u8) -> Result<(), LayerReason<'db>> {
        for index in 0..self.runs.len() {
            let run = self.runs[index];
            if !(run.start..run.end).contains(&offset) || run.bits & bits == 0 {
                continue;
            }
            // What is left of it: the bytes before, the byte with its other bits, the bytes behind.
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
        let goes_on = |each: &&mut Run| (each.layer, each.bits, each.end) == (run.layer, run.bits, run.start);
        if let Some(before) = self.runs.iter_mut().find(goes_on) {
            before.end = run.end;
        } else if self.runs[index].start == self.runs[index].end {
            self.runs[index] = run;
        } else {
            self.runs.push(run);
        }
    }
}
