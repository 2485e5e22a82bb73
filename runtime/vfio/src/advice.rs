//! What an errno of a VFIO call usually means, and what to do about it.

use libc::{EACCES, EAGAIN, EBUSY, EFAULT, EINVAL, EIO, EMFILE, ENODEV, ENOENT, ENOMEM, ENOTTY, EOPNOTSUPP, EPERM};

use crate::call::Call;

/// The likely cause of a failed call, and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice {
    /// The likely cause.
    pub cause: &'static str,
    /// What helps.
    pub cure: &'static str,
}

/// vfio-pci's denylist, for a device that is on it.
pub(crate) const DENYLIST: Advice = Advice {
    cause: "the device is on vfio-pci's denylist of devices with exploitable errata",
    cure: "if its users are trusted, load vfio-pci with `disable_denylist=1` (`vfio-pci.disable_denylist=1` on the kernel command line)",
};

pub(crate) fn advice(call: Call, errno: i32) -> Option<Advice> {
    let (cause, cure) = match (call, errno) {
        (Call::OpenDevice | Call::OpenGroup | Call::OpenContainer | Call::OpenIommufd, EACCES) => (
            "this user may not open the file",
            "run as its owner or group, or grant access with a udev rule for the subsystems `vfio` and `vfio-dev`",
        ),
        (Call::OpenIommufd, ENOENT) => (
            "the kernel has no iommufd, or its module is not loaded",
            "`modprobe iommufd`, or a kernel with CONFIG_IOMMUFD; the legacy group does not need it",
        ),
        (Call::OpenContainer, ENOENT) => {
            ("the kernel has no VFIO container, or its module is not loaded", "`modprobe vfio vfio_iommu_type1`")
        }
        (Call::OpenGroup | Call::OpenDevice, ENOENT) => (
            "no VFIO driver made the file, or /dev is not the kernel's (a container, a chroot)",
            "bind the device to vfio-pci and pass the file on",
        ),
        (Call::OpenGroup, EBUSY) => {
            ("another process has the group open, or its devices are in use through iommufd", "stop that process")
        }
        (Call::OpenGroup, EPERM) => {
            ("a group without an IOMMU needs CAP_SYS_RAWIO", "run with it, or enable the IOMMU")
        }
        (Call::BindIommufd, EPERM) => (
            "the platform does not isolate interrupts (no interrupt remapping)",
            "enable interrupt remapping in the firmware, or, where users are trusted, `iommufd.allow_unsafe_interrupts=1`",
        ),
        (Call::SetIommu, EPERM) => (
            "the platform does not isolate interrupts (no interrupt remapping)",
            "enable interrupt remapping in the firmware, or, where users are trusted, `vfio_iommu_type1.allow_unsafe_interrupts=1`",
        ),
        (Call::BindIommufd, EBUSY) => (
            "another device of the IOMMU group is bound to a host driver, or the group is open the legacy way",
            "bind every device of the group to vfio-pci or to no driver, and close the group",
        ),
        (Call::BindIommufd, EINVAL) => (
            "another process, a VM for example, has the device open, or it cannot be enabled (a BAR without an address)",
            "stop that process; if there is none, look at the kernel's log",
        ),
        (Call::SetIommu, ENODEV) => (
            "the container's IOMMU driver is not loaded, or no group is in the container",
            "`modprobe vfio_iommu_type1`",
        ),
        (Call::GroupDevice, ENODEV) => ("no VFIO driver has the device", "bind it to vfio-pci"),
        (Call::GetHwInfo, ENOTTY | EOPNOTSUPP) => {
            ("the kernel is older than this request, or the IOMMU driver does not answer it", "Linux 6.15 or later")
        }
        (Call::GetHwInfo, ENOENT) => ("the iommufd does not know the device's id", "pass the id that binding returned"),
        (Call::Reset, ENOTTY | EINVAL) => (
            "the device offers no reset of one function, or does not answer",
            "reset its slot or bus with all devices on it, or none",
        ),
        (Call::SetIrqs, EINVAL | ENOTTY) => {
            ("the device driver offers no request interrupt", "watch for the removal in sysfs instead")
        }
        (Call::ReadConfig | Call::WriteConfig, EFAULT) => {
            ("the access runs past the configuration space of the device", "stay within the region's size")
        }
        (Call::ReadConfig | Call::WriteConfig | Call::Reset, EIO | ENODEV) => {
            ("the device is gone, asleep or does not answer", "close it, and look at the kernel's log")
        }
        (Call::WriteOverride | Call::WriteBind | Call::WriteUnbind, EACCES) => {
            ("binding a driver needs root", "run as root, or have the device bound at boot")
        }
        (Call::WriteBind, EAGAIN) => {
            ("the driver waits for something else", "try again; the kernel's log may say for what")
        }
        (Call::WriteBind, ENODEV | EINVAL) => ("the driver refused the device", "the kernel's log says why"),
        _ => return None,
    };
    Some(Advice { cause, cure })
}

/// The name by which manuals know the errno.
pub(crate) fn errno_name(errno: i32) -> Option<&'static str> {
    Some(match errno {
        EACCES => "EACCES",
        EAGAIN => "EAGAIN",
        EBUSY => "EBUSY",
        EFAULT => "EFAULT",
        EINVAL => "EINVAL",
        EIO => "EIO",
        EMFILE => "EMFILE",
        ENODEV => "ENODEV",
        ENOENT => "ENOENT",
        ENOMEM => "ENOMEM",
        ENOTTY => "ENOTTY",
        EOPNOTSUPP => "EOPNOTSUPP",
        EPERM => "EPERM",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::CallError;

    fn message(call: Call, errno: i32) -> String {
        CallError::new(call, "0000:65:00.0", io::Error::from_raw_os_error(errno)).to_string()
    }

    #[test]
    fn an_error_names_call_target_errno_cause_and_cure() {
        assert_eq!(
            message(Call::BindIommufd, EPERM),
            "`ioctl(VFIO_DEVICE_BIND_IOMMUFD)` on `0000:65:00.0` failed with EPERM: Operation not permitted (os error 1): \
             the platform does not isolate interrupts (no interrupt remapping); enable interrupt remapping in the \
             firmware, or, where users are trusted, `iommufd.allow_unsafe_interrupts=1`"
        );
    }

    #[test]
    fn a_device_in_use_is_told_first_of_the_causes() {
        // The kernel has no errno of its own for a second opener of a character device.
        let text = message(Call::BindIommufd, EINVAL);
        assert!(text.contains("Invalid argument (os error 22): another process, a VM for example, has"), "{text}");
        assert!(text.ends_with("; stop that process; if there is none, look at the kernel's log"), "{text}");
    }

    #[test]
    fn an_unknown_errno_is_printed_as_the_system_says_it() {
        let text = message(Call::Reset, libc::EXDEV);
        assert!(
            text.starts_with("`ioctl(VFIO_DEVICE_RESET)` on `0000:65:00.0` failed with Invalid cross-device"),
            "{text}"
        );
    }
}
