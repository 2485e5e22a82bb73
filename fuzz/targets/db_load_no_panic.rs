//! Any bytes as a database: loading says yes or no; every reader ends, whether the bytes were checked or not.
#![no_main]

use std::convert::Infallible;

use libfuzzer_sys::fuzz_target;
use quirk_runtime::lookup::{self, device_in};
use quirk_runtime::tables::{
    CHECKSUM, ClauseIds, Conditions, Device, EmittedDvsec, Emulation, Format, FreeRange, Layer, LayoutEntry, MAGIC, Place, Profile,
    Record, Section, VERSION, checksum,
};
use quirk_runtime::{ByteRange, Database, HostPasid, Identity, Image, Policy, VirtualConfig};

/// Beyond it a walk through each entry's lists takes too long to be of use.
const DEVICES: usize = 64;

/// Reads everything that an entry refers to.
fn visit(database: Database<'_>) {
    fn all<T: Record>(database: Database<'_>) -> usize {
        database.all::<T>().take(4096).count()
    }
    let counts = [
        all::<ClauseIds>(database),
        all::<Conditions>(database),
        database.clauses().take(4096).count(),
        all::<LayoutEntry>(database),
        all::<FreeRange>(database),
        all::<Place>(database),
        all::<EmittedDvsec>(database),
        all::<ByteRange>(database),
        all::<Emulation>(database),
    ];
    assert!(counts.iter().all(|count| *count <= database.bytes().len()), "a record has a byte at least");
    for device in database.all::<Device>().take(DEVICES) {
        let _ = (database.text(device.name), database.text(device.title), database.text(device.source));
        let _ = database.list(device.layout).map(|entry| database.text(entry.label).len()).sum::<usize>();
        for free in database.list(device.free).take(DEVICES) {
            let _ = database.list(free.evidence).map(|claim| database.text(claim.text).len()).sum::<usize>();
        }
    }
    for profile in database.all::<Profile>().take(DEVICES) {
        let _ = database.text(profile.name);
    }
    for layer in database.all::<Layer>().take(DEVICES) {
        let _ = (database.text(layer.name), database.clauses_of(layer.clauses).count());
    }
    let _ = database.all::<Format>().count();
}

/// Looks for functions that the database may know, and for one that it does not. What a loaded one finds is there.
fn look_up(database: Database<'_>, was_loaded: bool) {
    let keys = database.section(Section::Keys).as_chunks::<4>().0;
    let known = keys.iter().take(DEVICES).map(|key| u32::from_le_bytes(*key));
    for key in known.chain([0xfffe_1001, 0, u32::MAX]) {
        let identity = Identity::new((key >> 16) as u16, key as u16);
        let Ok(found) = device_in(database, &identity, &mut |_| Ok::<_, Infallible>(true));
        let is_there = found.is_none_or(|(index, _)| database.record::<Device>(index).is_some());
        assert!(is_there || !was_loaded, "{found:?} is no entry");
    }
}

fn attach(database: Database<'_>) {
    let key = database.section(Section::Keys).first_chunk().map_or(0xfffe_1001, |key| u32::from_le_bytes(*key));
    let mut bytes = [0; 4096];
    bytes[0..2].copy_from_slice(&((key >> 16) as u16).to_le_bytes());
    bytes[2..4].copy_from_slice(&(key as u16).to_le_bytes());
    bytes[6] = 0x10;
    bytes[0x34] = 0x40;
    bytes[0x40..0x44].copy_from_slice(&[0x10, 0, 2, 0]);
    bytes[0x100..0x104].copy_from_slice(&[0x01, 0, 0x02, 0]);
    let device = Image::new(&bytes).expect("4096 bytes are an image");
    let identity = Identity::from_header(bytes.first_chunk().expect("64 bytes"));
    let host = HostPasid::new(20).with_execute(true).with_privileged(true);
    let Ok(config) = VirtualConfig::attach(&device, &[database], &identity, Some(host), &Policy::DEFAULT) else {
        return;
    };
    let _ = config.decision().to_string();
    let _ = lookup::layer_matches(&[database], &identity, &device, |_| {});
}

fuzz_target!(|data: &[u8]| {
    let _ = Database::load(data);
    // With what a mutation all but never gets right set right.
    let mut bytes = data.to_vec();
    if bytes.len() >= CHECKSUM.end {
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..10].copy_from_slice(&VERSION.to_le_bytes());
        let length = bytes.len() as u32;
        bytes[12..16].copy_from_slice(&length.to_le_bytes());
        let sum = checksum(&bytes);
        bytes[CHECKSUM].copy_from_slice(&sum.to_le_bytes());
    }
    let loaded = Database::load(&bytes);
    let unchecked = || if bytes.len() < CHECKSUM.end { Database::EMPTY } else { Database::from_static(&bytes) };
    let database = loaded.unwrap_or_else(|_| unchecked());
    visit(database);
    look_up(database, loaded.is_ok());
    attach(database);
});
