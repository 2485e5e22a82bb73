//! What the host and the vIOMMU can do with PASIDs.

use core::fmt;

use crate::setters::setters;

/// The host's PASID facts for one device: what `IOMMU_GET_HW_INFO` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
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

// `enum iommufd_hw_capabilities` of Linux 6.15 and later. Bit 0 is dirty tracking, which is not about PASIDs.
const EXEC: u64 = 1 << 1;
const PRIV: u64 = 1 << 2;
const ATS_NOT_SUPPORTED: u64 = 1 << 3;

/// A host claims more PASID bits than the specification has: its answer means something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidWidth {
    /// The width that was claimed.
    pub width: u8,
}

impl fmt::Display for InvalidWidth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the host claims {} PASID bits, and the specification has at most {MAX_WIDTH}", self.width)
    }
}

impl core::error::Error for InvalidWidth {}

impl HostPasid {
    /// A host that gives `width` bits, and neither execute nor privileged. Of more than [`MAX_WIDTH`] a guest is shown
    /// `MAX_WIDTH`; [`HostPasid::from_hw_info`] refuses them.
    #[must_use]
    pub const fn new(width: u8) -> Self {
        Self { width, execute: false, privileged: false, ats_not_supported: false }
    }

    setters! { HostPasid:
        with_width => width: u8,
        with_execute => execute: bool,
        with_privileged => privileged: bool,
        with_ats_not_supported => ats_not_supported: bool,
    }

    /// The facts in the answer to `IOMMU_GET_HW_INFO`, for a VMM that holds the iommufd itself: the fields
    /// `out_max_pasid_log2` and `out_capabilities` of `struct iommu_hw_info`. `None` if the device has no PASID, which a
    /// kernel older than 6.15 says of every device: it leaves both fields as they were, so set them to 0 first.
    ///
    /// The width says what the device is capable of, not that PASID is enabled. Execute and privileged are what the host enabled.
    /// Capability bits that this crate does not know are ignored, and so are all of them where the width is 0.
    ///
    /// ```
    /// use quirk_runtime::HostPasid;
    ///
    /// let host = HostPasid::from_hw_info(20, 0b0110)?.expect("the device has PASID");
    /// assert_eq!((host.width, host.execute, host.privileged, host.ats_not_supported), (20, true, true, false));
    /// assert_eq!(HostPasid::from_hw_info(0, 0)?, None);
    /// # Ok::<(), quirk_runtime::InvalidWidth>(())
    /// ```
    ///
    /// # Errors
    /// A width above 20, which Linux never gives: it is not cut down, since such an answer is not what it seems.
    pub const fn from_hw_info(out_max_pasid_log2: u8, out_capabilities: u64) -> Result<Option<Self>, InvalidWidth> {
        match out_max_pasid_log2 {
            0 => Ok(None),
            width @ 1..=MAX_WIDTH => Ok(Some(Self {
                width,
                execute: out_capabilities & EXEC != 0,
                privileged: out_capabilities & PRIV != 0,
                ats_not_supported: out_capabilities & ATS_NOT_SUPPORTED != 0,
            })),
            width => Err(InvalidWidth { width }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{HostPasid, InvalidWidth};

    #[test]
    fn every_width_is_a_fact_or_none_or_an_error() {
        for width in 0..=u8::MAX {
            let facts = HostPasid::from_hw_info(width, u64::MAX);
            match width {
                0 => assert_eq!(facts, Ok(None)),
                1..=20 => assert!(matches!(facts, Ok(Some(host)) if host.width == width)),
                _ => assert_eq!(facts, Err(InvalidWidth { width })),
            }
        }
    }

    #[test]
    fn each_capability_bit_is_one_fact_and_the_others_are_none() {
        for bit in 0..64 {
            let expected =
                HostPasid { width: 16, execute: bit == 1, privileged: bit == 2, ats_not_supported: bit == 3 };
            assert_eq!(HostPasid::from_hw_info(16, 1 << bit), Ok(Some(expected)), "bit {bit}");
        }
    }
}
