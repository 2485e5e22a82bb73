//! A device that nobody describes: VFIO shows what the device has, less what it hides and less what it makes up itself.

use quirk_live_protocol::{Command, Opened, Pasid, Way};

use crate::bench::Bench;
use crate::failure::{Failure, equal};
use crate::image::{Image, SIZE, VENDOR};

/// Without PASID.
const PLAIN: &str = "0000:01:00.0";
/// With PASID, enabled by the kernel.
const CAPABLE: &str = "0000:02:00.0";

pub(crate) fn run(bench: &Bench<'_>) -> Result<(), Failure> {
    let plain = bench.serve("plain", &plain_image())?;
    let capable = bench.serve("capable", &Image::with_pasid(2))?;
    let mut guest = bench.boot(&[&plain.socket, &capable.socket])?;
    for address in [PLAIN, CAPABLE] {
        guest.ask::<()>(&Command::Bind { address: address.into(), driver: "vfio-pci".into() })?;
        let opened: Opened = guest.ask(&Command::Open { address: address.into(), way: Way::Automatic })?;
        equal("open", &opened, &Opened { way: Way::Iommufd, size: SIZE, can_reset: true })?;
    }

    let through_vfio = guest.bytes(&Command::Config(PLAIN.into()))?;
    let through_sysfs = guest.bytes(&Command::SysfsConfig(PLAIN.into()))?;
    equal("differences of a plain device", &differences(&through_vfio, &through_sysfs), &Vec::new())?;
    equal("PASID of a plain device", &guest.ask::<Option<Pasid>>(&Command::Pasid(PLAIN.into()))?, &None)?;

    let through_vfio = guest.bytes(&Command::Config(CAPABLE.into()))?;
    let through_sysfs = guest.bytes(&Command::SysfsConfig(CAPABLE.into()))?;
    // PASID at 0x210 is unlinked: the Next of ATS at 0x200, in the upper half of its header, leads past it.
    let unlinked = vec![(0x203, 0x22, 0x21)];
    equal("differences of a device with PASID", &differences(&through_vfio, &through_sysfs), &unlinked)?;
    let facts = Pasid { width: 20, execute: true, privileged: true, ats_not_supported: false };
    equal("PASID", &guest.ask::<Option<Pasid>>(&Command::Pasid(CAPABLE.into()))?, &Some(facts))?;
    guest.quit()
}

fn plain_image() -> Image {
    let mut image = Image::endpoint(VENDOR, 1);
    image.extended(0x100, 0x0001, 2);
    image
}

/// Every byte that VFIO and sysfs show differently: offset, VFIO's, sysfs's.
fn differences(through_vfio: &[u8], through_sysfs: &[u8]) -> Vec<(usize, u8, u8)> {
    let pairs = through_vfio.iter().zip(through_sysfs).enumerate();
    pairs.filter(|(_, (left, right))| left != right).map(|(at, (&left, &right))| (at, left, right)).collect()
}
