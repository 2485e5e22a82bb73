//! Where a configuration space holds what tells one device or machine from others.

use quirk_map::list;
use quirk_runtime::Image;
use quirk_runtime::capability::Space;

use crate::failure::Failure;

/// Ids of capabilities.
mod id {
    pub(super) const VPD: u16 = 0x03;
    pub(super) const MSI: u16 = 0x05;
    pub(super) const BRIDGE_SUBSYSTEM: u16 = 0x0d;
    pub(super) const SERIAL_NUMBER: u16 = 0x03;
    pub(super) const SRIOV: u16 = 0x10;
}

/// What is secret in some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    SerialNumber,
    Vpd,
    /// A BAR: its lowest bits say of what kind it is, and stay.
    Bar,
    /// The base and limit of what a bridge forwards.
    Window,
    Msi,
    Subsystem,
}

impl Kind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::SerialNumber => "serial number",
            Self::Vpd => "vital product data",
            Self::Bar => "BAR",
            Self::Window => "bridge window",
            Self::Msi => "MSI address and data",
            Self::Subsystem => "subsystem",
        }
    }

    /// Bits of a dword that stay.
    pub(super) const fn kept(self, dword: u32) -> u32 {
        match self {
            // Of I/O the lowest two, of memory the lowest four.
            Self::Bar if dword & 1 != 0 => 0x3,
            Self::Bar => 0xf,
            _ => 0,
        }
    }
}

/// One run of secret bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Secret {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

const fn secret(kind: Kind, start: usize, end: usize) -> Secret {
    Secret { kind, start, end }
}

/// The secrets of a space, as far as they are known by their place.
pub(super) fn find(bytes: &[u8], with_subsystem: bool) -> Result<Vec<Secret>, Failure> {
    let Some(image) = Image::new(bytes) else { return Err(Failure::new("the dump is shorter than a header")) };
    let mut found = header(image.byte(0x0e) & 0x7f, with_subsystem);
    for (capability, _) in list(&image, Space::Conventional).map_err(Failure::new)? {
        let at = usize::from(capability.offset);
        match capability.id {
            id::VPD => found.push(secret(Kind::Vpd, at + 2, at + 8)),
            // Message Control stays; what follows up to the masks is address and data.
            id::MSI => {
                let is_wide = image.byte(capability.offset + 2) & 0x80 != 0;
                found.push(secret(Kind::Msi, at + 4, at + if is_wide { 14 } else { 10 }));
            }
            id::BRIDGE_SUBSYSTEM if with_subsystem => found.push(secret(Kind::Subsystem, at + 4, at + 8)),
            _ => {}
        }
    }
    if bytes.len() == 4096 {
        for (capability, _) in list(&image, Space::Extended).map_err(Failure::new)? {
            let at = usize::from(capability.offset);
            match capability.id {
                id::SERIAL_NUMBER => found.push(secret(Kind::SerialNumber, at + 4, at + 12)),
                id::SRIOV => {
                    found.extend((0..6).map(|bar| secret(Kind::Bar, at + 0x24 + 4 * bar, at + 0x28 + 4 * bar)));
                }
                _ => {}
            }
        }
        found.extend(unlinked(&image));
    }
    Ok(found)
}

/// Serial numbers that no list reaches: taken out wherever a header of theirs seems to be.
fn unlinked(image: &Image) -> impl Iterator<Item = Secret> {
    let is_header = |at: &u16| image.dword(*at) & 0x000f_ffff == 0x0001_0003;
    (0x100..0xff4).step_by(4).filter(is_header).map(|at| {
        let at = usize::from(at);
        secret(Kind::SerialNumber, at + 4, at + 12)
    })
}

fn header(kind: u8, with_subsystem: bool) -> Vec<Secret> {
    let bars = |count: usize| (0..count).map(|bar| secret(Kind::Bar, 0x10 + 4 * bar, 0x14 + 4 * bar));
    match kind {
        // A bridge: two BARs, the windows, the ROM.
        1 => {
            let windows = [(0x1c, 0x1e), (0x20, 0x34)].map(|(start, end)| secret(Kind::Window, start, end));
            bars(2).chain(windows).chain([secret(Kind::Bar, 0x38, 0x3c)]).collect()
        }
        // CardBus: one BAR, the windows; its subsystem follows the header.
        2 => {
            let subsystem = with_subsystem.then_some(secret(Kind::Subsystem, 0x40, 0x44));
            bars(1).chain([secret(Kind::Window, 0x1c, 0x3c)]).chain(subsystem).collect()
        }
        _ => {
            let subsystem = with_subsystem.then_some(secret(Kind::Subsystem, 0x2c, 0x30));
            bars(6).chain([secret(Kind::Bar, 0x30, 0x34)]).chain(subsystem).collect()
        }
    }
}
