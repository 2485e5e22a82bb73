//! What the host and the vIOMMU can do with PASIDs.

/// The host's PASID facts for one device: what `IOMMU_GET_HW_INFO` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HostPasid {
    /// Width in bits, 1..=20; `out_max_pasid_log2` of `struct iommu_hw_info`.
    pub width: u8,
    /// The host enabled Execute Permission for the device.
    pub execute: bool,
    /// The host enabled Privileged Mode for the device.
    pub privileged: bool,
    /// The IOMMU cannot do ATS for this device, so ATS and PRI must not be shown.
    pub ats_not_supported: bool,
}

/// The largest PASID width that the specification allows.
pub const MAX_WIDTH: u8 = 20;
