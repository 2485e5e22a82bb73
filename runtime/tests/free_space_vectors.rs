//! The conformance vectors of the free-space DVSEC, read in both directions.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a vector that cannot be read fails the test")]

use std::fs;
use std::ops::Range;
use std::path::Path;

use quirk_runtime::free_space::{FreeSpace, Header, encode_per_gap, encode_table};
use quirk_runtime::tables::{Form, Format, Text};

#[derive(Default)]
struct Vector {
    form: String,
    identity: Vec<u16>,
    at: u16,
    next: u16,
    bytes: Vec<u8>,
    free: Vec<Range<u16>>,
    drop: Vec<(usize, String)>,
    refuse: Option<String>,
    encode: bool,
}

fn number(text: &str) -> u16 {
    text.strip_prefix("0x").map_or_else(|| text.parse(), |hex| u16::from_str_radix(hex, 16)).unwrap()
}

fn read(text: &str) -> Vector {
    let mut vector = Vector::default();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.split_once(": ").unwrap();
        match name {
            "form" => vector.form = value.into(),
            "identity" => vector.identity = value.split(' ').map(number).collect(),
            "at" => vector.at = number(value),
            "next" => vector.next = number(value),
            "bytes" => vector.bytes.extend(value.split(' ').map(|byte| u8::from_str_radix(byte, 16).unwrap())),
            "free" => {
                let (start, end) = value.split_once("..").unwrap();
                vector.free.push(number(start)..number(end));
            }
            "drop" => {
                let (index, code) = value.split_once(' ').unwrap();
                vector.drop.push((index.parse().unwrap(), code.into()));
            }
            "refuse" => vector.refuse = Some(value.into()),
            "encode" => vector.encode = value == "same",
            other => panic!("unknown name `{other}`"),
        }
    }
    vector
}

fn format(vector: &Vector) -> Format {
    let [vendor, id, revision] = vector.identity[..] else { panic!("three numbers") };
    let form = match vector.form.as_str() {
        "per_gap" => Form::PerGap,
        "table" => Form::Table,
        other => panic!("unknown form `{other}`"),
    };
    Format { name: Text(0), vendor, id, revision: u8::try_from(revision).unwrap(), form }
}

fn vectors() -> Vec<(String, Vector)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.file_stem().unwrap().to_str().unwrap().to_owned(), read(&fs::read_to_string(&path).unwrap()))
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(found.len() >= 16);
    found
}

#[test]
fn every_vector_is_read_as_it_says() {
    for (name, vector) in vectors() {
        let format = format(&vector);
        let decoded = FreeSpace::decode(vector.at, &vector.bytes, format.form);
        let (mut free, mut dropped, mut refused) = (Vec::new(), Vec::new(), None);
        match decoded {
            Err(fault) => refused = Some(fault.code().to_owned()),
            Ok(FreeSpace::Gap(gap)) => free.push(gap),
            Ok(FreeSpace::Table(entries)) => {
                for (index, entry) in entries {
                    match entry {
                        Ok(range) => free.push(range),
                        Err(fault) => dropped.push((index, fault.code().to_owned())),
                    }
                }
            }
        }
        assert_eq!((free, dropped, refused), (vector.free, vector.drop, vector.refuse), "{name}");
        if let Some(head) = vector.bytes.get(4..12) {
            assert!(Header::from_bytes(head.try_into().unwrap()).has_identity_of(&format), "{name}");
        }
    }
}

#[test]
fn encoding_gives_the_bytes_of_the_vector() {
    let mut compared = 0;
    for (name, vector) in vectors().into_iter().filter(|(_, vector)| vector.encode) {
        let format = format(&vector);
        let mut bytes = vec![0x23, 0x00];
        bytes.extend((vector.next << 4 | 1).to_le_bytes());
        match format.form {
            Form::PerGap => {
                let [gap] = &vector.free[..] else { panic!("one gap") };
                bytes.extend(encode_per_gap(&format, gap.end - gap.start).unwrap());
            }
            Form::Table => {
                let mut rest = vec![0xaa; vector.bytes.len() - 4];
                assert_eq!(encode_table(&format, &vector.free, &mut rest), u16::try_from(vector.bytes.len()).ok());
                bytes.extend(rest);
            }
        }
        assert_eq!(bytes, vector.bytes, "{name}");
        compared += 1;
    }
    assert!(compared >= 4);
}

#[test]
fn what_does_not_fit_is_not_encoded() {
    let format = Format { name: Text(0), vendor: 0xfffe, id: 1, revision: 0, form: Form::Table };
    assert_eq!(encode_per_gap(&format, 8), None);
    assert_eq!(encode_per_gap(&format, 14), None);
    assert_eq!(encode_per_gap(&format, 0x1000), None);
    assert_eq!(encode_table(&format, &[], &mut [0; 4]), None);
    assert_eq!(encode_table(&format, &[], &mut [0; 10]), None);
    let (one, two) = (0x400..0x408, 0x410..0x418);
    assert_eq!(encode_table(&format, &[one, two], &mut [0; 12]), None);
    assert_eq!(encode_table(&format, &[], &mut [0; 0xffc]), None);
}
