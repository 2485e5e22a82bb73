//! Which devices may match a function together with some clauses, while devices come and go.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Clause;

/// Numbers of devices by the ids that they ask for.
#[derive(Debug, Default)]
pub(super) struct Functions {
    /// By one vendor and one device id.
    exact: BTreeMap<(u16, u16), Vec<u32>>,
    /// By one vendor.
    vendors: BTreeMap<u16, Vec<u32>>,
    /// All others.
    others: Vec<u32>,
}

impl Functions {
    fn list(&mut self, clause: &Clause) -> &mut Vec<u32> {
        match (clause.vendor.single(), clause.device.single()) {
            (Some(vendor), Some(device)) => self.exact.entry((vendor, device)).or_default(),
            (Some(vendor), None) => self.vendors.entry(vendor).or_default(),
            (None, _) => &mut self.others,
        }
    }

    pub(super) fn add(&mut self, clauses: &[Clause], number: u32) {
        for clause in clauses {
            self.list(clause).push(number);
        }
    }

    pub(super) fn remove(&mut self, clauses: &[Clause], number: u32) {
        for clause in clauses {
            self.list(clause).retain(|other| *other != number);
        }
    }

    /// The devices that may match a function together with some clauses; some may not.
    pub(super) fn near(&self, clauses: &[Clause]) -> BTreeSet<u32> {
        let mut near: BTreeSet<u32> = BTreeSet::new();
        for clause in clauses {
            near.extend(&self.others);
            match (clause.vendor.single(), clause.device.single()) {
                (Some(vendor), Some(device)) => near.extend(self.exact.get(&(vendor, device)).into_iter().flatten()),
                (Some(vendor), None) => {
                    near.extend(self.exact.range((vendor, 0)..=(vendor, u16::MAX)).flat_map(|(_, of_one)| of_one));
                }
                (None, _) => {
                    near.extend(self.exact.values().flatten());
                    near.extend(self.vendors.values().flatten());
                }
            }
            if let Some(vendor) = clause.vendor.single() {
                near.extend(self.vendors.get(&vendor).into_iter().flatten());
            }
        }
        near
    }
}

/// Whether two lists of clauses match the same functions, in the same order and with the same ranks.
pub(super) fn same(one: &[Clause], other: &[Clause]) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).all(|(a, b)| Clause { node: a.node, place: a.place, ..b.clone() } == *a)
}
