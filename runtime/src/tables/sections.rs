//! The bytes of a database, cut into its sections.

use super::list::{Record, Text};
use super::section::Section;
use super::wire::Wire;

/// The bytes of a database.
#[derive(Clone, Copy)]
pub(crate) struct Sections<'db>(pub(super) &'db [u8]);

impl<'db> Sections<'db> {
    /// The bytes of one section; empty where there are none.
    #[inline]
    pub(super) const fn section(self, section: Section) -> &'db [u8] {
        match self.find(section) {
            Some(content) => content,
            None => &[],
        }
    }

    /// The bytes of one section, if all of them are there.
    #[inline]
    pub(super) const fn find(self, section: Section) -> Option<&'db [u8]> {
        let Some((_, entry)) = self.0.split_at_checked(24 + 8 * section as usize) else { return None };
        let Some(&[a, b, c, d, e, f, g, h]) = entry.first_chunk() else { return None };
        let (start, length) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
        let Some((_, rest)) = self.0.split_at_checked(start as usize) else { return None };
        match rest.split_at_checked(length as usize) {
            Some((content, _)) => Some(content),
            None => None,
        }
    }

    /// How many records of a type there are.
    pub(super) fn count<T: Record>(self) -> usize {
        self.section(T::SECTION).len() / T::SIZE
    }

    pub(super) fn find_text(self, text: Text) -> Option<&'db str> {
        let bytes = self.section(Section::Strings).get(usize::try_from(text.0).ok()?..)?;
        let length = usize::from(u16::get(bytes)?);
        core::str::from_utf8(bytes.get(2..)?.get(..length)?).ok()
    }
}
