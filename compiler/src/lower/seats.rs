//! Which devices are in the model, and where.

use crate::load::Program;
use crate::names::ItemId;

/// Where a device is in the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seat {
    /// It was not looked at.
    Unseen,
    /// It is being understood.
    Open,
    Taken(usize),
}

impl Seat {
    pub(super) fn index(self) -> Option<usize> {
        match self {
            Self::Taken(index) => Some(index),
            Self::Unseen | Self::Open => None,
        }
    }
}

/// Where devices are in the model, by unit and item.
#[derive(Debug)]
pub(crate) struct Seats(Vec<Vec<Seat>>);

impl Seats {
    pub(super) fn new(program: &Program) -> Self {
        Self(program.units.iter().map(|unit| vec![Seat::Unseen; unit.ast.items.len()]).collect())
    }

    pub(super) fn get(&self, id: ItemId) -> Seat {
        self.0[id.unit][id.item]
    }

    pub(super) fn set(&mut self, id: ItemId, seat: Seat) {
        self.0[id.unit][id.item] = seat;
    }

    /// Those that are taken, in the order of the text.
    pub(super) fn taken(&self) -> impl Iterator<Item = (ItemId, usize)> {
        let items =
            self.0.iter().enumerate().flat_map(|(unit, seats)| {
                seats.iter().enumerate().map(move |(item, seat)| (ItemId { unit, item }, seat))
            });
        items.filter_map(|(id, seat)| Some((id, seat.index()?)))
    }
}
