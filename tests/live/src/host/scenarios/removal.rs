//! Removing an open device: the request event arrives, the program closes, the removal ends, and the device can come back.

use quirk_live_protocol::{Command, Listed, Opened, Way};

use crate::bench::Bench;
use crate::failure::{Failure, contains, ensure};
use crate::image::Image;

const ADDRESS: &str = "0000:01:00.0";

pub(crate) fn run(bench: &Bench<'_>) -> Result<(), Failure> {
    let device = bench.serve("device", &Image::with_pasid(5))?;
    let mut guest = bench.boot(&[&device.socket])?;
    let bind = Command::Bind { address: ADDRESS.into(), driver: "vfio-pci".into() };
    let open = Command::Open { address: ADDRESS.into(), way: Way::Automatic };
    guest.ask::<()>(&bind)?;
    guest.ask::<Opened>(&open)?;
    guest.ask::<()>(&Command::WatchRemoval(ADDRESS.into()))?;
    let early: bool = guest.ask(&Command::AwaitRemoval { address: ADDRESS.into(), seconds: 0 })?;
    ensure(!early, || "the request came before anybody asked".into())?;

    let path = format!("/sys/bus/pci/devices/{ADDRESS}/remove");
    guest.ask::<()>(&Command::WriteInBackground { path, text: "1".into() })?;
    let asked: bool = guest.ask(&Command::AwaitRemoval { address: ADDRESS.into(), seconds: 30 })?;
    ensure(asked, || "no request event in 30 s".into())?;
    let removed: bool = guest.ask(&Command::AwaitBackground { seconds: 1 })?;
    ensure(!removed, || "the removal did not wait for the open device".into())?;
    guest.bytes(&Command::Config(ADDRESS.into()))?;

    guest.ask::<()>(&Command::Close(ADDRESS.into()))?;
    let removed: bool = guest.ask(&Command::AwaitBackground { seconds: 30 })?;
    ensure(removed, || "the removal did not end after the device was closed".into())?;
    let gone = |listed: &[Listed]| listed.iter().all(|function| function.address != ADDRESS);
    ensure(gone(&guest.ask::<Vec<_>>(&Command::List)?), || "the device is still listed".into())?;
    contains("opening it again", &guest.error(&open)?, &["there is no PCI function at `0000:01:00.0`"])?;

    guest.ask::<String>(&Command::Shell("echo 1 >/sys/bus/pci/rescan".into()))?;
    guest.ask::<()>(&bind)?;
    guest.ask::<Opened>(&open)?;
    guest.quit()
}
