//! The ways to a device by its address: the character device on an iommufd, or the legacy group in a container.

use std::ffi::CString;
use std::fs::{File, OpenOptions};
use std::path::Path;

use quirk_sysfs::{Address, PciFunction, Sysfs};
use vfio_bindings::bindings::vfio::{VFIO_GROUP_FLAGS_VIABLE, VFIO_TYPE1v2_IOMMU};

use crate::bind::refused_by_denylist;
use crate::call::Call;
use crate::device::{Backing, Device};
use crate::error::{CallError, Error};
use crate::sys;

/// How a device is opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// Through iommufd where the kernel made a character device for it, else through the group.
    #[default]
    Automatic,
    /// Through its character device and an iommufd. PASID facts need this way.
    Iommufd,
    /// Through its group and a container.
    Group,
}

impl Device {
    /// Opens the device at `address`, `0000:65:00.0` say, through iommufd if the kernel can, else through its group.
    ///
    /// # Errors
    /// When no VFIO driver has the device, or the kernel refuses; the error says why and what helps.
    pub fn open(address: &str) -> Result<Self, Error> {
        Self::open_by(&Sysfs::default(), address, Way::Automatic)
    }

    /// Opens the device at `address` in the given way.
    ///
    /// # Errors
    /// As [`Device::open`].
    pub fn open_by(sysfs: &Sysfs, address: &str, way: Way) -> Result<Self, Error> {
        open(sysfs, "/dev".as_ref(), address.parse()?, way)
    }
}

fn open(sysfs: &Sysfs, dev: &Path, address: Address, way: Way) -> Result<Device, Error> {
    let function = sysfs.function(address)?;
    // Kernels before 6.1 list no VFIO device; there vfio-pci itself is the only driver known to be one.
    if function.vfio_device.is_none() && function.driver.as_deref() != Some("vfio-pci") {
        let denylisted = refused_by_denylist(sysfs, &function);
        return Err(Error::NotBound { address, driver: function.driver, denylisted });
    }
    let node = function.vfio_device.as_ref().map(|name| dev.join("vfio/devices").join(name));
    match (node, way) {
        (Some(node), Way::Iommufd) => through_iommufd(dev, &node, &function),
        (Some(node), Way::Automatic) if node.exists() => through_iommufd(dev, &node, &function),
        (None, Way::Iommufd) => through_iommufd(dev, &dev.join("vfio/devices"), &function),
        (_, Way::Automatic | Way::Group) => through_group(dev, &function),
    }
}

fn through_iommufd(dev: &Path, node: &Path, function: &PciFunction) -> Result<Device, Error> {
    let device = open_file(Call::OpenDevice, node)?;
    let iommufd = open_file(Call::OpenIommufd, &dev.join("iommu"))?;
    let name = function.address.to_string();
    let device_id =
        sys::bind_iommufd(&device, &iommufd).map_err(|source| CallError::new(Call::BindIommufd, &*name, source))?;
    Device::from_fd(device.into(), Backing::Iommufd { iommufd, device_id }, &name, function.identity)
}

fn through_group(dev: &Path, function: &PciFunction) -> Result<Device, Error> {
    let number = function.iommu_group.ok_or(Error::NoGroup { address: function.address })?;
    let group_path = dev.join("vfio").join(number.to_string());
    let group_name = group_path.display().to_string();
    let group = open_file(Call::OpenGroup, &group_path)?;
    let failed = |call| move |source| CallError::new(call, &*group_name, source);
    let flags = sys::group_flags(&group).map_err(failed.clone()(Call::GroupStatus))?;
    if flags & VFIO_GROUP_FLAGS_VIABLE == 0 {
        return Err(Error::GroupNotViable { group: number });
    }
    let container = open_file(Call::OpenContainer, &dev.join("vfio/vfio"))?;
    sys::set_container(&group, &container).map_err(failed.clone()(Call::SetContainer))?;
    sys::set_iommu(&container, VFIO_TYPE1v2_IOMMU).map_err(failed(Call::SetIommu))?;
    let name = function.address.to_string();
    // An address has no inner zero byte; the empty name would be refused by the kernel.
    let device = sys::group_device(&group, &CString::new(&*name).unwrap_or_default())
        .map_err(|source| CallError::new(Call::GroupDevice, &*name, source))?;
    Device::from_fd(device.into(), Backing::Group { group, container }, &name, function.identity)
}

fn open_file(call: Call, path: &Path) -> Result<File, CallError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .map_err(|source| CallError::new(call, path.display().to_string(), source))
}
