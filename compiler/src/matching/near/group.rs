//! Clauses of one rank that ask for the same, whatever the values: found in shares, and put together in their order.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use super::asked::{Asked, Bits, Owned, Ranked};
use super::axis::{Axes, Axis};
use super::tree::Extent;
use crate::model::Clause;
use crate::shares::shared;

/// A clause, its number, and what it asks for.
pub(super) struct Member<'m> {
    pub(super) number: usize,
    pub(super) clause: &'m Clause,
    pub(super) asked: Asked,
}

/// Clauses of one rank and shape.
#[derive(Default)]
pub(super) struct Group<'m> {
    /// Those of each share.
    parts: Vec<Vec<Member<'m>>>,
    /// What the first asks for.
    first: [Extent; 6],
    /// On which axes others ask for something else.
    differ: Axes,
}

impl<'m> Group<'m> {
    pub(super) fn members(&self) -> impl Iterator<Item = &Member<'m>> + Clone {
        self.parts.iter().flatten()
    }

    pub(super) fn differ(&self) -> Axes {
        self.differ
    }

    fn add(&mut self, member: Member<'m>) {
        let extents = Axis::ALL.map(|axis| axis.extent(member.clause));
        if let Some(part) = self.parts.last_mut() {
            part.push(member);
            self.compare(&extents);
        } else {
            self.parts.push(vec![member]);
            self.first = extents;
        }
    }

    /// Adds those of a share that comes after.
    fn join(&mut self, later: Self) {
        if self.parts.is_empty() {
            return *self = later;
        }
        self.compare(&later.first);
        self.differ.iter_mut().zip(later.differ).for_each(|(differ, too)| *differ |= too);
        self.parts.extend(later.parts);
    }

    fn compare(&mut self, extents: &[Extent; 6]) {
        let others = self.first.iter().zip(extents).map(|(first, now)| first != now);
        self.differ.iter_mut().zip(others).for_each(|(differ, is_other)| *differ |= is_other);
    }
}

/// Clauses by rank and shape.
pub(super) fn grouped<'m>(
    clauses: &[Owned<'m>],
    conditions: &BTreeSet<Bits>,
    threads: NonZeroUsize,
) -> BTreeMap<Ranked, Group<'m>> {
    let shares = shared(clauses, threads, |_, share| {
        let mut groups: BTreeMap<Ranked, Group<'m>> = BTreeMap::new();
        for &(owner, number, clause) in share {
            let asked = Asked::of(clause, Some(owner), conditions);
            groups.entry((clause.rank, asked.shape())).or_default().add(Member { number, clause, asked });
        }
        groups
    });
    let mut groups: BTreeMap<Ranked, Group<'m>> = BTreeMap::new();
    for (ranked, group) in shares.into_iter().flatten() {
        groups.entry(ranked).or_default().join(group);
    }
    groups
}
