//! Spaces made to meet each rule by which the kernel hides and relinks: what VFIO shows is what the runtime's model says.

use crate::bench::Bench;
use crate::failure::Failure;
use crate::image::{Image, VENDOR};
use crate::view::compare_all;

const AER: u16 = 0x0001;
const SERIAL_NUMBER: u16 = 0x0003;
const VENDOR_SPECIFIC: u16 = 0x000b;
const ATS: u16 = 0x000f;
const PRI: u16 = 0x0013;
const PASID: u16 = 0x001b;
const DVSEC: u16 = 0x0023;
const LINK_FEATURE: u16 = 0x0025;
const MAILBOX: u16 = 0x002e;
/// The highest id that nobody has.
const UNKNOWN: u16 = 0x7fff;

pub(crate) fn run(bench: &Bench<'_>) -> Result<(), Failure> {
    let images = [
        ("hidden-first", chain(0x11, &[(0x100, PASID), (0x200, ATS)])),
        ("two-hidden-first", chain(0x12, &[(0x100, PASID), (0x140, LINK_FEATURE), (0x200, ATS)])),
        ("hidden-alone", chain(0x13, &[(0x100, PASID)])),
        ("all-hidden", chain(0x14, &[(0x100, PASID), (0x140, LINK_FEATURE), (0x180, UNKNOWN)])),
        ("hidden-between", chain(0x15, &[(0x100, AER), (0x180, PASID), (0x190, LINK_FEATURE), (0x200, ATS)])),
        ("hidden-last", chain(0x16, &[(0x100, AER), (0x200, ATS), (0x300, UNKNOWN)])),
        ("backward", chain(0x17, &[(0x100, AER), (0x400, PASID), (0x300, ATS), (0x200, SERIAL_NUMBER)])),
        ("none", Image::endpoint(VENDOR, 0x18)),
        ("vendor-specific", vendor_specific(0x19, 0x40)),
        ("vendor-specific-of-no-length", vendor_specific(0x1a, 0)),
        ("abutting-dvsecs", abutting_dvsecs(0x1b)),
        ("conventional", conventional(0x1c)),
        ("mailbox-behind-dvsecs-that-abut", behind_dvsecs(0x1d, MAILBOX)),
        ("pasid-behind-dvsecs-that-abut", Image::with_pasid_behind_dvsecs(0x1e)),
        ("pasid-behind-a-null-one", Image::with_pasid_behind_null(0x1f)),
        (
            "behind-atss-that-abut",
            chain(0x20, &[(0x100, AER), (0x200, ATS), (0x208, ATS), (0x300, PASID), (0x310, PRI)]),
        ),
        ("conventional-that-abut", conventional_that_abut(0x21)),
    ];
    compare_all(bench, &images.map(|(name, image)| (name.to_owned(), image)))
}

fn chain(device: u16, capabilities: &[(usize, u16)]) -> Image {
    let mut image = Image::endpoint(VENDOR, device);
    for &(offset, id) in capabilities {
        image.extended(offset, id, 1);
        // Something that shows where the bytes come from.
        image.put32(offset + 4, 0x5a00_0000 | offset as u32);
    }
    image
}

fn vendor_specific(device: u16, length: u32) -> Image {
    let mut image = chain(device, &[(0x100, AER), (0x200, VENDOR_SPECIFIC), (0x300, ATS)]);
    image.put32(0x204, length << 20 | 0x0001_0001);
    image
}

/// The kernel takes two abutting capabilities of one id for one.
fn abutting_dvsecs(device: u16) -> Image {
    let mut image = chain(device, &[(0x100, AER), (0x200, DVSEC), (0x20c, DVSEC), (0x300, ATS)]);
    for at in [0x200, 0x20c] {
        image.put32(at + 4, 12 << 20 | u32::from(VENDOR));
        image.put32(at + 8, 0x0001);
    }
    image
}

/// What is hidden stays in the list after DVSECs that abut.
fn behind_dvsecs(device: u16, hidden: u16) -> Image {
    let mut image = Image::endpoint(VENDOR, device);
    image.abutting_dvsecs();
    image.extended(0x190, hidden, 1);
    image.extended(0x200, ATS, 1);
    image
}

/// Two vendor-specific capabilities that abut, and subsystem ids of a bridge after them, which therefore stay.
fn conventional_that_abut(device: u16) -> Image {
    let mut image = chain(device, &[(0x100, AER)]);
    image.conventional(0xa0, 0x0d);
    for offset in [0x98, 0x90] {
        image.conventional(offset, 0x09);
        let header = image.dword(offset);
        image.put32(offset, header | 0x0008_0000);
    }
    image
}

/// Subsystem ids of a bridge, which are hidden, and one that nobody has.
fn conventional(device: u16) -> Image {
    let mut image = chain(device, &[(0x100, AER)]);
    image.conventional(0xa0, 0x0d);
    image.conventional(0xb0, 0x3f);
    image
}
