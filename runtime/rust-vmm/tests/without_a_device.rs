//! What can be shown without a device: a file in its place, in which region 7 begins somewhere.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;

use iommufd_ioctls::IommuFd;
use quirk_runtime::{AccessError, ConfigAccess, ConfigRead, HostPasid, Identity, Operator, Policy, VirtualConfig};
use quirk_rust_vmm::{ConfigRegion, HostError, RegionError, host_pasid};

/// Where vfio-pci has region 7.
const START: u64 = 7 << 40;
const READ_WRITE: u32 = 3;

fn file() -> File {
    let file = tempfile::tempfile().unwrap();
    let mut space = vec![0; 4096];
    let mut put = |at: usize, dword: u32| space[at..at + 4].copy_from_slice(&dword.to_le_bytes());
    put(0x00, 0x1001_fffe);
    put(0x04, 0x0010_0000);
    put(0x08, 0x1200_0000);
    put(0x34, 0x40);
    put(0x40, 0x0002_0010);
    put(0x100, 0x0001_0001);
    file.write_all_at(&space, START).unwrap();
    file
}

fn region(file: &File) -> ConfigRegion {
    ConfigRegion::from_file(file.try_clone().unwrap(), START, 4096, READ_WRITE).unwrap()
}

#[test]
fn a_guest_reads_and_writes_the_file_and_not_what_is_emulated() {
    let file = file();
    let region = region(&file);
    let mut header = [0; 64];
    region.read(0, &mut header).unwrap();
    let identity = Identity::from_header(&header);
    assert_eq!((identity.vendor, identity.device), (0xfffe, 0x1001));
    let policy = Policy::default().with_operator(Operator::Offset(0x400));
    let mut config = VirtualConfig::attach(region, &[], &identity, Some(HostPasid::new(16)), &policy).unwrap();
    assert_eq!(config.decision().placement.unwrap().offset, 0x400);
    let mut bytes = [0; 4];
    config.read(0x100, &mut bytes).unwrap();
    assert_eq!(u32::from_le_bytes(bytes), 0x4001_0001);
    config.write(0x700, &[1, 2, 3]).unwrap().for_each(drop);
    config.write(0x404, &[0xff; 4]).unwrap().for_each(drop);
    let mut there = [0; 3];
    file.read_exact_at(&mut there, START + 0x700).unwrap();
    assert_eq!(there, [1, 2, 3]);
    file.read_exact_at(&mut there, START + 0x404).unwrap();
    assert_eq!(there, [0, 0, 0]);
}

#[test]
fn a_failed_access_is_an_error_and_the_guest_reads_ones() {
    let file = file();
    let mut config = VirtualConfig::attach(region(&file), &[], &Identity::default(), None, &Policy::default()).unwrap();
    // The device is gone: the file ends before.
    file.set_len(0).unwrap();
    let mut bytes = [0x5a; 4];
    let error = config.read(0x10, &mut bytes).unwrap_err();
    assert!(matches!(error, AccessError::Device(RegionError::Read { offset: 0x10, length: 4, .. })), "{error}");
    assert_eq!(bytes, [0xff; 4]);

    let read_only = File::open("/proc/self/exe").unwrap();
    let region = ConfigRegion::from_file(read_only, 0, 4096, READ_WRITE).unwrap();
    let error = ConfigAccess::write(&region, 0x10, &[1]).unwrap_err();
    assert_eq!(error.to_string(), "write of 1 bytes at 0x10: Bad file descriptor (os error 9)");
    let full = OpenOptions::new().read(true).write(true).open("/dev/full").unwrap();
    let region = ConfigRegion::from_file(full, 0, 256, READ_WRITE).unwrap();
    assert!(matches!(ConfigAccess::write(&region, 0, &[0; 4]), Err(RegionError::Write { .. })));
    config.write(0x700, &[1]).unwrap().for_each(drop);
}

#[test]
fn an_access_past_the_end_does_not_reach_the_file() {
    let file = file();
    let region = region(&file);
    let text = region.read(0xffe, &mut [0; 4]).unwrap_err().to_string();
    assert_eq!(text, "read of 4 bytes at 0xffe: past the end of configuration space");
    assert!(ConfigAccess::write(&region, 0xffff, &[0; 4]).is_err());
    assert_eq!(file.metadata().unwrap().len(), START + 4096);
}

#[test]
fn what_is_no_configuration_space_is_refused() {
    for (size, flags) in [(0, READ_WRITE), (100, READ_WRITE), (1 << 40, READ_WRITE), (4096, 0), (4096, 1), (4096, 2)] {
        let refused = ConfigRegion::from_file(file(), START, size, flags);
        assert!(matches!(refused, Err(RegionError::NotConfig { .. })), "{size:#x} {flags:#x}");
    }
}

#[test]
fn a_kernel_that_refuses_the_question_is_told() {
    let null = OpenOptions::new().read(true).write(true).open("/dev/null").unwrap();
    let error = host_pasid(&IommuFd::new_from_fd(null), 1).unwrap_err();
    assert!(matches!(error, HostError::Iommufd(_)));
    assert!(error.to_string().starts_with("`IOMMU_GET_HW_INFO`: "), "{error}");
}
