//! The bytes of a free-space DVSEC that a device is to show, for those who do not link the runtime.

use std::ops::Range;

use quirk_runtime::Database;
use quirk_runtime::free_space::{DVSEC, HEADER_LENGTH, encode_per_gap, encode_table};
use quirk_runtime::tables::{self, EmittedDvsec, Form, Format};

/// What a read gives from its offset on, with nothing after it in the chain. Of the form `per_gap` these are the headers:
/// the gap that the length covers reads 0.
pub(super) fn bytes(database: Database<'_>, dvsec: &EmittedDvsec) -> Option<Vec<u8>> {
    let format: Format = database.record(dvsec.format)?;
    let mut bytes = (u32::from(DVSEC) | 1 << 16).to_le_bytes().to_vec();
    match format.form {
        Form::PerGap => bytes.extend(encode_per_gap(&format, dvsec.length)?),
        Form::Table => {
            let ranges = database.list(dvsec.entries).map(|tables::Range { start, end }| start..end);
            let ranges: Vec<Range<u16>> = ranges.collect();
            bytes.resize(usize::from(dvsec.length.max(HEADER_LENGTH)), 0);
            encode_table(&format, &ranges, &mut bytes[4..])?;
        }
    }
    Some(bytes)
}
