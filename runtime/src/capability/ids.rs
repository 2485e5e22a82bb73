//! Ids that the runtime asks for by name.

/// The id of the PCI Express capability, conventional.
pub const PCIE: u16 = 0x10;
/// The id of the PCI-X capability, conventional.
pub const PCIX: u16 = 0x07;
/// The id of the vendor-specific capability, conventional.
pub const VENDOR: u16 = 0x09;
/// The id of the Advanced Error Reporting extended capability.
pub const AER: u16 = 0x01;
/// The id of the vendor-specific extended capability.
pub const VSEC: u16 = 0x0b;
/// The id of the ATS extended capability.
pub const ATS: u16 = 0x0f;
/// The id of the SR-IOV extended capability.
pub const SRIOV: u16 = 0x10;
/// The id of the PRI extended capability.
pub const PRI: u16 = 0x13;
/// The id of the Resizable BAR extended capability.
pub const REBAR: u16 = 0x15;
/// The id of the PASID extended capability.
pub const PASID: u16 = 0x1b;
/// The id of the designated vendor-specific extended capability.
pub const DVSEC: u16 = 0x23;

/// Bytes of the PASID extended capability.
pub const PASID_LENGTH: u16 = 8;
