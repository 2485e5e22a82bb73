//! The table of a free-space DVSEC, written into the overlay entry by entry.

use crate::free_space::{ENTRY_LENGTH, HEADER_LENGTH, table_entry, table_head};
use crate::overlay::ClaimError;
use crate::tables::{Format, WriteClass};
use crate::{ByteRange, Overlay};

/// A table that is being written.
pub(super) struct Table {
    /// The DVSEC's bytes 4..12.
    pub(super) head: [u8; 8],
    /// What is left for entries.
    rest: ByteRange,
}

impl Table {
    /// That of a DVSEC which covers `range`; `None` if no DVSEC has that length.
    pub(super) fn new(format: &Format, range: ByteRange) -> Option<Self> {
        let head = table_head(format, range.end.checked_sub(range.start)?)?;
        Some(Self { head, rest: ByteRange::new(range.start + HEADER_LENGTH, range.end) })
    }

    /// Adds an entry; whether there was room.
    ///
    /// # Errors
    /// When somebody else owns its bytes.
    pub(super) fn push(&mut self, overlay: &mut Overlay, run: ByteRange) -> Result<bool, ClaimError> {
        let has_room = self.rest.start < self.rest.end;
        if has_room {
            self.put(overlay, table_entry(run))?;
        }
        Ok(has_room)
    }

    /// Leaves the other entries unused.
    ///
    /// # Errors
    /// When somebody else owns their bytes.
    pub(super) fn finish(mut self, overlay: &mut Overlay) -> Result<(), ClaimError> {
        while self.rest.start < self.rest.end {
            self.put(overlay, [0; ENTRY_LENGTH as usize])?;
        }
        Ok(())
    }

    fn put(&mut self, overlay: &mut Overlay, entry: [u8; ENTRY_LENGTH as usize]) -> Result<(), ClaimError> {
        overlay.own(self.rest.start, &entry, WriteClass::Ro)?;
        self.rest.start += ENTRY_LENGTH;
        Ok(())
    }
}
