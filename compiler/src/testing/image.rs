//! The raw space of a function: its header, its capabilities as the layout has them, and what the test adds.

use quirk_runtime::capability::{self, Kind, Space};
use quirk_runtime::chain::{Step, Walk};
use quirk_runtime::{Function, Identity, Image, SPACE};

use super::bits;
use crate::model::script::{Host, Script, Subject};
use crate::model::{Capability, Clause, Device, Entry};
use quirk_dsl::Ordered as _;

/// Device/port types of bridges, whose header has type 1.
const BRIDGES: core::ops::RangeInclusive<u8> = 4..=8;
/// An endpoint of a root complex.
const INTEGRATED: u8 = 9;

/// A raw space, and the bits of each byte that no write changes.
#[derive(Clone)]
pub(super) struct Raw {
    pub(super) bytes: Vec<u8>,
    pub(super) fixed: Vec<u8>,
    port_type: u8,
}

impl Raw {
    /// The space of what a test is given.
    ///
    /// # Errors
    /// When the test gives bytes that the function does not have.
    pub(super) fn of(
        script: &Script,
        device: Option<&Device>,
        clause: &Clause,
        identity: &Identity,
    ) -> Result<Self, String> {
        let port_type = device.and_then(|device| device.port_type).map_or(0, |port_type| port_type.value);
        let mut raw = Self { bytes: vec![0; SPACE], fixed: vec![0; SPACE], port_type };
        raw.header(identity);
        match &script.given.value {
            Subject::Device { absent, .. } => {
                if let Some(device) = device {
                    raw.layout(device, absent);
                }
            }
            Subject::Function { bars, .. } => bars.iter().for_each(|&(bar, size)| raw.bar(bar, size)),
        }
        for guard in &clause.guards {
            for at in 0..usize::from(guard.width) {
                let (mask, value) = (guard.mask.to_le_bytes()[at], guard.value.to_le_bytes()[at]);
                if let Some(byte) = raw.bytes.get_mut(usize::from(guard.offset) + at) {
                    *byte = *byte & !mask | value;
                }
            }
        }
        for patch in &script.patches {
            if usize::from(patch.at) + patch.bytes.len() > raw.bytes.len() {
                return Err(format!("{} bytes, and none to give at {:#x}", raw.bytes.len(), patch.at));
            }
            raw.put(patch.at, &patch.bytes);
        }
        raw.own_pasid(script);
        Ok(raw)
    }

    fn put(&mut self, at: u16, bytes: &[u8]) {
        let at = usize::from(at);
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    }

    /// Bytes that are read-only in every device.
    fn fix(&mut self, at: u16, bytes: &[u8]) {
        self.put(at, bytes);
        self.fixed[usize::from(at)..][..bytes.len()].fill(0xff);
    }

    fn dword(&self, at: u16) -> u32 {
        let at = usize::from(at);
        self.bytes.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes)
    }

    fn header(&mut self, identity: &Identity) {
        // A virtual function's own ids read as ones.
        let (vendor, device) = match identity.function {
            Function::Virtual => (0xffff, 0xffff),
            _ => (identity.vendor, identity.device),
        };
        self.fix(0x00, &vendor.to_le_bytes());
        self.fix(0x02, &device.to_le_bytes());
        self.fix(0x08, &[identity.revision]);
        self.fix(0x09, &identity.class.to_le_bytes()[..3]);
        let is_bridge = BRIDGES.contains(&self.port_type);
        self.fix(0x0e, &[u8::from(is_bridge)]);
        if let (Some((vendor, device)), false) = (identity.subsystem, is_bridge) {
            self.fix(0x2c, &vendor.to_le_bytes());
            self.fix(0x2e, &device.to_le_bytes());
        }
    }

    /// A memory BAR: the bits below its size read 0, so that a guest can find the size. One of more than 2 GiB has 64 bits.
    fn bar(&mut self, bar: u8, size: u64) {
        let at = 0x10 + 4 * u16::from(bar);
        let is_wide = size > 1 << 31;
        let fixed = (size - 1).to_le_bytes();
        let width = if is_wide { 8 } else { 4 };
        self.fixed[usize::from(at)..][..width].copy_from_slice(&fixed[..width]);
        self.put(at, &[if is_wide { 0b100 } else { 0 }]);
    }

    fn layout(&mut self, device: &Device, absent: &[(Space, u64)]) {
        let mut capabilities: Vec<(&Entry, &Capability)> = device
            .entries
            .iter()
            .filter_map(|entry| Some((entry, entry.capability()?)))
            .filter(|(entry, found)| !absent.contains(&(found.space, entry.region.start)))
            .collect();
        capabilities.order_by_key(|(entry, _)| entry.region.start);
        let of = |space| capabilities.iter().filter(move |(_, found)| found.space == space);
        let taken = device.entries.iter().map(|entry| entry.region.start);
        let taken: Vec<u64> = taken.chain(device.free.iter().map(|free| free.region.start)).collect();
        let next = |start: u64| taken.iter().copied().filter(|&next| next > start).min();

        let mut pointer = 0x34;
        for (entry, found) in of(Space::Conventional) {
            let Ok(at) = u16::try_from(entry.region.start) else { continue };
            self.fix(0x06, &[0x10]);
            self.fix(pointer, &[at as u8]);
            self.fix(at, &[found.id as u8, 0]);
            self.body(at, entry, found, next(entry.region.start));
            pointer = at + 1;
        }
        let mut previous: Option<u16> = None;
        for (entry, found) in of(Space::Extended) {
            let Ok(at) = u16::try_from(entry.region.start) else { continue };
            // Without a capability at its beginning, the list begins with a null one.
            let link = previous.or((at != 0x100).then_some(0x100));
            if let Some(link) = link {
                let header = self.dword(link) & 0x000f_ffff | u32::from(at) << 20;
                self.fix(link, &header.to_le_bytes());
            }
            self.fix(at, &(u32::from(found.id) | 1 << 16).to_le_bytes());
            self.body(at, entry, found, next(entry.region.start));
            previous = Some(at);
        }
        if let Some(every) = device.aliased_every.and_then(|every| usize::try_from(every.value).ok()) {
            for at in every..SPACE {
                (self.bytes[at], self.fixed[at]) = (self.bytes[at % every], self.fixed[at % every]);
            }
        }
        let has_extended = of(Space::Extended).next().is_some();
        let is_express = of(Space::Conventional).any(|(_, found)| found.id == capability::PCIE);
        if !has_extended && !is_express {
            self.bytes.truncate(256);
            self.fixed.truncate(256);
        }
    }

    /// The bits that say how long a capability is and which of its kind, and those without which it is none.
    fn body(&mut self, at: u16, entry: &Entry, found: &Capability, next: Option<u64>) {
        let Some(kind) = Kind::by_id(found.space, found.id) else { return };
        let room = next.map_or(u64::from(found.space.end()), |next| next) - entry.region.start;
        let length = match &found.stated {
            Some(stated) => u16::try_from(stated.value).unwrap_or(kind.min),
            None if (found.space, found.id) == (Space::Conventional, capability::PCIE) => self.express_length(room),
            None => kind.min,
        };
        for (offset, dword) in bits::of(kind, length, self.port_type) {
            self.set_bits(at + offset, dword);
        }
        match (found.space, found.id, found.sub) {
            (Space::Extended, capability::DVSEC, Some((vendor, id))) => {
                self.set_bits(at + 4, vendor.into());
                self.set_bits(at + 8, id.into());
            }
            (Space::Extended, capability::VSEC, Some((_, id))) => self.set_bits(at + 4, id.into()),
            // Function Level Reset is what a function that is passed through has.
            (Space::Conventional, capability::PCIE, _) => self.set_bits(at + 4, 1 << 28),
            (Space::Conventional, 0x13, _) => self.set_bits(at, 0b11 << 24),
            // A resizable BAR offers one size at least: 1 MiB.
            (Space::Extended, 0x15, _) => (0..(length - 4) / 8).for_each(|bar| self.set_bits(at + 4 + 8 * bar, 1 << 4)),
            _ => {}
        }
    }

    /// Version 2 if there is room for it, else version 1.
    fn express_length(&self, room: u64) -> u16 {
        let lengths: [u16; 2] = match self.port_type {
            INTEGRATED => [0x2c, 12],
            4 | 10 => [0x3c, 36],
            6 => [0x3c, 28],
            _ => [0x34, 20],
        };
        lengths.into_iter().find(|&length| u64::from(length) <= room).unwrap_or(lengths[1])
    }

    fn set_bits(&mut self, at: u16, bits: u32) {
        if usize::from(at) + 4 <= self.bytes.len() {
            let dword = self.dword(at) | bits;
            self.put(at, &dword.to_le_bytes());
        }
    }

    /// What the host has and enabled stands in every PASID capability, except in bytes that the test gives itself.
    fn own_pasid(&mut self, script: &Script) {
        let Some(Host { pasid, enabled }) = script.host else { return };
        let Some(image) = Image::new(&self.bytes) else { return };
        let permissions = u8::from(pasid.execute) << 1 | u8::from(pasid.privileged) << 2;
        let registers = [permissions, pasid.width, permissions | u8::from(enabled), 0];
        for step in Walk::extended(&image).flatten() {
            let Step::Capability(found) = step else { continue };
            if found.id != capability::PASID || usize::from(found.offset) + 8 > SPACE {
                continue;
            }
            for (at, register) in (found.offset + 4..).zip(registers) {
                let given = |patch: &crate::model::script::Bytes| {
                    (patch.at..).zip(&patch.bytes).any(|(patched, _)| patched == at)
                };
                if !script.patches.iter().any(given) {
                    self.put(at, &[register]);
                }
            }
        }
    }
}
