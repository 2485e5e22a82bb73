//! Images of configuration space of the project's own making, with fictional ids.

use quirk_runtime::{Image as Space, Kernel, vfio_view};

use crate::failure::Failure;

/// A vendor id that nobody has.
pub(crate) const VENDOR: u16 = 0xe1de;

/// The size of extended configuration space.
pub(crate) const SIZE: usize = 4096;

/// `DevCap2` bit 21, End-End TLP Prefix Supported: without it Linux never enables PASID.
const END_END_TLP_PREFIX: u32 = 1 << 21;
/// `DevCap` bit 28, Function Level Reset.
const FUNCTION_LEVEL_RESET: u32 = 1 << 28;
/// `DevCap` bit 15, Role-Based Error Reporting: required of every device that is not ancient.
const ROLE_BASED_ERRORS: u32 = 1 << 15;

/// Where the PCI Express capability of every image lies.
pub(crate) const EXPRESS: usize = 0x50;

/// One configuration space, and which of its bits software can change.
#[derive(Clone)]
pub(crate) struct Image {
    bytes: Vec<u8>,
    writable: Vec<u8>,
    bars: [u64; 6],
    express: Option<usize>,
    last_extended: Option<usize>,
}

impl Image {
    /// A plain endpoint: power management at 0x40, PCI Express at 0x50, no BAR, no extended capability.
    pub(crate) fn endpoint(vendor: u16, device: u16) -> Self {
        let mut image = Self::from(vec![0; SIZE]);
        image.put16(0x00, vendor);
        image.put16(0x02, device);
        image.put16(0x06, 0x0010); // capabilities list
        image.put32(0x08, 0x0880_0001); // other system peripheral, revision 1
        image.put16(0x2c, vendor);
        image.put16(0x2e, 0x0001);
        image.put16(0x34, 0x0040);
        image.put32(0x40, 0x0003_5001); // power management, version 3
        image.put16(0x44, 0x0008); // no soft reset
        image.power_management(0x40);
        image.put32(EXPRESS, 0x0002_0010); // PCI Express, version 2, endpoint
        image.put32(EXPRESS + 0x04, ROLE_BASED_ERRORS);
        image.express(EXPRESS);
        image.put32(EXPRESS + 0x0c, 0x0000_0011); // link: one lane, 2.5 GT/s
        image.allow16(EXPRESS + 0x10, 0x01c3);
        image.put16(EXPRESS + 0x12, 0x0011);
        image.put32(EXPRESS + 0x24, END_END_TLP_PREFIX);
        image.allow16(EXPRESS + 0x28, 0x8000); // End-End TLP Prefix Blocking
        image
    }

    /// An endpoint with AER at 0x100, ATS at 0x200, PASID of 20 bits at 0x210, PRI at 0x220 and a scratch register at 0x300.
    pub(crate) fn with_pasid(device: u16) -> Self {
        let mut image = Self::endpoint(VENDOR, device);
        image.extended(0x100, 0x0001, 2); // AER
        image.ats();
        image.pasid(0x210);
        image.pri_and_scratch();
        image
    }

    /// An endpoint with DVSECs at 0x100 that abut, as CXL devices have them, and after them PASID at 0x190, ATS at 0x200, PRI at
    /// 0x220 and a scratch register at 0x300. vfio-pci does not get PASID out of the list.
    pub(crate) fn with_pasid_behind_dvsecs(device: u16) -> Self {
        let mut image = Self::endpoint(VENDOR, device);
        image.abutting_dvsecs();
        image.pasid(0x190);
        image.ats();
        image.pri_and_scratch();
        image
    }

    /// The same with a null capability alone at 0x100.
    pub(crate) fn with_pasid_behind_null(device: u16) -> Self {
        let mut image = Self::endpoint(VENDOR, device);
        image.extended(0x100, 0x0000, 0);
        image.pasid(0x190);
        image.ats();
        image.pri_and_scratch();
        image
    }

    /// Four DVSECs, the first two and the last two without a byte between them.
    pub(crate) fn abutting_dvsecs(&mut self) {
        for (offset, length) in [(0x100, 0x3c), (0x13c, 0x24), (0x160, 0x10), (0x170, 0x20)] {
            self.extended(offset, 0x0023, 1);
            self.put32(offset + 4, length << 20 | u32::from(VENDOR));
            self.put32(offset + 8, 0x7fff);
        }
    }

    fn ats(&mut self) {
        self.extended(0x200, 0x000f, 1);
        self.put16(0x204, 0x0020); // page aligned request
        self.allow16(0x206, 0x801f);
    }

    fn pasid(&mut self, offset: usize) {
        self.extended(offset, 0x001b, 1);
        self.put16(offset + 4, 20 << 8 | 0b110); // width 20, execute, privileged
        self.allow16(offset + 6, 0b111);
    }

    fn pri_and_scratch(&mut self) {
        self.extended(0x220, 0x0013, 1);
        self.put16(0x226, 0x0100); // stopped
        self.put32(0x228, 64);
        self.allow16(0x224, 0x0001);
        self.allow32(0x22c, 0xffff_ffff);
        self.put32(0x300, 0xdead_0300);
        self.allow32(0x300, 0xffff_ffff);
    }

    /// Puts a conventional capability at the head of the list.
    pub(crate) fn conventional(&mut self, offset: usize, id: u8) {
        self.bytes[offset] = id;
        self.bytes[offset + 1] = self.bytes[0x34];
        self.bytes[0x34] = offset.to_le_bytes()[0];
    }

    /// Puts an extended capability after the last one in the list, wherever that is.
    pub(crate) fn extended(&mut self, offset: usize, id: u16, version: u8) {
        self.put32(offset, u32::from(id) | u32::from(version) << 16);
        if let Some(last) = self.last_extended.replace(offset) {
            let header = self.dword(last) | (offset as u32) << 20;
            self.put32(last, header);
        }
    }

    /// There is a power management capability: the device is awake, and can be sent to sleep.
    pub(crate) fn power_management(&mut self, at: usize) {
        self.bytes[at + 4] &= !0b11;
        self.writable[at + 4] |= 0b11;
    }

    /// There is a PCI Express capability: device control can be written, a function level reset is offered (the kernel
    /// resets the bus otherwise, which takes a second) and carried out, nothing is pending.
    pub(crate) fn express(&mut self, at: usize) {
        self.express = Some(at);
        let capabilities = self.dword(at + 0x04) | FUNCTION_LEVEL_RESET;
        self.put32(at + 0x04, capabilities);
        self.allow16(at + 0x08, 0x7fff);
        self.bytes[at + 0x0a] &= !0x20;
    }

    /// The device has a memory BAR of this size.
    pub(crate) fn bar(&mut self, index: usize, size: u64) {
        self.bars[index] = size;
    }

    pub(crate) fn bars(&self) -> [u64; 6] {
        self.bars
    }

    pub(crate) fn put16(&mut self, offset: usize, value: u16) {
        self.bytes[offset..offset + 2].copy_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn put32(&mut self, offset: usize, value: u32) {
        self.bytes[offset..offset + 4].copy_from_slice(&value.to_le_bytes());
    }

    /// Lets software change these bits.
    pub(crate) fn allow16(&mut self, offset: usize, bits: u16) {
        self.writable[offset..offset + 2].copy_from_slice(&bits.to_le_bytes());
    }

    pub(crate) fn allow32(&mut self, offset: usize, bits: u32) {
        self.writable[offset..offset + 4].copy_from_slice(&bits.to_le_bytes());
    }

    pub(crate) fn dword(&self, offset: usize) -> u32 {
        let bytes = [0, 1, 2, 3].map(|at| self.bytes[offset + at]);
        u32::from_le_bytes(bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What vfio-pci shows of a device with this image; it takes writes as the image does.
    pub(crate) fn shown(&self) -> Result<Self, Failure> {
        let raw = Space::new(&self.bytes).ok_or_else(|| Failure::new("the image is no configuration space"))?;
        let mut bytes = vfio_view(&raw, Kernel::LATEST).bytes().to_vec();
        bytes.resize(SIZE, 0);
        Ok(Self { bytes, ..self.clone() })
    }

    /// Takes a write as hardware does: bits that software cannot change stay.
    pub(crate) fn write(&mut self, offset: usize, data: &[u8]) {
        for (at, &value) in data.iter().enumerate() {
            let (byte, mask) = (&mut self.bytes[offset + at], self.writable[offset + at]);
            *byte = *byte & !mask | value & mask;
        }
    }

    /// Whether a write asks for a function level reset, by bit 15 of device control.
    pub(crate) fn asks_for_reset(&self, offset: usize, data: &[u8]) -> bool {
        let Some(high_byte_of_control) = self.express.map(|at| at + 0x09) else { return false };
        (offset..offset + data.len()).contains(&high_byte_of_control) && data[high_byte_of_control - offset] & 0x80 != 0
    }
}

impl From<Vec<u8>> for Image {
    /// An image of bytes from elsewhere, cut or padded to 4096; command and interrupt line alone can be changed.
    fn from(mut bytes: Vec<u8>) -> Self {
        bytes.resize(SIZE, 0);
        let mut image = Self { bytes, writable: vec![0; SIZE], bars: [0; 6], express: None, last_extended: None };
        image.allow16(0x04, 0x0547);
        image.allow16(0x3c, 0x00ff);
        image
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extended_capabilities_are_chained_in_order() {
        let image = Image::with_pasid(1);
        assert_eq!([0x100, 0x200, 0x210, 0x220].map(|at| image.dword(at) >> 20), [0x200, 0x210, 0x220, 0]);
    }

    #[test]
    fn pasid_is_left_in_the_list_that_vfio_pci_shows() {
        for image in [Image::with_pasid_behind_dvsecs(1), Image::with_pasid_behind_null(1)] {
            assert_eq!(image.shown().unwrap_or(Image::with_pasid(1)).bytes()[0x100..], image.bytes()[0x100..]);
        }
    }

    #[test]
    fn only_writable_bits_change() {
        let mut image = Image::with_pasid(1);
        image.write(0x210, &[0xff; 8]);
        assert_eq!(image.dword(0x210), 0x2201_001b);
        assert_eq!(image.dword(0x214), 0x0007_1406);
    }

    #[test]
    fn only_the_reset_bit_of_device_control_asks_for_a_reset() {
        let image = Image::with_pasid(1);
        assert!(image.asks_for_reset(EXPRESS + 8, &[0x10, 0xa8]));
        assert!(!image.asks_for_reset(EXPRESS + 8, &[0x80, 0x28]));
        assert!(!image.asks_for_reset(EXPRESS + 8, &[0x80]));
    }
}
