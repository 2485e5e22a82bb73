//! An independent walk of a raw configuration space, straight from the specification: nothing of the runtime is used.

use std::collections::BTreeMap;

/// What a raw configuration space says of itself.
pub(crate) struct Walk<'a> {
    bytes: &'a [u8],
    /// Conventional capabilities: offset to id.
    pub(crate) conventional: BTreeMap<u16, u16>,
    /// Extended capabilities: offset to id.
    pub(crate) extended: BTreeMap<u16, u16>,
}

impl<'a> Walk<'a> {
    /// Follows both lists; every offset is visited once.
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        let mut walk = Self { bytes, conventional: BTreeMap::new(), extended: BTreeMap::new() };
        if bytes.len() >= 0x100 && bytes[0x06] & 0x10 != 0 {
            let mut at = u16::from(bytes[0x34] & 0xfc);
            while at >= 0x40 && walk.conventional.insert(at, walk.byte(at)).is_none() {
                at = walk.byte(at + 1) & 0xfc;
            }
        }
        if bytes.len() == 0x1000 && walk.conventional.values().any(|&id| id == 0x10) {
            let mut at = 0x100;
            while at >= 0x100 && !matches!(walk.dword(at), 0 | u32::MAX) {
                let id = walk.word(at);
                if walk.extended.insert(at, id).is_some() {
                    break;
                }
                at = (walk.dword(at) >> 20) as u16 & 0xffc;
            }
        }
        walk
    }

    /// The byte at an offset.
    pub(crate) fn byte(&self, at: u16) -> u16 {
        self.bytes[usize::from(at)].into()
    }

    /// The 16-bit word at an offset.
    pub(crate) fn word(&self, at: u16) -> u16 {
        self.byte(at) | self.byte(at + 1) << 8
    }

    fn dword(&self, at: u16) -> u32 {
        u32::from(self.word(at)) | u32::from(self.word(at + 2)) << 16
    }

    /// The bytes that capabilities surely own, by the shortest length that their kind can have.
    pub(crate) fn owned(&self) -> Vec<std::ops::Range<u16>> {
        let conventional = self.conventional.iter().map(|(&at, &id)| {
            let length = match id {
                0x01 | 0x03 => 8,
                0x05 => 10 + if self.word(at + 2) & 0x80 == 0 { 0 } else { 4 },
                0x09 => self.byte(at + 2).max(3),
                0x10 if self.word(at + 2) & 0xf >= 2 => 0x2c,
                0x10 => 0x14,
                0x11 => 12,
                _ => 2,
            };
            at..at + length
        });
        let extended = self.extended.iter().map(|(&at, &id)| {
            let length = match id {
                0x01 => 0x2c,
                0x02 => 0x1c,
                0x03 | 0x17 | 0x1f | 0x25 => 12,
                0x04 | 0x13 | 0x1e => 16,
                0x0b | 0x23 => (self.word(at + 6) >> 4).max(8),
                0x0d..=0x0f | 0x18 | 0x1b => 8,
                0x10 => 0x40,
                0x15 => 4 + 8 * (self.word(at + 8) >> 5 & 7),
                _ => 4,
            };
            at..at + length
        });
        conventional.chain(extended).collect()
    }
}
