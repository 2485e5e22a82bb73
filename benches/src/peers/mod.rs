//! How other VMMs keep a capability that the device does not have, written again from their designs as far as one access
//! takes: same signature, same device below.

mod cloud_hypervisor;
mod crosvm;
mod flat;
mod openvmm;
mod qemu;

pub use cloud_hypervisor::{CloudHypervisor, Design, Patch};
pub use crosvm::{Capability, Crosvm};
pub use flat::Flat;
pub use openvmm::OpenVmm;
pub use qemu::Qemu;
use quirk_runtime::Overlay;
use quirk_runtime::overlay::AccessError;

use crate::device::FileDevice;

/// A guest's access of at most 8 bytes.
pub trait GuestConfig {
    /// What the guest reads.
    fn read(&mut self, offset: u16, buffer: &mut [u8]);

    /// What the guest writes.
    fn write(&mut self, offset: u16, data: &[u8]);
}

/// This project's overlay on a device.
#[derive(Debug)]
pub struct Quirk {
    /// What is emulated.
    pub overlay: Overlay,
    /// What is not.
    pub device: FileDevice,
}

impl GuestConfig for Quirk {
    #[inline]
    fn read(&mut self, offset: u16, buffer: &mut [u8]) {
        if let Err(AccessError::Device(_)) = self.overlay.read(&self.device, offset, buffer) {
            buffer.fill(0xff);
        }
    }

    #[inline]
    fn write(&mut self, offset: u16, data: &[u8]) {
        if let Ok(effects) = self.overlay.write(&self.device, offset, data) {
            for effect in effects {
                std::hint::black_box(effect);
            }
        }
    }
}
