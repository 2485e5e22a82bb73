//! Ids of which clauses ask for sets, so that those of other ones are far.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use super::tree::Extent;
use crate::matching::witness::values;
use crate::model::Clause;

/// For each axis whether it is meant.
pub(super) type Axes = [bool; 6];

/// A number of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Axis {
    Vendor,
    Device,
    SubsystemVendor,
    SubsystemDevice,
    Revision,
    Class,
}

impl Axis {
    pub(super) const ALL: [Self; 6] =
        [Self::Vendor, Self::Device, Self::SubsystemVendor, Self::SubsystemDevice, Self::Revision, Self::Class];

    /// From the least to the greatest that a clause matches.
    pub(super) fn extent(self, clause: &Clause) -> Extent {
        let set = match self {
            Self::Vendor => clause.vendor,
            Self::Device => clause.device,
            Self::SubsystemVendor => clause.subsystem_vendor,
            Self::SubsystemDevice => clause.subsystem_device,
            Self::Revision => clause.revision,
            Self::Class => {
                return (clause.class_value.into(), (clause.class_value | !clause.class_mask & 0xff_ffff).into());
            }
        };
        let range: RangeInclusive<u16> = values(set);
        ((*range.start()).into(), (*range.end()).into())
    }

    /// That which tells the most clauses apart, of equally good ones the first. `known` are those that are told apart already, and
    /// `differ` those on which they do not all ask for the same: on most they do, for any.
    pub(super) fn best<'m>(clauses: &(impl Iterator<Item = &'m Clause> + Clone), known: u8, differ: Axes) -> Self {
        let open = Self::ALL.into_iter().filter(|axis| *axis == Self::Class || known >> (*axis as u8 + 1) & 1 == 0);
        let told = open.map(|axis| {
            let clauses = clauses.clone().take(if differ[axis as usize] { usize::MAX } else { 0 });
            let extents = clauses.map(|clause| axis.extent(clause));
            (extents.collect::<HashSet<Extent>>().len(), axis)
        });
        told.reduce(|best, next| if next.0 > best.0 { next } else { best }).map_or(Self::Class, |(_, axis)| axis)
    }
}
