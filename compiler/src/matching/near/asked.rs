//! What clauses ask for: the values, and the shape that many have in common.

use std::collections::{BTreeMap, BTreeSet};

use quirk_dsl::Ordered as _;
use quirk_runtime::tables::{Guard, IdSet};

use crate::model::Clause;

/// The class codes that are told apart: whole ones, those without their interface, and base classes.
const CLASSES: [u32; 3] = [0xff_ffff, 0xff_ff00, 0xff_0000];

/// How many conditions on bytes are told apart, the commonest.
const CONDITIONS: usize = 8;

/// What a clause asks for exactly: an owner that is sought, vendor, device, the ids of the subsystem, revision.
type Ids = [Option<u32>; 6];

/// The bit of an owner in a shape.
const OWNER: u8 = 1;

/// Which bits of configuration space a condition is on: offset, width, mask.
pub(super) type Bits = (u16, u8, u32);

/// What is known of a clause here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    ids: Ids,
    class: (u32, u32),
    /// The first condition of those that are told apart.
    condition: Option<(Bits, u32)>,
}

/// What several clauses ask for, without the values: a bit for each id, the mask of the class, the bits of a condition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shape {
    pub(super) ids: u8,
    class: u32,
    condition: Option<Bits>,
}

/// A clause with its owner and its number.
pub(crate) type Owned<'m> = (usize, usize, &'m Clause);

/// The rank of clauses and what they ask for.
pub(super) type Ranked = (u8, Shape);

impl Asked {
    pub(super) fn of(clause: &Clause, owner: Option<usize>, conditions: &BTreeSet<Bits>) -> Self {
        let id = |set: IdSet| set.single().map(u32::from);
        let told = |guard: &&Guard| conditions.contains(&bits(guard));
        Self {
            ids: [
                owner.map(|owner| u32::try_from(owner).unwrap_or(u32::MAX)),
                id(clause.vendor),
                id(clause.device),
                id(clause.subsystem_vendor),
                id(clause.subsystem_device),
                id(clause.revision),
            ],
            class: (if CLASSES.contains(&clause.class_mask) { clause.class_mask } else { 0 }, clause.class_value),
            condition: clause.guards.iter().filter(told).map(|guard| (bits(guard), guard.value & guard.mask)).min(),
        }
    }

    pub(super) fn shape(&self) -> Shape {
        Shape {
            ids: self.ids.iter().rev().fold(0, |ids, id| ids << 1 | u8::from(id.is_some())),
            class: self.class.0,
            condition: self.condition.map(|(bits, _)| bits),
        }
    }

    /// A hash of the values that a shape has. Two that share it by chance are compared, no more.
    pub(super) fn hash(&self, by: Shape) -> u64 {
        let ids = self.ids.iter().enumerate().filter(|(at, _)| by.ids >> at & 1 == 1).filter_map(|(_, id)| *id);
        let condition = self.condition.filter(|_| by.condition.is_some()).map_or(0, |(_, value)| value);
        ids.chain([self.class.1 & by.class, condition]).fold(0, |hash: u64, value| {
            (hash.rotate_left(5) ^ u64::from(value)).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        })
    }
}

impl Shape {
    /// The same with an owner that is sought.
    pub(super) fn of_owner(self) -> Self {
        Self { ids: self.ids | OWNER, ..self }
    }

    /// The same of any owner.
    pub(super) fn of_any(self) -> Self {
        Self { ids: self.ids & !OWNER, ..self }
    }

    /// What both ask for: two clauses that say it differently match nothing together.
    pub(super) fn common(self, other: Self) -> Self {
        Self {
            ids: self.ids & other.ids,
            class: self.class & other.class,
            condition: self.condition.filter(|_| self.condition == other.condition),
        }
    }
}

fn bits(guard: &Guard) -> Bits {
    (guard.offset, guard.width, guard.mask)
}

/// How many conditions of some clauses are on which bits.
pub(super) fn counted<'m>(clauses: impl Iterator<Item = &'m Clause>) -> BTreeMap<Bits, usize> {
    let mut counts: BTreeMap<Bits, usize> = BTreeMap::new();
    for guard in clauses.flat_map(|clause| &clause.guards) {
        *counts.entry(bits(guard)).or_default() += 1;
    }
    counts
}

/// The bits that most conditions are on, of equally many the first.
pub(super) fn commonest(parts: impl IntoIterator<Item = BTreeMap<Bits, usize>>) -> BTreeSet<Bits> {
    let mut counts: BTreeMap<Bits, usize> = BTreeMap::new();
    for (bits, count) in parts.into_iter().flatten() {
        *counts.entry(bits).or_default() += count;
    }
    let mut counts: Vec<(Bits, usize)> = counts.into_iter().collect();
    counts.order_by_key(|(bits, count)| (std::cmp::Reverse(*count), *bits));
    counts.into_iter().take(CONDITIONS).map(|(bits, _)| bits).collect()
}
