//! What is known of a database while its records are looked at one by one.

use super::section::Section;
use super::sections::Sections;

/// The longest list that several records may have in common. The long ones of a section are together no longer than it, so
/// that a walk over every list of every record takes time by the length of the database.
pub const LONGEST_SHARED: u32 = 32;

/// A database whose records are looked at.
pub(crate) struct Proof<'db> {
    pub(super) sections: Sections<'db>,
    /// Of each section, how many records all long lists have.
    long: [u64; Section::ALL.len()],
}

impl<'db> Proof<'db> {
    pub(super) const fn new(sections: Sections<'db>) -> Self {
        Self { sections, long: [0; Section::ALL.len()] }
    }

    /// Whether there is room for one more list of so many records in a section that has `records`.
    pub(super) fn has_room(&mut self, section: Section, count: u32, records: usize) -> bool {
        if count <= LONGEST_SHARED {
            return true;
        }
        let long = &mut self.long[section as usize];
        *long += u64::from(count);
        usize::try_from(*long).is_ok_and(|long| long <= records)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::format;
    use std::string::String;
    use std::vec::Vec;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::LONGEST_SHARED;
    use crate::tables::{Database, Device, FreeRange, List, LoadError, Section};
    use crate::testing::{add, patch};

    /// Devices whose free ranges are lists of one section: of so many records each.
    fn devices(lists: &[(u32, u32)], records: u32) -> Result<(), LoadError> {
        let text = (0..lists.len()).map(|id| format!("device d{id} {{ name \"x\"; match pci(0xfffe, {id}); }}"));
        let mut tables = quirk_kit::tables(&text.collect::<String>());
        let range = |at: u32| FreeRange { start: at as u16 * 4, end: at as u16 * 4 + 4, evidence: List::EMPTY };
        add(&mut tables, &(0..records).map(range).collect::<Vec<_>>());
        for (device, &(start, count)) in lists.iter().enumerate() {
            patch(&mut tables, device, |device: &mut Device| device.free = List::new(start, count));
        }
        Database::load(&tables).map(|_| ())
    }

    #[test]
    fn long_lists_that_overlap_do_not_load() {
        let (short, long) = (LONGEST_SHARED, LONGEST_SHARED + 1);
        let broken = Err(LoadError::Section(Section::Devices));
        assert_eq!(devices(&[(0, short); 100], short), Ok(()));
        assert_eq!(devices(&[(0, long), (long, long)], 2 * long), Ok(()));
        assert_eq!(devices(&[(0, long), (long - 1, long)], 2 * long - 1), broken);
        assert_eq!(devices(&[(0, long); 2], long), broken);
    }

    proptest! {
        #[test]
        fn what_lists_hold_together_is_bounded_by_what_there_is(lists in vec((0..200_u32, 0..100_u32), 0..40)) {
            if devices(&lists, 200) == Ok(()) {
                let held: u32 = lists.iter().map(|(_, count)| count).sum();
                prop_assert!(held <= 200 + LONGEST_SHARED * lists.len() as u32);
            }
        }
    }
}
