//! Writes a free-space DVSEC: what a VMM, a vfio-user server or a variant driver shows.

use core::ops::Range;

use super::{ENTRY_LENGTH, HEADER_LENGTH, form_byte};
use crate::ByteRange;
use crate::tables::{Form, Format};

/// The DVSEC's bytes 0x4..0xc: what stands between the extended capability header and the entries.
fn identity(format: &Format, length: u16, form: Form) -> [u8; 8] {
    let [vendor_low, vendor_high] = format.vendor.to_le_bytes();
    let [low, high] = (length << 4 | u16::from(format.revision & 0xf)).to_le_bytes();
    let [id_low, id_high] = format.id.to_le_bytes();
    [vendor_low, vendor_high, low, high, id_low, id_high, form_byte(form), 0]
}

/// The bytes 0x4..0xc of a DVSEC that lies at a gap of `length` bytes and covers it.
///
/// `None` if the gap is shorter than 12 bytes, longer than a DVSEC can be, or not a multiple of 4.
#[must_use]
pub fn encode_per_gap(format: &Format, length: u16) -> Option<[u8; 8]> {
    let possible = (HEADER_LENGTH..0x1000).contains(&length) && length.is_multiple_of(4);
    possible.then(|| identity(format, length, Form::PerGap))
}

/// The bytes 0x4..0xc of a DVSEC of `length` bytes that holds a table.
///
/// `None` if no DVSEC has that length.
pub(crate) fn table_head(format: &Format, length: u16) -> Option<[u8; 8]> {
    let possible = (HEADER_LENGTH..0x1000).contains(&length) && length.is_multiple_of(4);
    possible.then(|| identity(format, length, Form::Table))
}

/// The entry of a table for a range.
pub(crate) fn table_entry(range: ByteRange) -> [u8; ENTRY_LENGTH as usize] {
    let [a, b] = range.start.to_le_bytes();
    let [c, d] = range.end.saturating_sub(range.start).to_le_bytes();
    [a, b, c, d]
}

/// Writes the bytes from 0x4 on of a DVSEC that holds a table of `ranges`, and gives the DVSEC's length.
///
/// `buffer` is what the DVSEC has after its extended capability header; the entries that it has room for and that are not
/// needed become unused ones, so that a table keeps its length when it is written again. `None` if the ranges do not fit, or if
/// the buffer is no length that a DVSEC can have.
#[must_use]
pub fn encode_table(format: &Format, ranges: &[Range<u16>], buffer: &mut [u8]) -> Option<u16> {
    let length = u16::try_from(buffer.len()).ok()?.checked_add(4)?;
    let identity = table_head(format, length)?;
    let (head, entries) = buffer.split_first_chunk_mut::<8>()?;
    if ranges.len() * usize::from(ENTRY_LENGTH) > entries.len() {
        return None;
    }
    *head = identity;
    entries.fill(0);
    for (entry, range) in entries.chunks_exact_mut(usize::from(ENTRY_LENGTH)).zip(ranges) {
        range.end.checked_sub(range.start)?;
        entry.copy_from_slice(&table_entry(ByteRange::new(range.start, range.end)));
    }
    Some(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::Text;

    const FORMAT: Format = Format { name: Text(0), vendor: 0xfffe, id: 5, revision: 1, form: Form::Table };

    #[test]
    fn a_table_has_a_length_that_a_dvsec_can_state_and_room_for_its_ranges() {
        assert_eq!(encode_table(&FORMAT, &[], &mut [0; 8]), Some(12));
        assert_eq!(encode_table(&FORMAT, &[], &mut [0; 4]), None);
        assert_eq!(encode_table(&FORMAT, &[], &mut [0; 0xff8]), Some(0xffc));
        assert_eq!(encode_table(&FORMAT, &[], &mut [0; 0xffc]), None);
        let one = 0x400..0x500;
        assert_eq!(encode_table(&FORMAT, core::slice::from_ref(&one), &mut [0; 8]), None);
        assert_eq!(encode_table(&FORMAT, &[one.clone(), 0x600..0x700], &mut [0; 12]), None);
        assert_eq!(encode_table(&FORMAT, &[one, 0x600..0x700], &mut [0; 16]), Some(20));
    }
}
