//! What all contenders show: a device with a short list of conventional capabilities, and PASID at 0x400 on top of it. The
//! bytes 0x502 and 0x503 are emulated too, so that the dword at 0x500 is a mixed one.

use std::collections::{BTreeMap, HashMap};
use std::io;

use quirk_runtime::Overlay;
use quirk_runtime::overlay::ClaimError;
use quirk_runtime::tables::WriteClass;

use crate::device::FileDevice;
use crate::peers::{Capability, CloudHypervisor, Crosvm, Design, Flat, OpenVmm, Patch, Qemu, Quirk};

/// Where PASID is.
pub const PASID: u16 = 0x400;
/// A dword of which two bytes are emulated.
pub const MIXED: u16 = 0x500;
/// A dword that the device answers.
pub const RAW: u16 = 0x600;

const CAPABILITY: [u8; 8] = [0x1b, 0x00, 0x01, 0x00, 0x06, 0x14, 0x00, 0x00];
const TWO: [u8; 2] = [0xab, 0xcd];

/// The device.
///
/// # Errors
/// When the temporary file cannot be made.
pub fn device() -> io::Result<FileDevice> {
    let mut bytes = [0x55; 4096];
    bytes[0x06] = 0x10;
    bytes[0x34] = 0x40;
    // Seven conventional capabilities: the walk that one design makes at every access.
    let list =
        [(0x40, 0x01), (0x50, 0x03), (0x60, 0x04), (0x70, 0x10), (0xb0, 0x09), (0xc0, 0x13), (0xd0, 0x12), (0, 0)];
    for pair in list.windows(2) {
        let ((at, id), (next, _)) = (pair[0], pair[1]);
        bytes[at] = id;
        bytes[at + 1] = next as u8;
    }
    FileDevice::new(&bytes)
}

fn map(at: u16, bytes: &[u8], map: &mut [u8; 4096]) {
    map[usize::from(at)..][..bytes.len()].copy_from_slice(bytes);
}

fn maps() -> [Box<[u8; 4096]>; 3] {
    let [mut mask, mut value, mut writable] = [(); 3].map(|()| Box::new([0; 4096]));
    map(PASID, &[0xff; 8], &mut mask);
    map(PASID, &CAPABILITY, &mut value);
    map(PASID + 6, &[0x07], &mut writable);
    map(MIXED + 2, &[0xff; 2], &mut mask);
    map(MIXED + 2, &TWO, &mut value);
    [mask, value, writable]
}

/// This project.
///
/// # Errors
/// When the temporary file cannot be made.
pub fn quirk() -> io::Result<Quirk> {
    let mut overlay = Overlay::new(4096);
    let claims: Result<(), ClaimError> = (overlay.own(PASID, &CAPABILITY[..6], WriteClass::Ro))
        .and_then(|()| overlay.own_pasid_control(PASID + 6, true, true))
        .and_then(|()| overlay.own(MIXED + 2, &TWO, WriteClass::Ro));
    claims.map_err(io::Error::other)?;
    Ok(Quirk { overlay, device: device()? })
}

/// The floor.
///
/// # Errors
/// When the temporary file cannot be made.
pub fn flat() -> io::Result<Flat> {
    let [mask, value, writable] = maps();
    Ok(Flat { mask, value, writable, device: device()? })
}

/// QEMU's design.
///
/// # Errors
/// When the temporary file cannot be made.
pub fn qemu() -> io::Result<Qemu> {
    let [emulated, config, writable] = maps();
    Ok(Qemu { emulated, config, writable, write_1_to_clear: Box::new([0; 4096]), device: device()? })
}

/// crosvm's design.
///
/// # Errors
/// When the temporary file cannot be made.
pub fn crosvm() -> io::Result<Crosvm> {
    let capability = |offset, bytes: &[u8]| Capability { offset, bytes: bytes.to_vec() };
    Ok(Crosvm { capabilities: vec![capability(PASID, &CAPABILITY), capability(MIXED + 2, &TWO)], device: device()? })
}

fn dwords() -> [(u16, u32, u32); 3] {
    let [a, b, c, d, e, f, g, h] = CAPABILITY;
    [
        (PASID, u32::MAX, u32::from_le_bytes([a, b, c, d])),
        (PASID + 4, u32::MAX, u32::from_le_bytes([e, f, g, h])),
        (MIXED, 0xffff_0000, u32::from_le_bytes([0, 0, TWO[0], TWO[1]])),
    ]
}

/// One of Cloud Hypervisor's designs.
///
/// # Errors
/// When the temporary file cannot be made.
pub fn cloud_hypervisor(design: Design) -> io::Result<CloudHypervisor> {
    let patches = dwords().map(|(at, mask, patch)| (usize::from(at / 4), Patch { mask: !mask, patch }));
    Ok(CloudHypervisor { patches: HashMap::from(patches), device: device()?, design })
}

/// OpenVMM's design.
///
/// # Errors
/// When the temporary file cannot be made.
pub fn openvmm() -> io::Result<OpenVmm> {
    Ok(OpenVmm { overrides: BTreeMap::from(dwords().map(|(at, mask, value)| (at, (mask, value)))), device: device()? })
}
