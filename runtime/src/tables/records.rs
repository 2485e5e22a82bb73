//! What the sections hold, by the one list of them.

use super::holds::Holds;
use super::proof::Proof;
use super::section::each_section;
use super::{
    Allocation, Allow, Alternative, Byte, Claim, ClauseIds, Conditions, Database, Device, EmittedDvsec, Emulation,
    Field, Format, FreeRange, Guard, Hide, Layer, LayoutEntry, Mirror, Over, Param, Place, Profile, ProfileEntry,
    Range, Record, Section, Wire,
};

macro_rules! look {
    ($($(#[$meta:meta])* $name:ident $(: $record:ident)?,)*) => {
        impl Section {
            /// Bytes of each record; none where there are no records.
            #[must_use]
            pub const fn record_size(self) -> Option<usize> {
                match self {
                    $($(Self::$name => Some(<$record as Wire>::SIZE),)?)*
                    _ => None,
                }
            }
        }

        impl Database<'_> {
            /// Whether the records of a section are whole and hold; those of a section without records do.
            pub(super) fn records_hold(self, section: Section, proof: &mut Proof<'_>) -> bool {
                match section {
                    $($(Section::$name => self.all_hold::<$record>(proof),)?)*
                    _ => true,
                }
            }
        }
    };
}

each_section!(look);

impl Database<'_> {
    fn all_hold<T: Record + Holds>(self, proof: &mut Proof<'_>) -> bool {
        let bytes = self.section(T::SECTION);
        bytes.len().is_multiple_of(T::SIZE)
            && bytes.chunks_exact(T::SIZE).all(|record| T::get(record).is_some_and(|record| record.holds(proof)))
    }
}
