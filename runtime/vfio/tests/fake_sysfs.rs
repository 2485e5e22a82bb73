//! Opening and binding against a sysfs made of files: what is refused before any VFIO call, and with what words.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use quirk_sysfs::Sysfs;
use quirk_vfio::{Device, Error, Way, bind};

const ADDRESS: &str = "0000:65:00.0";

struct FakeSysfs {
    folder: tempfile::TempDir,
}

impl FakeSysfs {
    fn with(vendor: u16, device: u16, driver: Option<&str>) -> Self {
        let fake = Self { folder: tempfile::tempdir().unwrap() };
        let function = fake.function();
        fs::create_dir_all(&function).unwrap();
        fs::write(function.join("config"), [0; 4096]).unwrap();
        for name in ["subsystem_vendor", "subsystem_device", "revision", "class"] {
            fs::write(function.join(name), "0x00\n").unwrap();
        }
        fs::write(function.join("vendor"), format!("0x{vendor:04x}\n")).unwrap();
        fs::write(function.join("device"), format!("0x{device:04x}\n")).unwrap();
        fs::write(function.join("driver_override"), "(null)\n").unwrap();
        if let Some(driver) = driver {
            symlink(format!("../../drivers/{driver}"), function.join("driver")).unwrap();
        }
        fake
    }

    fn function(&self) -> PathBuf {
        self.folder.path().join("bus/pci/devices").join(ADDRESS)
    }

    fn sysfs(&self) -> Sysfs {
        Sysfs::at(self.folder.path())
    }

    fn open_error(&self, way: Way) -> String {
        Device::open_by(&self.sysfs(), ADDRESS, way).unwrap_err().to_string()
    }
}

#[test]
fn a_device_of_another_driver_is_named_with_it() {
    assert_eq!(
        FakeSysfs::with(0x1d0f, 1, Some("nvme")).open_error(Way::Automatic),
        "`0000:65:00.0` is not available to VFIO: it is bound to `nvme`; unbind it there and bind it to vfio-pci"
    );
}

#[test]
fn a_denylisted_device_is_named_as_such() {
    let fake = FakeSysfs::with(0x8086, 0x0b25, None);
    let error = fake.open_error(Way::Automatic);
    assert!(error.contains("no driver is bound to it") && error.contains("it is on its denylist"), "{error}");

    let parameters = fake.folder.path().join("module/vfio_pci/parameters");
    fs::create_dir_all(&parameters).unwrap();
    fs::write(parameters.join("disable_denylist"), "Y\n").unwrap();
    assert!(!fake.open_error(Way::Automatic).contains("denylist"));
}

#[test]
fn without_an_iommu_there_is_no_group_to_open() {
    let error = FakeSysfs::with(0x1d0f, 1, Some("vfio-pci")).open_error(Way::Group);
    assert!(error.starts_with("`0000:65:00.0` is in no IOMMU group: enable the IOMMU"), "{error}");
}

#[test]
fn no_such_device_and_no_such_address_are_errors_of_their_own() {
    let fake = FakeSysfs::with(0x1d0f, 1, None);
    let open = |address| Device::open_by(&fake.sysfs(), address, Way::Automatic).unwrap_err();
    assert!(matches!(open("nonsense"), Error::Address(_)));
    assert!(matches!(open("66:00.0"), Error::Sysfs(quirk_sysfs::Error::NoSuchFunction { .. })));
}

#[test]
fn binding_needs_the_driver_and_a_free_device() {
    let fake = FakeSysfs::with(0x1d0f, 1, None);
    let address = ADDRESS.parse().unwrap();
    let error = bind(&fake.sysfs(), address, "vfio-pci").unwrap_err().to_string();
    assert_eq!(error, "there is no driver `vfio-pci`: load its module, for example with `modprobe vfio-pci`");

    let busy = FakeSysfs::with(0x1d0f, 1, Some("nvme"));
    assert!(matches!(bind(&busy.sysfs(), address, "vfio-pci"), Err(Error::NotBound { driver: Some(_), .. })));
}

#[test]
fn a_driver_that_does_not_take_the_device_leaves_no_override_behind() {
    let fake = FakeSysfs::with(0x8086, 0x0cfe, None);
    let driver = fake.folder.path().join("bus/pci/drivers/vfio-pci");
    fs::create_dir_all(&driver).unwrap();
    fs::write(driver.join("bind"), "").unwrap();
    let error = bind(&fake.sysfs(), ADDRESS.parse().unwrap(), "vfio-pci").unwrap_err();
    assert!(matches!(error, Error::NotBound { denylisted: true, .. }));
    assert!(fs::read_to_string(fake.function().join("driver_override")).unwrap().starts_with('\n'));
}
