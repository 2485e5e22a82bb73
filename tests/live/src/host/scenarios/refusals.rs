//! What the kernel refuses is named with the likely cause and the cure.

use quirk_live_protocol::{Command, Way};

use crate::bench::Bench;
use crate::failure::{Failure, contains};
use crate::image::Image;

const ADDRESS: &str = "0000:01:00.0";
const ROOT_PORT: &str = "0000:00:01.0";

pub(crate) fn run(bench: &Bench<'_>) -> Result<(), Failure> {
    let device = bench.serve("device", &Image::with_pasid(4))?;
    // Interrupts are not isolated, and nothing allows that.
    let mut guest = bench.boot_with(&[&device.socket], "intremap=off")?;
    let open = |address: &str, way| Command::Open { address: address.into(), way };
    let bind = |address: &str, driver: &str| Command::Bind { address: address.into(), driver: driver.into() };

    let unbound = guest.error(&open(ADDRESS, Way::Automatic))?;
    contains("an unbound device", &unbound, &["no driver is bound to it; bind it to vfio-pci"])?;
    let elsewhere = guest.error(&open(ROOT_PORT, Way::Automatic))?;
    contains("a device bound elsewhere", &elsewhere, &[ROOT_PORT, "it is bound to `pcieport`"])?;
    contains("binding it", &guest.error(&bind(ROOT_PORT, "vfio-pci"))?, &["it is bound to `pcieport`"])?;
    let no_driver = guest.error(&bind(ADDRESS, "no-such-vfio"))?;
    contains("a driver that is not loaded", &no_driver, &["there is no driver `no-such-vfio`", "modprobe"])?;
    contains("no device", &guest.error(&open("0000:7f:00.0", Way::Automatic))?, &["there is no PCI function at"])?;

    guest.ask::<()>(&bind(ADDRESS, "vfio-pci"))?;
    let iommufd = guest.error(&open(ADDRESS, Way::Iommufd))?;
    let words =
        ["`ioctl(VFIO_DEVICE_BIND_IOMMUFD)`", "EPERM", "interrupt remapping", "iommufd.allow_unsafe_interrupts=1"];
    contains("binding without isolated interrupts", &iommufd, &words)?;
    let group = guest.error(&open(ADDRESS, Way::Group))?;
    let words =
        ["`ioctl(VFIO_SET_IOMMU)`", "EPERM", "interrupt remapping", "vfio_iommu_type1.allow_unsafe_interrupts=1"];
    contains("a container without isolated interrupts", &group, &words)?;
    guest.quit()
}
