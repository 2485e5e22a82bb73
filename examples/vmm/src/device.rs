//! The device of the example: the configuration space of a fictional streaming accelerator, as vfio-pci shows it.

use quirk_recorded::Recorded;
use quirk_runtime::{Image, Kernel, vfio_view};

/// Makes the device. It keeps a log of every write that reaches it.
pub(crate) fn streamer_one() -> Option<Recorded> {
    let raw = Image::new(&silicon())?;
    // The kernel unlinks PASID at 0x230 from the list, but its bytes still reach the hardware.
    let shown = vfio_view(&raw, Kernel::LATEST);
    Recorded::from_bytes(shown.bytes())
}

/// What the silicon has, before the kernel hides anything.
fn silicon() -> Vec<u8> {
    let mut space = Space(vec![0; 4096]);

    // Type 0 header: vendor and device id, Command and Status (with a capabilities list), class, subsystem.
    space.dword(0x00, 0x3001_fffe);
    space.dword(0x04, 0x0010_0006);
    space.dword(0x08, 0x0880_0001);
    space.dword(0x2c, 0x0001_fffe);
    space.dword(0x34, 0x0000_0040);

    // Conventional list: PCI Express (version 2, endpoint), MSI-X.
    space.dword(0x40, 0x0002_8010);
    space.dword(0x44, 0x1000_8fe0);
    space.dword(0x64, 0x0020_0000); // Device Capabilities 2: End-End TLP Prefix Supported
    space.dword(0x80, 0x0007_0011);

    // Extended list: AER, ATS, PASID, PRI.
    space.extended(0x100, 0x01, 2, 0x220);
    space.extended(0x220, 0x0f, 1, 0x230);
    space.dword(0x224, 0x0000_0060);
    space.extended(0x230, 0x1b, 1, 0x240);
    space.dword(0x234, 0x0003_1402); // width 20, Execute; the host has enabled both
    space.extended(0x240, 0x13, 1, 0x000);
    space.dword(0x248, 0x0000_0100); // Outstanding Page Request Capacity

    // Registers in no capability. A guest that finds them by accident must not reach them through ours.
    for at in (0x700..0x900).step_by(0x20) {
        space.dword(at, 0x5a00_0000 | at as u32);
    }
    space.0
}

struct Space(Vec<u8>);

impl Space {
    fn dword(&mut self, at: usize, value: u32) {
        self.0[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }

    fn extended(&mut self, at: usize, id: u32, version: u32, next: u32) {
        self.dword(at, next << 20 | version << 16 | id);
    }
}
