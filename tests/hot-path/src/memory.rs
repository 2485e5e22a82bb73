//! A device in memory, and what is in it.

#[path = "../../kit/src/memory.rs"]
mod plain;

pub(crate) use plain::Memory;

/// Header and capabilities of a data mover: those of `benches/benches/attach.rs`.
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

/// A data mover.
pub(crate) const fn device() -> Memory {
    let mut bytes = [0; 4096];
    let mut index = 0;
    while index < DWORDS.len() {
        let (at, dword) = DWORDS[index];
        [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]] = dword.to_le_bytes();
        index += 1;
    }
    Memory::of(bytes)
}
