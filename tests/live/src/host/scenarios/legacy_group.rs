//! Without the character devices, or without iommufd, group and container still open the device.

use quirk_live_protocol::{Command, Opened, Pasid, Way};

use crate::bench::Bench;
use crate::failure::{Failure, contains, equal};
use crate::image::{Image, SIZE};

const ADDRESS: &str = "0000:01:00.0";

pub(crate) fn run(bench: &Bench<'_>) -> Result<(), Failure> {
    let device = bench.serve("device", &Image::with_pasid(3))?;
    let mut guest = bench.boot(&[&device.socket])?;
    guest.ask::<()>(&Command::Bind { address: ADDRESS.into(), driver: "vfio-pci".into() })?;
    let open = |way| Command::Open { address: ADDRESS.into(), way };
    let as_group = Opened { way: Way::Group, size: SIZE, can_reset: true };

    equal("open by group", &guest.ask::<Opened>(&open(Way::Group))?, &as_group)?;
    let through_group = guest.bytes(&Command::Config(ADDRESS.into()))?;
    equal("PASID by group", &guest.ask::<Option<Pasid>>(&Command::Pasid(ADDRESS.into()))?, &None)?;
    let busy = guest.error(&open(Way::Group))?;
    contains(
        "opening the group twice",
        &busy,
        &["`open` on `/dev/vfio/", "EBUSY", "another process has the group open"],
    )?;
    guest.ask::<()>(&Command::Close(ADDRESS.into()))?;

    guest.ask::<String>(&Command::Shell("mv /dev/iommu /dev/hidden".into()))?;
    let without_iommufd = guest.error(&open(Way::Automatic))?;
    contains(
        "without iommufd",
        &without_iommufd,
        &["`open` on `/dev/iommu`", "ENOENT", "modprobe iommufd", "legacy group"],
    )?;

    guest.ask::<String>(&Command::Shell("rm -r /dev/vfio/devices".into()))?;
    equal("open without character devices", &guest.ask::<Opened>(&open(Way::Automatic))?, &as_group)?;
    equal("config space", &(guest.bytes(&Command::Config(ADDRESS.into()))? == through_group), &true)?;
    guest.quit()
}
