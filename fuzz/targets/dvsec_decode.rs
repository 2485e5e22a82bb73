//! Any bytes as a free-space DVSEC: what is taken as free is aligned, in bounds, apart, and reads the same once written.
#![no_main]

use std::ops::Range;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use quirk_runtime::free_space::{FreeSpace, HEADER_LENGTH, Header, encode_per_gap, encode_table};
use quirk_runtime::tables::{Form, Format, Text};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    table: bool,
    offset: u16,
    /// Makes the length field that of the bytes, which a mutation all but never does.
    fitting: bool,
    bytes: &'a [u8],
}

fn is_placeable(range: &Range<u16>) -> bool {
    let inside = |low, high| range.start >= low && range.end <= high;
    range.start < range.end
        && range.start.is_multiple_of(4)
        && range.end.is_multiple_of(4)
        && (inside(0x40, 0x100) || inside(0x100, 0x1000))
}

fn table(offset: u16, dvsec: &Range<u16>, format: &Format, entries: quirk_runtime::free_space::Entries<'_>) {
    let capacity = entries.capacity();
    let mut bytes = vec![0u32; 0x400];
    let mut free = Vec::new();
    for (index, entry) in entries {
        assert!(index < capacity);
        let Ok(range) = entry else { continue };
        assert!(is_placeable(&range), "{range:x?}");
        assert!(range.end <= dvsec.start || dvsec.end <= range.start, "{range:x?} overlaps the DVSEC at {dvsec:x?}");
        for at in range.clone().step_by(4) {
            bytes[usize::from(at / 4)] += 1;
        }
        free.push(range);
    }
    assert!(bytes.iter().all(|count| *count <= 1), "two free ranges share a byte");

    let mut again = vec![0; usize::from(dvsec.end - dvsec.start)];
    let length = encode_table(format, &free, &mut again[4..]).expect("it had room for them");
    assert_eq!(length, dvsec.end - dvsec.start);
    let Ok(FreeSpace::Table(read)) = FreeSpace::decode(offset, &again, Form::Table) else {
        panic!("written, not read")
    };
    assert_eq!(read.map(|(_, entry)| entry.expect("a free range")).collect::<Vec<_>>(), free);
}

fuzz_target!(|input: Input<'_>| {
    let form = if input.table { Form::Table } else { Form::PerGap };
    let mut bytes = input.bytes.to_vec();
    if input.fitting && bytes.len() >= 12 {
        let length = (bytes.len() & !3).min(0xffc) as u16;
        bytes[6..8].copy_from_slice(&(length << 4).to_le_bytes());
        bytes[10] = if input.table { 2 } else { 1 };
    }
    let Ok(read) = FreeSpace::decode(input.offset, &bytes, form) else { return };
    let header = Header::from_bytes(*bytes[4..].first_chunk().expect("it was read"));
    let dvsec = input.offset..input.offset + header.length;
    assert!(header.length >= HEADER_LENGTH && dvsec.end <= 0x1000);
    let format = Format { name: Text(0), vendor: header.vendor, id: header.id, revision: header.revision, form };
    assert!(header.has_identity_of(&format));
    match read {
        FreeSpace::Gap(gap) => {
            assert_eq!(gap, dvsec);
            if let Some(written) = encode_per_gap(&format, header.length) {
                let mut expected = header;
                expected.form = 1;
                assert_eq!(Header::from_bytes(written), expected);
            }
        }
        FreeSpace::Table(entries) => table(input.offset, &dvsec, &format, entries),
        other => panic!("{other:?} is not judged here"),
    }
});
