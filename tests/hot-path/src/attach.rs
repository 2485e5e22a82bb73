//! Attaching to a function like a data mover of today: that of `benches/benches/attach.rs`.

use std::cell::RefCell;
use std::hint::black_box;

use quirk_runtime::{Database, HostPasid, Identity, Policy, VirtualConfig};

use crate::Memory;

pub(crate) static DATABASE: Database<'static> = quirk_macros::include_quirks!("../../benches/mover.quirk");

const HOST: HostPasid = HostPasid::new(20).with_execute(true).with_privileged(true);

/// Its header and its capabilities.
const DWORDS: [(usize, u32); 16] = [
    (0x00, 0x1001_fffe),
    (0x04, 0x0010_0000),
    (0x08, 0x0880_0001),
    (0x34, 0x0000_0040),
    (0x40, 0x0002_8010),
    (0x80, 0x0002_9011),
    (0x90, 0x0002_0001),
    (0x100, 0x1501_0001),
    (0x150, 0x1601_0018),
    (0x160, 0x1701_0017),
    (0x170, 0x2001_0002),
    (0x200, 0x2201_0023),
    (0x204, 0x0180_fffe),
    (0x208, 0x0000_0005),
    (0x220, 0x2401_000f),
    (0x240, 0x0001_0013),
];

pub(crate) fn device() -> Memory {
    let mut bytes = [0; 4096];
    for (at, dword) in DWORDS {
        bytes[at..at + 4].copy_from_slice(&dword.to_le_bytes());
    }
    Memory(RefCell::new(bytes))
}

/// The counter looks at this function and what it calls. Where there is a database, PASID must have been placed.
#[inline(never)]
pub(crate) fn counted_attaches(device: &Memory, databases: &[Database<'_>], times: u32) {
    let identity = Identity::new(0xfffe, 0x1001);
    for _ in 0..times {
        // It stays where attach put it: a copy would be counted.
        match &VirtualConfig::attach(device, black_box(databases), &identity, Some(HOST), &Policy::DEFAULT) {
            Ok(config) => assert_eq!(config.decision().placement.is_some(), !databases.is_empty()),
            Err(error) => panic!("{error}"),
        }
    }
}
