//! The device's server dies under an open device: every call ends, and none of them lies about it.

use quirk_live_protocol::{Command, Opened, Way, to_hex};

use crate::bench::Bench;
use crate::failure::{Failure, contains, ensure, equal};
use crate::image::Image;

const ADDRESS: &str = "0000:01:00.0";
/// A capability's header, which the kernel answers from its own copy.
const HEADER: u16 = 0x200;
/// A register that only the device knows.
const SCRATCH: u16 = 0x300;

pub(crate) fn run(bench: &Bench<'_>) -> Result<(), Failure> {
    let (socket, mut server) = bench.serve_apart("device", &Image::with_pasid(7))?;
    let mut guest = bench.boot(&[&socket])?;
    let read = |offset| Command::Read { address: ADDRESS.into(), offset, length: 4 };
    guest.ask::<()>(&Command::Bind { address: ADDRESS.into(), driver: "vfio-pci".into() })?;
    guest.ask::<Opened>(&Command::Open { address: ADDRESS.into(), way: Way::Automatic })?;
    let header = guest.bytes(&read(HEADER))?;
    equal("the scratch register", &guest.bytes(&read(SCRATCH))?, &vec![0x00, 0x03, 0xad, 0xde])?;

    server.kill().and_then(|()| server.wait()).map_err(Failure::io("server"))?;

    // As on hardware: the bus answers with all ones, and the kernel passes that on without an error.
    equal("the scratch register", &to_hex(&guest.bytes(&read(SCRATCH))?), &"ffffffff".to_owned())?;
    equal("a header that the kernel keeps", &guest.bytes(&read(HEADER))?, &header)?;
    let write = Command::Write { address: ADDRESS.into(), offset: SCRATCH, data: "00000000".into() };
    guest.ask::<()>(&write)?;
    let reset = guest.error(&Command::Reset(ADDRESS.into()))?;
    contains("the reset", &reset, &["`ioctl(VFIO_DEVICE_RESET)`", "no reset of one function, or does not answer"])?;
    guest.ask::<()>(&Command::Close(ADDRESS.into()))?;
    // QEMU may end in an error of its own by now; the guest still has to come to its end.
    let (_, console) = guest.power_off()?;
    ensure(console.contains("reboot: Power down"), || "the guest did not power off in good order".into())
}
