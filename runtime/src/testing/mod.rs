//! Devices and tables for unit tests, as the tests of other crates have them.

extern crate std;

#[expect(dead_code, unreachable_pub, reason = "shared with the tests of other crates")]
#[path = "../../../tests/kit/src/device.rs"]
mod device;

#[expect(unreachable_pub, reason = "shared with the tests of other crates")]
#[path = "../../../tests/kit/src/patch.rs"]
mod patch;

pub(crate) use device::{Access, Recorder};
pub(crate) use patch::{add, empty, patch, patched, seal, section};

use std::vec::Vec;

use crate::image::Image;

/// Offsets of the extended headers, by a walk that trusts the image.
pub(crate) fn extended(image: &Image) -> Vec<u16> {
    let mut offsets = Vec::new();
    let mut at = 0x100;
    while at >= 0x100 && image.dword(at) != 0 && offsets.len() < 64 {
        offsets.push(at);
        at = (image.dword(at) >> 20) as u16;
    }
    offsets
}

/// Offsets of the conventional headers, by a walk that trusts the image.
pub(crate) fn conventional(image: &Image) -> Vec<u16> {
    let mut offsets = Vec::new();
    let mut at = u16::from(image.byte(0x34));
    while at >= 0x40 && offsets.len() < 64 {
        offsets.push(at);
        at = image.byte(at + 1).into();
    }
    offsets
}
