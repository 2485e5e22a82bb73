//! vfio-pci refuses a device on its denylist; the error says so and how to go on, and that way works.

use quirk_live_protocol::{Command, Opened, Way};

use crate::bench::Bench;
use crate::failure::{Failure, contains, equal};
use crate::image::{Image, SIZE};

const ADDRESS: &str = "0000:01:00.0";

pub(crate) fn run(bench: &Bench<'_>) -> Result<(), Failure> {
    // The ids of a device on the list, and nothing else of it.
    let image = Image::endpoint(0x8086, 0x0b25);
    let bind = Command::Bind { address: ADDRESS.into(), driver: "vfio-pci".into() };
    let open = Command::Open { address: ADDRESS.into(), way: Way::Automatic };

    let device = bench.serve("refused", &image)?;
    let mut guest = bench.boot(&[&device.socket])?;
    contains(
        "binding",
        &guest.error(&bind)?,
        &["drivers/vfio-pci/bind", "EINVAL", "denylist", "`disable_denylist=1`"],
    )?;
    contains("opening", &guest.error(&open)?, &["no driver is bound to it", "denylist", "`disable_denylist=1`"])?;
    let wish = guest.ask::<String>(&Command::Shell(format!("cat /sys/bus/pci/devices/{ADDRESS}/driver_override")))?;
    equal("driver_override after the refusal", &wish.trim(), &"(null)")?;
    guest.quit()?;

    let device = bench.serve("allowed", &image)?;
    let mut guest = bench.boot_with(&[&device.socket], "vfio-pci.disable_denylist=1")?;
    guest.ask::<()>(&bind)?;
    equal("open", &guest.ask(&open)?, &Opened { way: Way::Iommufd, size: SIZE, can_reset: true })?;
    guest.quit()
}
