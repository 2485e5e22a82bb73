//! The system calls that can fail.

use std::fmt;

/// A system call, or a write to a file that is as good as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named for the call and the file or request that it is made with")]
#[non_exhaustive]
pub enum Call {
    OpenDevice,
    OpenIommufd,
    OpenGroup,
    OpenContainer,
    BindIommufd,
    GetHwInfo,
    GroupStatus,
    SetContainer,
    SetIommu,
    GroupDevice,
    DeviceInfo,
    RegionInfo,
    SetIrqs,
    Reset,
    Feature,
    ReadConfig,
    WriteConfig,
    CreateEvent,
    WriteOverride,
    WriteBind,
    WriteUnbind,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OpenDevice | Self::OpenIommufd | Self::OpenGroup | Self::OpenContainer => "open",
            Self::BindIommufd => "ioctl(VFIO_DEVICE_BIND_IOMMUFD)",
            Self::GetHwInfo => "ioctl(IOMMU_GET_HW_INFO)",
            Self::GroupStatus => "ioctl(VFIO_GROUP_GET_STATUS)",
            Self::SetContainer => "ioctl(VFIO_GROUP_SET_CONTAINER)",
            Self::SetIommu => "ioctl(VFIO_SET_IOMMU)",
            Self::GroupDevice => "ioctl(VFIO_GROUP_GET_DEVICE_FD)",
            Self::DeviceInfo => "ioctl(VFIO_DEVICE_GET_INFO)",
            Self::RegionInfo => "ioctl(VFIO_DEVICE_GET_REGION_INFO)",
            Self::SetIrqs => "ioctl(VFIO_DEVICE_SET_IRQS)",
            Self::Reset => "ioctl(VFIO_DEVICE_RESET)",
            Self::Feature => "ioctl(VFIO_DEVICE_FEATURE)",
            Self::ReadConfig => "pread",
            Self::WriteConfig => "pwrite",
            Self::CreateEvent => "eventfd",
            Self::WriteOverride | Self::WriteBind | Self::WriteUnbind => "write",
        })
    }
}
