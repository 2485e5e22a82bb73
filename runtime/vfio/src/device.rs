//! A device that is open through VFIO: its configuration space, its PASID facts, reset and removal.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::FileExt as _;

use iommufd_bindings::{
    iommufd_hw_capabilities_IOMMU_HW_CAP_PCI_PASID_EXEC as PASID_EXEC,
    iommufd_hw_capabilities_IOMMU_HW_CAP_PCI_PASID_PRIV as PASID_PRIV,
};
use quirk_runtime::{ConfigAccess, ConfigRead, Hidden, HostPasid, Identity};
use quirk_sysfs::Config;
use vfio_bindings::bindings::vfio::{VFIO_DEVICE_FLAGS_RESET, VFIO_PCI_CONFIG_REGION_INDEX, VFIO_PCI_REQ_IRQ_INDEX};
use vmm_sys_util::eventfd::{EFD_NONBLOCK, EventFd};

use crate::call::Call;
use crate::error::{CallError, Error};
use crate::sys::{self, LAST_ASSIGNED_FEATURE};

/// The bits of the PASID feature's `capabilities`.
const FEATURE_EXEC: u16 = 1 << 0;
const FEATURE_PRIV: u16 = 1 << 1;

/// What is behind a device's descriptor.
#[derive(Debug)]
#[non_exhaustive]
pub enum Backing {
    /// The device is bound to an iommufd.
    Iommufd {
        /// The iommufd.
        iommufd: File,
        /// The id by which it knows the device, as binding returned it.
        device_id: u32,
    },
    /// The device came out of a group in a container, which stay open as long as the device is.
    Group {
        /// The group.
        group: File,
        /// The container.
        container: File,
    },
    /// The caller keeps group and container.
    Elsewhere,
}

/// A device that is open through VFIO.
#[derive(Debug)]
pub struct Device {
    // Closed in this order: the kernel wants the device closed before its group.
    file: File,
    backing: Backing,
    config: u64,
    size: usize,
    name: String,
    identity: Identity,
}

impl Device {
    /// Takes a device that a VMM opened itself. `name` is for messages alone.
    ///
    /// # Errors
    /// When the descriptor is no VFIO PCI device.
    pub fn from_fd(device: OwnedFd, backing: Backing, name: &str, identity: Identity) -> Result<Self, Error> {
        let file = File::from(device);
        let (config, size) = sys::region(&file, VFIO_PCI_CONFIG_REGION_INDEX)
            .map_err(|source| CallError::new(Call::RegionInfo, name, source))?;
        if size != 256 && size != 4096 {
            return Err(Error::ConfigSize { name: name.to_owned(), size });
        }
        Ok(Self { file, backing, config, size: size as usize, name: name.to_owned(), identity })
    }

    /// Who the device is. Of a device that was opened by address it comes from sysfs, virtual functions included.
    #[must_use]
    pub fn identity(&self) -> Identity {
        self.identity
    }

    /// What is behind the device.
    #[must_use]
    pub fn backing(&self) -> &Backing {
        &self.backing
    }

    /// The capabilities that the kernel hides of the device, from its raw space in sysfs, for
    /// [`quirk_runtime::Policy::confirmed`]; `None` where sysfs does not show all of it, and nothing is known.
    ///
    /// # Errors
    /// When device or sysfs could not be read.
    pub fn hidden(&self, raw: &Config) -> Result<Option<Vec<Hidden>>, Error> {
        quirk_sysfs::hidden(raw, self)
    }

    /// The host's PASID facts, from `IOMMU_GET_HW_INFO`; `None` if the device has no PASID, if the kernel is older than
    /// 6.15, or if the device is open the legacy way, on which PASIDs cannot be used.
    ///
    /// The width says what the device is capable of. Execute and privileged are what the host enabled in it.
    ///
    /// # Errors
    /// When the kernel does not answer, or answers with a width above 20.
    pub fn pasid(&self) -> Result<Option<HostPasid>, Error> {
        let Backing::Iommufd { iommufd, device_id } = &self.backing else { return Ok(None) };
        let (width, flags) =
            sys::hw_info(iommufd, *device_id).map_err(|source| self.failed(Call::GetHwInfo, source))?;
        self.facts(Call::GetHwInfo, width, flags)
    }

    /// The PASID facts that a driver offers as device feature `index`, in the layout of the series of April 2024 (`u16`
    /// capabilities, execute and privileged; `u8` width; `u8` reserved); `None` if it offers no such feature or no PASID.
    ///
    /// No index was ever assigned to that layout, so the operator has to name one that the driver keeps for it.
    ///
    /// # Errors
    /// When the index belongs to another feature of Linux (the kernel's answer would be misread), the kernel fails, or
    /// it answers with a width above 20.
    pub fn pasid_feature(&self, index: u16) -> Result<Option<HostPasid>, Error> {
        if index <= LAST_ASSIGNED_FEATURE {
            return Err(Error::FeatureTaken { index });
        }
        let (capabilities, width) = match sys::pasid_feature(&self.file, index) {
            Ok(answer) => answer,
            Err(error) if error.raw_os_error() == Some(libc::ENOTTY) => return Ok(None),
            Err(source) => return Err(self.failed(Call::Feature, source).into()),
        };
        let flag = |bit: u16, flag: u32| if capabilities & bit != 0 { u64::from(flag) } else { 0 };
        self.facts(Call::Feature, width, flag(FEATURE_EXEC, PASID_EXEC) | flag(FEATURE_PRIV, PASID_PRIV))
    }

    fn facts(&self, call: Call, width: u8, flags: u64) -> Result<Option<HostPasid>, Error> {
        HostPasid::from_hw_info(width, flags).map_err(|error| Error::Width {
            call,
            name: self.name.clone(),
            width: error.width,
        })
    }

    /// Whether [`Device::reset`] can work.
    ///
    /// # Errors
    /// When the kernel does not answer.
    pub fn can_reset(&self) -> Result<bool, Error> {
        let flags = sys::device_flags(&self.file).map_err(|source| self.failed(Call::DeviceInfo, source))?;
        Ok(flags & VFIO_DEVICE_FLAGS_RESET != 0)
    }

    /// Resets the function. The kernel restores what it keeps of configuration space, PASID, ATS and PRI control among it.
    ///
    /// # Errors
    /// When the device has no reset of its own, or the reset fails.
    pub fn reset(&self) -> Result<(), Error> {
        Ok(sys::reset(&self.file).map_err(|source| self.failed(Call::Reset, source))?)
    }

    /// An event that is signalled when the device is wanted back: its driver is being unbound, or it is being removed.
    ///
    /// The kernel blocks the process that asked until the last descriptor of the device is closed, and signals again every second.
    /// Reading the event does not block.
    ///
    /// # Errors
    /// When the driver has no such interrupt.
    pub fn watch_removal(&self) -> Result<EventFd, Error> {
        let event = EventFd::new(EFD_NONBLOCK).map_err(|source| self.failed(Call::CreateEvent, source))?;
        sys::signal(&self.file, VFIO_PCI_REQ_IRQ_INDEX, &event).map_err(|source| self.failed(Call::SetIrqs, source))?;
        Ok(event)
    }

    fn failed(&self, call: Call, source: io::Error) -> CallError {
        CallError::new(call, &*self.name, source)
    }

    /// Calls `step` until `length` bytes are transferred.
    fn transfer(
        &self,
        call: Call,
        offset: u16,
        length: usize,
        mut step: impl FnMut(usize, u64) -> io::Result<usize>,
    ) -> Result<(), Error> {
        let mut done = 0;
        while done < length {
            match step(done, self.config + u64::from(offset) + done as u64) {
                Ok(0) => return Err(Error::Short { call, name: self.name.clone(), offset, wanted: length, done }),
                Ok(count) => done += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => return Err(self.failed(call, source).into()),
            }
        }
        Ok(())
    }
}

impl AsFd for Device {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

impl ConfigRead for Device {
    type Error = Error;

    fn size(&self) -> usize {
        self.size
    }

    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), Error> {
        self.transfer(Call::ReadConfig, offset, buffer.len(), |done, at| self.file.read_at(&mut buffer[done..], at))
    }
}

impl ConfigAccess for Device {
    fn write(&self, offset: u16, data: &[u8]) -> Result<(), Error> {
        self.transfer(Call::WriteConfig, offset, data.len(), |done, at| self.file.write_at(&data[done..], at))
    }
}

#[cfg(test)]
mod tests {
    use iommufd_bindings::{
        iommufd_hw_capabilities_IOMMU_HW_CAP_DIRTY_TRACKING as DIRTY_TRACKING,
        iommufd_hw_capabilities_IOMMU_HW_CAP_PCI_ATS_NOT_SUPPORTED as ATS_NOT_SUPPORTED,
        iommufd_hw_capabilities_IOMMU_HW_CAP_PCI_PASID_EXEC as EXEC,
        iommufd_hw_capabilities_IOMMU_HW_CAP_PCI_PASID_PRIV as PRIV,
    };
    use quirk_runtime::HostPasid;

    /// The runtime has no dependency and writes the bits itself: they are the kernel's.
    #[test]
    fn the_runtime_reads_the_kernels_bits() {
        for flags in [0, DIRTY_TRACKING, EXEC, PRIV, ATS_NOT_SUPPORTED, EXEC | PRIV] {
            let has = |flag| flags & flag != 0;
            let expected = HostPasid::new(20)
                .with_execute(has(EXEC))
                .with_privileged(has(PRIV))
                .with_ats_not_supported(has(ATS_NOT_SUPPORTED));
            assert_eq!(HostPasid::from_hw_info(20, flags.into()), Ok(Some(expected)), "{flags:#b}");
        }
    }
}
