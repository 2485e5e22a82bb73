//! The backend against a sysfs made of files.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use quirk_runtime::{ConfigRead as _, Function};
use quirk_sysfs::{Error, Sysfs};

struct FakeSysfs {
    folder: tempfile::TempDir,
}

impl FakeSysfs {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("bus/pci/devices")).unwrap();
        Self { folder }
    }

    fn sysfs(&self) -> Sysfs {
        Sysfs::at(self.folder.path())
    }

    fn function(&self, address: &str, device: u16, header_type: u8) -> PathBuf {
        let folder = self.folder.path().join("bus/pci/devices").join(address);
        fs::create_dir_all(&folder).unwrap();
        let mut config = vec![0; 4096];
        config[0x0e] = header_type;
        fs::write(folder.join("config"), config).unwrap();
        let files = [
            ("vendor", "0x1d0f\n".to_owned()),
            ("device", format!("0x{device:04x}\n")),
            ("subsystem_vendor", "0x1d0f\n".to_owned()),
            ("subsystem_device", "0x0007\n".to_owned()),
            ("revision", "0x5a\n".to_owned()),
            ("class", "0x088001\n".to_owned()),
            ("driver_override", "(null)\n".to_owned()),
        ];
        for (name, text) in files {
            fs::write(folder.join(name), text).unwrap();
        }
        folder
    }
}

fn link(folder: &Path, name: &str, target: &str) {
    symlink(target, folder.join(name)).unwrap();
}

#[test]
fn a_bound_function_shows_driver_group_and_vfio_device() {
    let fake = FakeSysfs::new();
    let folder = fake.function("0000:65:00.0", 0x0b25, 0x80);
    link(&folder, "driver", "../../../../bus/pci/drivers/vfio-pci");
    link(&folder, "iommu_group", "../../../../kernel/iommu_groups/42");
    fs::create_dir_all(folder.join("vfio-dev/vfio3")).unwrap();
    fs::write(folder.join("driver_override"), "vfio-pci\n").unwrap();

    let function = fake.sysfs().function("65:00.0".parse().unwrap()).unwrap();
    assert_eq!(function.driver.as_deref(), Some("vfio-pci"));
    assert_eq!(function.driver_override.as_deref(), Some("vfio-pci"));
    assert_eq!(function.iommu_group, Some(42));
    assert_eq!(function.vfio_device.as_deref(), Some("vfio3"));
    let identity = function.identity;
    assert_eq!(
        (identity.vendor, identity.device, identity.revision, identity.class),
        (0x1d0f, 0x0b25, 0x5a, 0x08_8001)
    );
    assert_eq!(identity.subsystem, Some((0x1d0f, 7)));
    assert_eq!(identity.function, Function::Physical);
}

#[test]
fn physfn_makes_a_function_virtual() {
    let fake = FakeSysfs::new();
    link(&fake.function("0000:65:00.1", 0x0b26, 0), "physfn", "../0000:65:00.0");
    let function = fake.sysfs().function("65:00.1".parse().unwrap()).unwrap();
    assert_eq!(function.identity.function, Function::Virtual);
    assert_eq!(function.physical_function, Some("65:00.0".parse().unwrap()));
    assert_eq!((function.driver, function.iommu_group, function.vfio_device), (None, None, None));
}

#[test]
fn the_bridges_above_a_function_are_its_folders() {
    let fake = FakeSysfs::new();
    let root = fake.folder.path();
    // A root port, a switch, and below a domain of its own that an endpoint makes.
    let endpoint = "devices/pci0000:00/0000:00:1c.0/0000:01:00.0/0000:02:04.0/0000:03:00.0";
    for (address, folder) in [
        ("0000:03:00.0", endpoint.to_owned()),
        ("10000:01:00.0", format!("{endpoint}/pci10000:00/10000:00:02.0/10000:01:00.0")),
        ("0000:00:02.0", "devices/pci0000:00/0000:00:02.0".to_owned()),
    ] {
        let made = fake.function(address, 1, 0);
        fs::create_dir_all(root.join(&folder).parent().unwrap()).unwrap();
        fs::rename(&made, root.join(&folder)).unwrap();
        symlink(root.join(&folder), made).unwrap();
    }
    let upstream = |address: &str| -> Vec<String> {
        let function = fake.sysfs().function(address.parse().unwrap()).unwrap();
        function.upstream().unwrap().iter().map(ToString::to_string).collect()
    };
    assert_eq!(upstream("03:00.0"), ["0000:02:04.0", "0000:01:00.0", "0000:00:1c.0"]);
    assert_eq!(upstream("10000:01:00.0"), ["10000:00:02.0"]);
    assert_eq!(upstream("00:02.0"), [""; 0]);
}

#[test]
fn a_bridge_has_no_subsystem_ids() {
    let fake = FakeSysfs::new();
    fake.function("0000:00:1c.0", 1, 0x81);
    assert_eq!(fake.sysfs().function("00:1c.0".parse().unwrap()).unwrap().identity.subsystem, None);
}

#[test]
fn functions_are_listed_by_address() {
    let fake = FakeSysfs::new();
    for address in ["10000:00:02.0", "0000:65:00.1", "0000:65:00.0"] {
        fake.function(address, 1, 0);
    }
    let listed: Vec<_> = fake.sysfs().functions().unwrap().iter().map(|it| it.address.to_string()).collect();
    assert_eq!(listed, ["0000:65:00.0", "0000:65:00.1", "10000:00:02.0"]);
}

#[test]
fn config_is_reached_by_address() {
    let fake = FakeSysfs::new();
    fake.function("0000:65:00.0", 1, 0);
    assert_eq!(fake.sysfs().config("65:00.0".parse().unwrap()).unwrap().size(), 4096);
    let missing = fake.sysfs().config("66:00.0".parse().unwrap()).unwrap_err();
    assert_eq!(missing.to_string(), "there is no PCI function at `0000:66:00.0`");
}

#[test]
fn nonsense_in_a_file_is_named() {
    let fake = FakeSysfs::new();
    let folder = fake.function("0000:65:00.0", 1, 0);
    fs::write(folder.join("class"), "none\n").unwrap();
    let error = fake.sysfs().function("65:00.0".parse().unwrap()).unwrap_err();
    assert!(matches!(error, Error::Content { .. }));
    assert!(
        error.to_string().ends_with("class` holds `none`: expected a hexadecimal number such as `0x8086`"),
        "{error}"
    );
}

#[test]
fn inside_a_guest_the_missing_link_and_what_a_vmm_may_have_added_prove_nothing() {
    let fake = FakeSysfs::new();
    let folder = fake.function("0000:65:00.0", 0x0b25, 0);
    let mut config = vec![0; 4096];
    let mut dword = |at: usize, value: u32| config[at..at + 4].copy_from_slice(&value.to_le_bytes());
    dword(0x00, 0x0b25_1d0f);
    dword(0x04, 0x0010_0000);
    dword(0x34, 0x40);
    dword(0x40, 0x0002_0010);
    dword(0x100, 0x0001_001b);
    fs::write(folder.join("config"), &config).unwrap();
    let kind = || fake.sysfs().function("65:00.0".parse().unwrap()).unwrap().identity.function;
    assert_eq!(kind(), Function::Physical);
    let names = fake.folder.path().join("class/dmi/id");
    fs::create_dir_all(&names).unwrap();
    fs::write(names.join("sys_vendor"), "QEMU\n").unwrap();
    assert_eq!(kind(), Function::Unknown);
    // SR-IOV is nothing that a VMM adds.
    config[0x100] = 0x10;
    fs::write(folder.join("config"), &config).unwrap();
    assert_eq!(kind(), Function::Physical);
}

#[test]
fn contradicting_signs_prove_nothing() {
    let fake = FakeSysfs::new();
    let folder = fake.function("0000:65:00.0", 0x0b25, 0);
    let mut config = vec![0; 4096];
    config[..4].fill(0xff);
    fs::write(folder.join("config"), &config).unwrap();
    let kind = || fake.sysfs().function("65:00.0".parse().unwrap()).unwrap().identity.function;
    assert_eq!(kind(), Function::Virtual, "the specification wants such ids");
    config[0x06] = 0x10;
    config[0x34] = 0x40;
    config[0x40..0x44].copy_from_slice(&[0x10, 0, 2, 0]);
    config[0x100..0x104].copy_from_slice(&[0x10, 0, 1, 0]);
    fs::write(folder.join("config"), &config).unwrap();
    assert_eq!(kind(), Function::Unknown, "SR-IOV under the ids of a virtual function");
}

#[test]
fn a_reset_takes_both_files_of_a_kernel_that_has_both() {
    for (reset, methods, expected) in [
        (true, Some("flr bus\n"), true),
        (true, None, true),
        (true, Some("\n"), false),
        (false, Some("flr\n"), false),
        (false, None, false),
    ] {
        let fake = FakeSysfs::new();
        let folder = fake.function("0000:65:00.0", 1, 0);
        if reset {
            fs::write(folder.join("reset"), "").unwrap();
        }
        if let Some(methods) = methods {
            fs::write(folder.join("reset_method"), methods).unwrap();
        }
        let function = fake.sysfs().function("65:00.0".parse().unwrap()).unwrap();
        assert_eq!(function.has_reset().unwrap(), expected, "{reset} {methods:?}");
    }
}
