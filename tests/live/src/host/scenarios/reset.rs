//! A reset while the device is open: it reaches the device, and the kernel brings back what it keeps, PASID among it.

use quirk_live_protocol::{Command, Opened, Pasid, Way};

use crate::bench::Bench;
use crate::failure::{Failure, ensure, equal};
use crate::image::{EXPRESS, Image};

const ADDRESS: &str = "0000:01:00.0";
/// PASID control in [`Image::with_pasid`].
const PASID_CONTROL: u16 = 0x216;
/// A register that the device resets and the kernel does not know.
const SCRATCH: u16 = 0x300;

pub(crate) fn run(bench: &Bench<'_>) -> Result<(), Failure> {
    let device = bench.serve("device", &Image::with_pasid(6))?;
    let mut guest = bench.boot(&[&device.socket])?;
    guest.ask::<()>(&Command::Bind { address: ADDRESS.into(), driver: "vfio-pci".into() })?;
    guest.ask::<Opened>(&Command::Open { address: ADDRESS.into(), way: Way::Automatic })?;
    let read = |offset, length| Command::Read { address: ADDRESS.into(), offset, length };
    let write = |offset, data: &str| Command::Write { address: ADDRESS.into(), offset, data: data.into() };
    let fresh = guest.bytes(&Command::Config(ADDRESS.into()))?;

    // Once by the request, once as a guest's driver does it: by the bit in device control, which the kernel carries out.
    let control = (EXPRESS + 8) as u16;
    for (way, reset) in [("request", Command::Reset(ADDRESS.into())), ("device control", write(control, "0080"))] {
        guest.ask::<()>(&write(SCRATCH, "78563412"))?;
        equal("the scratch register", &guest.bytes(&read(SCRATCH, 4))?, &vec![0x78, 0x56, 0x34, 0x12])?;
        let before = device.record().resets;
        guest.ask::<()>(&reset).map_err(|failure| failure.during(way))?;
        ensure(device.record().resets > before, || format!("{way}: the device was not reset"))?;
        let differs = guest.bytes(&Command::Config(ADDRESS.into()))? != fresh;
        ensure(!differs, || format!("{way}: configuration space differs after the reset"))?;
        // Its header is hidden, its bytes are not.
        equal("PASID control", &guest.bytes(&read(PASID_CONTROL, 2))?, &vec![0b111, 0])?;
        let facts = Pasid { width: 20, execute: true, privileged: true, ats_not_supported: false };
        equal("PASID", &guest.ask::<Option<Pasid>>(&Command::Pasid(ADDRESS.into()))?, &Some(facts))?;
    }
    guest.quit()
}
