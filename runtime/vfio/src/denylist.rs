//! The devices that vfio-pci refuses: known errata that an untrusted user could exploit.

use quirk_runtime::Identity;

const INTEL: u16 = 0x8086;

/// `vfio_pci_dev_in_denylist` of Linux 5.10 to 7.3: QAT C3XXX, C62X and DH895XCC with their virtual functions, and since
/// 6.10 DSA and IAX of Sapphire Rapids.
const DEVICES: [u16; 8] = [0x19e2, 0x19e3, 0x37c8, 0x37c9, 0x0435, 0x0443, 0x0b25, 0x0cfe];

/// Whether vfio-pci refuses this device unless it was loaded with `disable_denylist=1`.
#[must_use]
pub fn is_denylisted(identity: &Identity) -> bool {
    identity.vendor == INTEL && DEVICES.contains(&identity.device)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_listed_devices_of_one_vendor_are_denied() {
        let device = |vendor, device| Identity::new(vendor, device);
        assert!(is_denylisted(&device(0x8086, 0x0b25)));
        assert!(!is_denylisted(&device(0x8086, 0x0b26)));
        assert!(!is_denylisted(&device(0x1d0f, 0x0b25)));
    }
}
