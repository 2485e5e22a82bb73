//! Reads a free-space DVSEC. Every bit of it is hostile: a fault drops the DVSEC or one entry, never anything else.

use core::ops::Range;

use super::{ENTRY_LENGTH, Fault, HEADER_LENGTH, form_byte};
use crate::dword_set::DwordSet;
use crate::tables::{Form, Format};

/// The identity and length that a DVSEC states in its headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Header {
    /// DVSEC vendor id.
    pub vendor: u16,
    /// DVSEC revision, 4 bits.
    pub revision: u8,
    /// Length in bytes, headers included.
    pub length: u16,
    /// DVSEC id.
    pub id: u16,
    /// Form byte.
    pub form: u8,
}

impl Header {
    /// Reads the bytes after the extended capability header: the DVSEC's bytes 0x4..0xc.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 8]) -> Self {
        let [vendor_low, vendor_high, low, high, id_low, id_high, form, _flags] = bytes;
        let revision_and_length = u16::from_le_bytes([low, high]);
        Self {
            vendor: u16::from_le_bytes([vendor_low, vendor_high]),
            revision: (revision_and_length & 0xf) as u8,
            length: revision_and_length >> 4,
            id: u16::from_le_bytes([id_low, id_high]),
            form,
        }
    }

    /// Whether this is the DVSEC that the format describes.
    #[must_use]
    pub fn has_identity_of(&self, format: &Format) -> bool {
        (self.vendor, self.id, self.revision) == (format.vendor, format.id, format.revision)
    }

    /// The bytes that the DVSEC at `offset` covers, its headers included.
    ///
    /// # Errors
    /// When the DVSEC as a whole cannot be used.
    pub fn extent(&self, offset: u16, form: Form) -> Result<Range<u16>, Fault> {
        if self.length < HEADER_LENGTH || !self.length.is_multiple_of(4) {
            return Err(Fault::Length(self.length));
        }
        let end = offset.checked_add(self.length).filter(|&end| end <= 0x1000).ok_or(Fault::Truncated)?;
        if self.form != 0 && self.form != form_byte(form) {
            return Err(Fault::Form(self.form));
        }
        Ok(offset..end)
    }
}

/// What a free-space DVSEC says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FreeSpace<'a> {
    /// These bytes are free; the DVSEC's own are among them.
    Gap(Range<u16>),
    /// The valid entries of this table are free.
    Table(Entries<'a>),
}

impl<'a> FreeSpace<'a> {
    /// Reads the DVSEC at `offset`, whose bytes from `offset` on are `bytes`: as many as its length, or as there are.
    ///
    /// # Errors
    /// When the DVSEC as a whole cannot be used.
    pub fn decode(offset: u16, bytes: &'a [u8], form: Form) -> Result<Self, Fault> {
        let header = bytes.get(4..).and_then(|rest| rest.first_chunk()).ok_or(Fault::Truncated)?;
        let header = Header::from_bytes(*header);
        let dvsec = header.extent(offset, form)?;
        match form {
            Form::PerGap => Ok(Self::Gap(dvsec)),
            Form::Table => {
                let entries = bytes.get(usize::from(HEADER_LENGTH)..usize::from(header.length));
                Ok(Self::Table(Entries::new(dvsec, entries.ok_or(Fault::Truncated)?)))
            }
        }
    }
}

/// The entries of a table in order: each a free range, or the reason why it is dropped. Unused entries (length 0) are left
/// out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entries<'a> {
    dvsec: Range<u16>,
    bytes: &'a [u8],
    next: usize,
    taken: DwordSet,
}

impl<'a> Entries<'a> {
    /// The entries of the table that covers `dvsec`; `bytes` are those after its headers.
    #[must_use]
    pub const fn new(dvsec: Range<u16>, bytes: &'a [u8]) -> Self {
        Self { dvsec, bytes, next: 0, taken: DwordSet::EMPTY }
    }

    /// How many entries the table has room for.
    #[must_use]
    pub const fn capacity(&self) -> usize {
        self.bytes.len() / ENTRY_LENGTH as usize
    }

    fn check(&mut self, start: u16, length: u16) -> Result<Range<u16>, Fault> {
        if !(start | length).is_multiple_of(4) {
            return Err(Fault::Unaligned);
        }
        let end = start.checked_add(length).ok_or(Fault::OutOfRange)?;
        let conventional = start >= 0x40 && end <= 0x100;
        let extended = start >= 0x100 && end <= 0x1000;
        if !conventional && !extended {
            return Err(Fault::OutOfRange);
        }
        if start < self.dvsec.end && self.dvsec.start < end {
            return Err(Fault::OverlapsDvsec);
        }
        let dwords = || (start..end).step_by(4);
        if dwords().any(|dword| self.taken.contains(dword)) {
            return Err(Fault::OverlapsEntry);
        }
        for dword in dwords() {
            self.taken.insert(dword);
        }
        Ok(start..end)
    }
}

impl Iterator for Entries<'_> {
    /// Index in the table, and what it says.
    type Item = (usize, Result<Range<u16>, Fault>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let index = self.next;
            let [a, b, c, d] = *self.bytes.get(index * usize::from(ENTRY_LENGTH)..)?.first_chunk()?;
            self.next += 1;
            let (start, length) = (u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]));
            if length != 0 {
                return Some((index, self.check(start, length)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What an entry of a table at 0x400..0x410 comes to.
    fn entry(start: u16, length: u16) -> Option<Result<Range<u16>, Fault>> {
        let ([a, b], [c, d]) = (start.to_le_bytes(), length.to_le_bytes());
        Entries::new(0x400..0x410, &[a, b, c, d]).next().map(|(_, entry)| entry)
    }

    #[test]
    fn an_entry_may_touch_the_table_and_not_overlap_it() {
        assert_eq!(entry(0x410, 4), Some(Ok(0x410..0x414)));
        assert_eq!(entry(0x3fc, 4), Some(Ok(0x3fc..0x400)));
        assert_eq!(entry(0x40c, 8), Some(Err(Fault::OverlapsDvsec)));
        assert_eq!(entry(0x3fc, 8), Some(Err(Fault::OverlapsDvsec)));
    }

    #[test]
    fn both_ends_of_an_entry_are_aligned() {
        for (start, length) in [(0x502, 4), (0x500, 6), (0x502, 2), (0x501, 1)] {
            assert_eq!(entry(start, length), Some(Err(Fault::Unaligned)), "{start:#x} {length}");
        }
        assert_eq!(entry(0x502, 0), None);
    }
}
