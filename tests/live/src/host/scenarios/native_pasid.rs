//! A device whose PASID the kernel hides, under plain vfio-pci: the facts come from the kernel, the slot is found, and PASID is
//! shown there or in free space. The device below does not notice.

use quirk_live_protocol::{Attached, Command, Opened, Pasid, Way};

use crate::bench::Bench;
use crate::failure::{Failure, contains, equal};
use crate::guest::Guest;
use crate::image::{Image, SIZE};
use crate::server::Served;

const PASID: u16 = 0x001b;
/// Where [`Image::with_pasid`] has it.
const SLOT: u16 = 0x210;

/// A device, and what becomes of it.
struct Case {
    label: &'static str,
    device: u16,
    offset: u16,
    source: &'static str,
    /// The bytes of the capability that the guest reads, control apart.
    capability: [u8; 6],
    /// The words of the effect when the guest sets all bits of control, and what it then reads.
    effect: &'static str,
    control: u16,
}

const CASES: [Case; 3] = [
    Case {
        label: "listed",
        device: 0x0102,
        offset: SLOT,
        source: "entry",
        capability: [0x1b, 0x00, 0x01, 0x00, 0x06, 0x14],
        effect: "PASID enabled, execute, privileged",
        control: 0b111,
    },
    Case {
        label: "free",
        device: 0x0101,
        offset: 0x400,
        source: "entry",
        capability: [0x1b, 0x00, 0x01, 0x00, 0x02, 0x10],
        effect: "PASID enabled, execute",
        control: 0b011,
    },
    Case {
        label: "nobody-describes-it",
        device: 0x0103,
        offset: SLOT,
        source: "native",
        capability: [0x1b, 0x00, 0x01, 0x00, 0x06, 0x14],
        effect: "PASID enabled, execute, privileged",
        control: 0b111,
    },
];

pub(crate) fn run(bench: &Bench<'_>) -> Result<(), Failure> {
    let serve = |case: &Case| bench.serve(case.label, &Image::with_pasid(case.device));
    let devices = CASES.iter().map(serve).collect::<Result<Vec<_>, _>>()?;
    let sockets: Vec<_> = devices.iter().map(|device| device.socket.as_path()).collect();
    let mut guest = bench.boot(&sockets)?;
    for ((case, device), bus) in CASES.iter().zip(&devices).zip(1..) {
        let address = format!("0000:{bus:02x}:00.0");
        one(&mut guest, &address, case, device).map_err(|failure| failure.during(case.label))?;
    }
    guest.quit()
}

fn one(guest: &mut Guest, address: &str, case: &Case, device: &Served) -> Result<(), Failure> {
    let own = || address.to_owned();
    let write =
        |offset, data: &[u8]| Command::VirtualWrite { address: own(), offset, data: quirk_live_protocol::to_hex(data) };
    guest.ask::<()>(&Command::Bind { address: own(), driver: "vfio-pci".into() })?;
    guest.ask::<Opened>(&Command::Open { address: own(), way: Way::Iommufd })?;
    let facts = Pasid { width: 20, execute: true, privileged: true, ats_not_supported: false };
    equal("PASID", &guest.ask::<Option<Pasid>>(&Command::Pasid(own()))?, &Some(facts))?;
    let raw = guest.bytes(&Command::Config(own()))?;
    let written = device.record().writes.len();

    let attached: Attached = guest.ask(&Command::Attach { address: own(), native: true, expose: false })?;
    equal("hidden by the kernel", &attached.hidden, &vec![(SLOT, PASID)])?;
    equal("placement", &attached.offset, &Some(case.offset))?;
    equal("source", &attached.source.as_deref(), &Some(case.source))?;
    contains("the decision", &attached.decision, &["chosen"])?;

    // After the last one that the kernel shows.
    let listed: Vec<(u16, u16)> = guest.ask(&Command::VirtualList(own()))?;
    let expected = vec![(0x100, 0x0001), (0x200, 0x000f), (0x220, 0x0013), (case.offset, PASID)];
    equal("the guest's list", &listed, &expected)?;
    let seen = guest.bytes(&Command::VirtualConfig(own()))?;
    let mut model = raw.clone();
    let at = usize::from(case.offset);
    model[at..at + 6].copy_from_slice(&case.capability);
    model[at + 6..at + 8].fill(0);
    // Next, above the version.
    model[0x222..0x224].copy_from_slice(&(case.offset << 4 | 1).to_le_bytes());
    // ATS and PRI control are the guest's own.
    model[0x206..0x208].fill(0);
    model[0x224..0x226].fill(0);
    let differs: Vec<_> = (0..SIZE).filter(|&at| seen[at] != model[at]).collect();
    equal("bytes that differ from what the guest should see", &differs, &Vec::new())?;

    let effects: Vec<String> = guest.ask(&write(case.offset + 6, &[0xff, 0xff]))?;
    equal("the effect", &effects, &vec![case.effect.to_owned()])?;
    let seen = guest.bytes(&Command::VirtualConfig(own()))?;
    equal("control", &seen[at + 6..at + 8], &case.control.to_le_bytes()[..])?;
    guest.ask::<Vec<String>>(&write(case.offset, &[0xff; 6]))?;
    equal("header and register after a write", &guest.bytes(&Command::VirtualConfig(own()))?, &seen)?;

    equal("writes to the device", &device.record().writes[written..], &[][..])?;
    guest.ask::<()>(&Command::Detach(own()))?;
    equal("the device's bytes are as before", &(guest.bytes(&Command::Config(own()))? == raw), &true)?;
    guest.ask::<()>(&Command::Close(own()))
}
