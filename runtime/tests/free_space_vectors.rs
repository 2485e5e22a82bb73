//! The conformance vectors of the free-space DVSEC: read, written, and used.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a vector that cannot be read fails the test")]

use std::fs;
use std::ops::Range;
use std::path::Path;

use quirk_runtime::free_space::{FreeSpace, Header, encode_per_gap, encode_table};
use quirk_runtime::tables::{CHECKSUM, Form, Format, HEADER, MAGIC, Section, Text, VERSION, Wire, checksum};
use quirk_runtime::{Database, HostPasid, Identity, Image, Policy, Source, VirtualConfig};

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
    /// Where PASID goes, if the vector says.
    pasid: Option<Option<u16>>,
    chain: Vec<u16>,
    shows: Vec<(u16, Vec<u8>)>,
}

fn number(text: &str) -> u16 {
    text.strip_prefix("0x").map_or_else(|| text.parse(), |hex| u16::from_str_radix(hex, 16)).unwrap()
}

fn bytes(text: &str) -> impl Iterator<Item = u8> + '_ {
    text.split(' ').map(|byte| u8::from_str_radix(byte, 16).unwrap())
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
            "bytes" => vector.bytes.extend(bytes(value)),
            "pasid" => vector.pasid = Some((value != "none").then(|| number(value))),
            "chain" => vector.chain = value.split(' ').map(number).collect(),
            "shows" => {
                let (offset, shown) = value.split_once(' ').unwrap();
                vector.shows.push((number(offset), bytes(shown).collect()));
            }
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
            Ok(other) => panic!("{name}: {other:?}"),
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

/// A database with one format.
fn database(format: &Format) -> Vec<u8> {
    let mut bytes = vec![0; HEADER];
    bytes[..8].copy_from_slice(&MAGIC);
    bytes[8..10].copy_from_slice(&VERSION.to_le_bytes());
    for &section in Section::ALL {
        let start = bytes.len();
        match section {
            Section::Formats => {
                bytes.resize(start + Format::SIZE, 0);
                format.put(&mut bytes[start..]).unwrap();
            }
            Section::Strings => bytes.extend([0, 0]),
            _ => {}
        }
        let length = u32::try_from(bytes.len() - start).unwrap();
        let entry = 24 + 8 * section as usize;
        bytes[entry..entry + 4].copy_from_slice(&u32::try_from(start).unwrap().to_le_bytes());
        bytes[entry + 4..entry + 8].copy_from_slice(&length.to_le_bytes());
    }
    let length = u32::try_from(bytes.len()).unwrap();
    bytes[12..16].copy_from_slice(&length.to_le_bytes());
    let sum = checksum(&bytes);
    bytes[CHECKSUM].copy_from_slice(&sum.to_le_bytes());
    bytes
}

/// A function with the DVSEC of the vector: PCI Express at 0x40, a serial number at 0x100 unless the DVSEC is there, and ARI
/// where the DVSEC's Next leads.
fn function(vector: &Vector) -> Image {
    let mut space = vec![0; 4096];
    let mut set = |at: u16, bytes: &[u8]| space[usize::from(at)..usize::from(at) + bytes.len()].copy_from_slice(bytes);
    set(0x06, &[0x10]);
    set(0x34, &[0x40]);
    set(0x40, &[0x10, 0, 2, 0]);
    let [low, high] = (vector.at << 4 | 1).to_le_bytes();
    set(0x100, &[0x03, 0, low, high]);
    set(vector.at, &vector.bytes);
    if vector.next != 0 {
        set(vector.next, &[0x0e, 0, 1, 0]);
    }
    Image::new(&space).unwrap()
}

#[test]
fn use_gives_the_place_and_the_view_of_the_vector() {
    let mut used = 0;
    for (name, vector) in vectors() {
        let Some(pasid) = vector.pasid else { continue };
        let (function, bytes) = (function(&vector), database(&format(&vector)));
        let host = HostPasid::new(20);
        let attach = |expose_free_space| {
            let policy = Policy::DEFAULT.with_expose_free_space(expose_free_space);
            let databases = [Database::load(&bytes).unwrap()];
            let config =
                VirtualConfig::attach(&function, &databases, &Identity::default(), Some(host), &policy).unwrap();
            let placed = config.decision().placement;
            assert_eq!(placed.map(|placed| placed.offset), pasid, "{name}");
            assert!(placed.is_none_or(|placed| placed.source == Source::Dvsec), "{name}");
            let mut guest = vec![0; 4096];
            config.read(0, &mut guest).unwrap();
            guest
        };
        let (exposed, hidden) = (attach(true), attach(false));
        let chain = |guest: &[u8]| -> Vec<(u16, u16)> {
            let (mut at, mut chain) = (0x100_u16, Vec::new());
            while at != 0 && chain.len() < 16 {
                let word = |at: u16| u16::from_le_bytes([guest[usize::from(at)], guest[usize::from(at) + 1]]);
                chain.push((at, word(at)));
                at = word(at + 2) >> 4;
            }
            chain
        };
        used += 1;
        if pasid.is_none() {
            assert!(exposed == function.bytes() && hidden == function.bytes(), "{name}");
            continue;
        }
        let offsets: Vec<_> = chain(&exposed).iter().map(|found| found.0).collect();
        assert_eq!(offsets, vector.chain, "{name}");
        for (offset, bytes) in &vector.shows {
            assert_eq!(exposed[usize::from(*offset)..][..bytes.len()], bytes[..], "{name}: {offset:#x}");
        }
        let without: Vec<_> = chain(&exposed).into_iter().filter(|found| found.1 != 0x23).collect();
        assert_eq!(chain(&hidden), without, "{name}: by default no free-space DVSEC is seen");
    }
    assert!(used >= 6);
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
