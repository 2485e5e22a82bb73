//! The system calls of VFIO and iommufd behind safe functions: the only unsafe code of the project.
#![expect(unsafe_code, reason = "ioctl is not expressible in safe Rust")]

use std::ffi::CStr;
use std::fs::File;
use std::io;
use std::mem::size_of;
use std::os::fd::{AsRawFd as _, FromRawFd as _};

use iommufd_bindings::{IOMMUFD_CMD_GET_HW_INFO, IOMMUFD_TYPE, iommu_hw_info};
use libc::{c_int, c_ulong};
use vfio_bindings::bindings::vfio::{
    VFIO_BASE, VFIO_DEVICE_FEATURE_GET, VFIO_IRQ_SET_ACTION_TRIGGER, VFIO_IRQ_SET_DATA_EVENTFD, VFIO_TYPE,
    vfio_device_bind_iommufd, vfio_device_info, vfio_group_status, vfio_region_info,
};
use vmm_sys_util::eventfd::EventFd;
use vmm_sys_util::ioctl::{ioctl, ioctl_with_mut_ref, ioctl_with_ref, ioctl_with_val};

/// The highest device feature index that Linux has assigned, as of 7.3 (`VFIO_DEVICE_FEATURE_ZPCI_ERROR`).
pub(crate) const LAST_ASSIGNED_FEATURE: u16 = 13;

/// `_IO(';', VFIO_BASE + number)`: no VFIO request encodes a direction or a size.
const fn vfio(number: u32) -> c_ulong {
    ((VFIO_TYPE as c_ulong) << 8) | (VFIO_BASE + number) as c_ulong
}

const VFIO_SET_IOMMU: c_ulong = vfio(2);
const VFIO_GROUP_GET_STATUS: c_ulong = vfio(3);
const VFIO_GROUP_SET_CONTAINER: c_ulong = vfio(4);
const VFIO_GROUP_GET_DEVICE_FD: c_ulong = vfio(6);
const VFIO_DEVICE_GET_INFO: c_ulong = vfio(7);
const VFIO_DEVICE_GET_REGION_INFO: c_ulong = vfio(8);
const VFIO_DEVICE_SET_IRQS: c_ulong = vfio(10);
const VFIO_DEVICE_RESET: c_ulong = vfio(11);
const VFIO_DEVICE_FEATURE: c_ulong = vfio(17);
const VFIO_DEVICE_BIND_IOMMUFD: c_ulong = vfio(18);
/// `_IO(';', 0x8a)`.
const IOMMU_GET_HW_INFO: c_ulong = ((IOMMUFD_TYPE as c_ulong) << 8) | IOMMUFD_CMD_GET_HW_INFO as c_ulong;

/// `struct vfio_irq_set` with the one event file descriptor that is ever passed.
#[repr(C)]
struct IrqSet {
    argsz: u32,
    flags: u32,
    index: u32,
    start: u32,
    count: u32,
    eventfd: i32,
}

/// `struct vfio_device_feature` with the PASID facts of the series of April 2024 as its data.
#[repr(C)]
#[derive(Default)]
struct PasidFeature {
    argsz: u32,
    flags: u32,
    capabilities: u16,
    width: u8,
    reserved: u8,
}

fn done(result: c_int) -> io::Result<c_int> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

const fn argsz<T>() -> u32 {
    size_of::<T>() as u32
}

/// `VFIO_DEVICE_BIND_IOMMUFD`; the id by which the iommufd then knows the device.
pub(crate) fn bind_iommufd(device: &File, iommufd: &File) -> io::Result<u32> {
    let mut arguments = vfio_device_bind_iommufd {
        // Without the token at the end, which only kernels of 2025 and later take.
        argsz: 16,
        iommufd: iommufd.as_raw_fd(),
        ..Default::default()
    };
    // SAFETY: the kernel reads and writes at most `argsz` bytes of `arguments`, which outlives the call.
    done(unsafe { ioctl_with_mut_ref(device, VFIO_DEVICE_BIND_IOMMUFD, &mut arguments) })?;
    Ok(arguments.out_devid)
}

/// What `IOMMU_GET_HW_INFO` says of a device's PASIDs: the width in bits and the capability flags.
pub(crate) fn hw_info(iommufd: &File, device_id: u32) -> io::Result<(u8, u64)> {
    // SAFETY: all fields are integers, for which zero is a value.
    let mut arguments: iommu_hw_info = unsafe { std::mem::zeroed() };
    arguments.size = argsz::<iommu_hw_info>();
    arguments.dev_id = device_id;
    // SAFETY: the kernel reads and writes at most `size` bytes of `arguments`; `data_len` is 0, so `data_uptr` is not used.
    done(unsafe { ioctl_with_mut_ref(iommufd, IOMMU_GET_HW_INFO, &mut arguments) })?;
    Ok((arguments.out_max_pasid_log2, arguments.out_capabilities))
}

/// `VFIO_DEVICE_GET_INFO`; the device's flags.
pub(crate) fn device_flags(device: &File) -> io::Result<u32> {
    let mut arguments = vfio_device_info { argsz: argsz::<vfio_device_info>(), ..Default::default() };
    // SAFETY: the kernel reads and writes at most `argsz` bytes of `arguments`, which outlives the call.
    done(unsafe { ioctl_with_mut_ref(device, VFIO_DEVICE_GET_INFO, &mut arguments) })?;
    Ok(arguments.flags)
}

/// `VFIO_DEVICE_GET_REGION_INFO`; where the region begins in the device's file, and its size.
pub(crate) fn region(device: &File, index: u32) -> io::Result<(u64, u64)> {
    let mut arguments = vfio_region_info { argsz: argsz::<vfio_region_info>(), index, ..Default::default() };
    // SAFETY: the kernel reads and writes at most `argsz` bytes of `arguments`, which outlives the call.
    done(unsafe { ioctl_with_mut_ref(device, VFIO_DEVICE_GET_REGION_INFO, &mut arguments) })?;
    Ok((arguments.offset, arguments.size))
}

/// `VFIO_DEVICE_RESET`.
pub(crate) fn reset(device: &File) -> io::Result<()> {
    // SAFETY: the request takes no argument.
    done(unsafe { ioctl(device, VFIO_DEVICE_RESET) }).map(drop)
}

/// `VFIO_DEVICE_SET_IRQS`: have the interrupt `index` signal `eventfd`.
pub(crate) fn signal(device: &File, index: u32, eventfd: &EventFd) -> io::Result<()> {
    let arguments = IrqSet {
        argsz: argsz::<IrqSet>(),
        flags: VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
        index,
        start: 0,
        count: 1,
        eventfd: eventfd.as_raw_fd(),
    };
    // SAFETY: the kernel reads `argsz` bytes of `arguments`, and takes a reference of its own to the event.
    done(unsafe { ioctl_with_ref(device, VFIO_DEVICE_SET_IRQS, &arguments) }).map(drop)
}

/// `VFIO_DEVICE_FEATURE`, get, under `index`: capabilities and width.
pub(crate) fn pasid_feature(device: &File, index: u16) -> io::Result<(u16, u8)> {
    let mut arguments = PasidFeature {
        argsz: argsz::<PasidFeature>(),
        flags: VFIO_DEVICE_FEATURE_GET | u32::from(index),
        ..Default::default()
    };
    // SAFETY: the kernel reads and writes at most `argsz` bytes of `arguments`, which outlives the call.
    done(unsafe { ioctl_with_mut_ref(device, VFIO_DEVICE_FEATURE, &mut arguments) })?;
    Ok((arguments.capabilities, arguments.width))
}

/// `VFIO_GROUP_GET_STATUS`; the group's flags.
pub(crate) fn group_flags(group: &File) -> io::Result<u32> {
    let mut arguments = vfio_group_status { argsz: argsz::<vfio_group_status>(), flags: 0 };
    // SAFETY: the kernel reads and writes at most `argsz` bytes of `arguments`, which outlives the call.
    done(unsafe { ioctl_with_mut_ref(group, VFIO_GROUP_GET_STATUS, &mut arguments) })?;
    Ok(arguments.flags)
}

/// `VFIO_GROUP_SET_CONTAINER`.
pub(crate) fn set_container(group: &File, container: &File) -> io::Result<()> {
    // SAFETY: the kernel reads one integer, the container's descriptor.
    done(unsafe { ioctl_with_ref(group, VFIO_GROUP_SET_CONTAINER, &container.as_raw_fd()) }).map(drop)
}

/// `VFIO_SET_IOMMU`.
pub(crate) fn set_iommu(container: &File, kind: u32) -> io::Result<()> {
    // SAFETY: the argument is a number, not a pointer.
    done(unsafe { ioctl_with_val(container, VFIO_SET_IOMMU, c_ulong::from(kind)) }).map(drop)
}

/// `VFIO_GROUP_GET_DEVICE_FD`.
pub(crate) fn group_device(group: &File, name: &CStr) -> io::Result<File> {
    // SAFETY: the kernel reads the name up to its terminating zero.
    let descriptor =
        done(unsafe { vmm_sys_util::ioctl::ioctl_with_ptr(group, VFIO_GROUP_GET_DEVICE_FD, name.as_ptr()) })?;
    // SAFETY: the kernel just made this descriptor for us, and nobody else has it.
    Ok(unsafe { File::from_raw_fd(descriptor) })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn request_numbers_are_the_kernels() {
        assert_eq!(IOMMU_GET_HW_INFO, 0x3b8a);
        assert_eq!(VFIO_DEVICE_BIND_IOMMUFD, 0x3b76);
        assert_eq!(VFIO_DEVICE_GET_REGION_INFO, 0x3b6c);
        assert_eq!(VFIO_SET_IOMMU, 0x3b66);
        assert_eq!(VFIO_DEVICE_FEATURE, 0x3b75);
    }

    #[test]
    fn structures_have_the_kernels_layout() {
        assert_eq!(size_of::<iommu_hw_info>(), 40);
        assert_eq!(std::mem::offset_of!(iommu_hw_info, out_max_pasid_log2), 28);
        assert_eq!(size_of::<IrqSet>(), 24);
        assert_eq!(size_of::<PasidFeature>(), 12);
    }

    /// The calls themselves, with the structures that they hand over: what a sanitizer looks at.
    #[test]
    fn a_file_that_is_no_device_refuses_every_request() {
        let other = tempfile::tempfile().unwrap();
        let event = EventFd::new(0).unwrap();
        let refusals = [
            bind_iommufd(&other, &other).map(drop),
            hw_info(&other, 1).map(drop),
            device_flags(&other).map(drop),
            region(&other, 7).map(drop),
            reset(&other),
            signal(&other, 4, &event),
            pasid_feature(&other, 0x7001).map(drop),
            group_flags(&other).map(drop),
            set_container(&other, &other),
            set_iommu(&other, 1),
            group_device(&other, c"0000:00:00.0").map(drop),
        ];
        for refusal in refusals {
            assert_eq!(refusal.unwrap_err().raw_os_error(), Some(libc::ENOTTY));
        }
    }
}
