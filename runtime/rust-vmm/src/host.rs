//! What the host can do with a device's PASIDs.

use iommufd_bindings::iommu_hw_info;
use iommufd_ioctls::{IommuFd, IommufdError};
use quirk_runtime::{HostPasid, InvalidWidth};

/// Why the host's facts are not known.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HostError {
    /// The kernel refused the question.
    #[error("`IOMMU_GET_HW_INFO`: {0}")]
    Iommufd(IommufdError),
    /// The kernel's answer means something else than it seems.
    #[error("`IOMMU_GET_HW_INFO`: {0}")]
    Width(InvalidWidth),
}

/// The host's PASID facts for the device that `VfioDevice::iommufd_dev_id` names; `None` if it has no PASID, or if the kernel is
/// older than 6.15 and does not say.
///
/// # Errors
/// When the kernel refuses the question, or answers with more bits than the specification has.
pub fn host_pasid(iommufd: &IommuFd, device: u32) -> Result<Option<HostPasid>, HostError> {
    // A kernel that does not know the fields for PASID leaves them as they are: 0.
    let mut info = iommu_hw_info { size: size_of::<iommu_hw_info>() as u32, dev_id: device, ..Default::default() };
    iommufd.get_hw_info(&mut info).map_err(HostError::Iommufd)?;
    HostPasid::from_hw_info(info.out_max_pasid_log2, info.out_capabilities).map_err(HostError::Width)
}
