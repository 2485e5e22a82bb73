//! Whether what a record refers to is there.

use super::list::{List, Optional, Record, Text};
use super::proof::Proof;
use super::wire::Wire;

/// A value that may refer to what lies elsewhere.
pub(crate) trait Holds: Wire {
    /// Whether all that it refers to lies inside the database.
    fn holds(self, proof: &mut Proof<'_>) -> bool {
        let _ = proof;
        true
    }
}

impl Holds for u8 {}
impl Holds for u16 {}
impl Holds for u32 {}
impl Holds for u64 {}
impl Holds for bool {}

impl<T: Record> Holds for List<T> {
    fn holds(self, proof: &mut Proof<'_>) -> bool {
        let records = proof.sections.count::<T>();
        let end = usize::try_from(u64::from(self.start) + u64::from(self.count));
        end.is_ok_and(|end| end <= records) && proof.has_room(T::SECTION, self.count, records)
    }
}

impl<T: Record> Holds for Optional<T> {
    fn holds(self, proof: &mut Proof<'_>) -> bool {
        let is_there = |index| usize::try_from(index).is_ok_and(|index| index < proof.sections.count::<T>());
        self.index().is_none_or(is_there)
    }
}

impl Holds for Text {
    fn holds(self, proof: &mut Proof<'_>) -> bool {
        proof.sections.find_text(self).is_some()
    }
}
