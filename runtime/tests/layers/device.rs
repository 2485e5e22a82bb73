//! A device with two well-formed lists.

use quirk_kit::Recorder;

pub(crate) const VENDOR: u16 = 0xfffe;

/// Offset and id of a capability.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot(pub(crate) u16, pub(crate) u16);

#[derive(Clone, Debug)]
pub(crate) struct Device {
    pub(crate) bytes: Vec<u8>,
    /// Both lists, in their order.
    pub(crate) conventional: Vec<Slot>,
    pub(crate) extended: Vec<Slot>,
}

/// Bytes of a capability: all that it may have, by the specification.
pub(crate) fn length(id: u16, is_extended: bool) -> u16 {
    match (is_extended, id) {
        (false, 0x10) => 0x3c,
        (false, 0x11) | (true, 0x03) => 12,
        (false, 0x09) => 0x14,
        (true, 0x13) => 16,
        (true, 0x0b | 0x23) => 0x1c,
        _ => 8,
    }
}

impl Device {
    /// An endpoint with PCI Express at 0x40 and these capabilities after it. All other bytes follow from the seed.
    pub(crate) fn new(conventional: &[Slot], extended: &[Slot], seed: u8, size: usize) -> Self {
        let mut bytes: Vec<u8> = (0..size).map(|at| (at as u8).wrapping_mul(29).wrapping_add(seed)).collect();
        let extended = if size == 256 { Vec::new() } else { extended.to_vec() };
        let conventional = [&[Slot(0x40, 0x10)], conventional].concat();
        bytes[..4].copy_from_slice(&[0xfe, 0xff, 0x01, 0x10]);
        bytes[6] |= 0x10;
        bytes[0x0e] = 0;
        bytes[0x34] = 0x40;
        let next = |list: &[Slot], index: usize| list.get(index + 1).map_or(0, |slot| slot.0);
        for (index, &Slot(at, id)) in conventional.iter().enumerate() {
            let upper = if id == 0x10 { 0x02 } else { length(id, false) as u8 };
            let header = [id as u8, next(&conventional, index) as u8, upper];
            bytes[usize::from(at)..][..3].copy_from_slice(&header);
        }
        if size > 256 && extended.is_empty() {
            bytes[0x100..0x104].fill(0);
        }
        let mut number = 0;
        for (index, &Slot(at, id)) in extended.iter().enumerate() {
            let at = usize::from(at);
            let header = u32::from(next(&extended, index)) << 20 | 0x1_0000 | u32::from(id);
            bytes[at..at + 4].copy_from_slice(&header.to_le_bytes());
            if matches!(id, 0x0b | 0x23) {
                let sub = if id == 0x23 { u32::from(VENDOR) } else { 7 };
                let sized = u32::from(length(id, true)) << 20 | sub;
                bytes[at + 4..at + 8].copy_from_slice(&sized.to_le_bytes());
            }
            if id == 0x23 {
                bytes[at + 8..at + 10].copy_from_slice(&[number, 0]);
                number += 1;
            }
        }
        Self { bytes, conventional, extended }
    }

    /// What a guest is attached to; it takes writes and forgets them.
    pub(crate) fn recorder(&self) -> Recorder {
        Recorder::new(self.bytes.as_slice()).forgetful()
    }
}
