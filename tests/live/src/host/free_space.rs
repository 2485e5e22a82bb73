//! Devices that say in a DVSEC where they are free, attached to through plain vfio-pci. What the guest must see is written down
//! byte by byte from `docs/free-space-dvsec.md`.

use quirk_live_protocol::{Attached, Command, Opened, Way, to_hex};

use crate::bench::Bench;
use crate::failure::{Failure, ensure, equal};
use crate::guest::Guest;
use crate::image::{Image, SIZE, VENDOR};
use crate::server::Served;

/// Extended capability ids.
pub(crate) const AER: u16 = 0x0001;
pub(crate) const ATS: u16 = 0x000f;
pub(crate) const PRI: u16 = 0x0013;
pub(crate) const PASID: u16 = 0x001b;
pub(crate) const DVSEC: u16 = 0x0023;

/// What the kernel shows of every device here before its DVSECs.
pub(crate) const SHOWN: [(u16, u16); 3] = [(0x100, AER), (0x200, ATS), (0x220, PRI)];

/// A DVSEC in hardware: where, how long, its id and form byte, its entries (offset and length).
#[derive(Clone)]
pub(crate) struct Dvsec {
    pub(crate) at: u16,
    pub(crate) length: u16,
    pub(crate) id: u16,
    pub(crate) form: u8,
    pub(crate) entries: Vec<(u16, u16)>,
}

/// A device, and what becomes of it.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) dvsecs: Vec<Dvsec>,
    pub(crate) expose: bool,
    /// Where PASID goes, if anywhere.
    pub(crate) pasid: Option<u16>,
    /// What the guest finds behind [`SHOWN`].
    pub(crate) listed: Vec<(u16, u16)>,
    /// Bytes that the guest reads, PASID apart; what it reads elsewhere is the device's.
    pub(crate) seen: Vec<(u16, Vec<u8>)>,
    /// A code that must be among the findings.
    pub(crate) finding: Option<&'static str>,
}

impl Dvsec {
    /// Puts it after the last capability in the list.
    pub(crate) fn put(&self, image: &mut Image) {
        let at = usize::from(self.at);
        image.extended(at, DVSEC, 1);
        image.put32(at + 4, u32::from(self.length) << 20 | u32::from(VENDOR));
        image.put32(at + 8, u32::from(self.form) << 16 | u32::from(self.id));
        for (index, &(offset, length)) in self.entries.iter().enumerate() {
            image.put32(at + 12 + 4 * index, u32::from(length) << 16 | u32::from(offset));
        }
    }
}

/// Bytes of a DVSEC after its header: vendor, length, id, form, and what follows.
pub(crate) fn body(length: u16, id: u16, form: u8, rest: &[(u16, u16)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(VENDOR.to_le_bytes());
    bytes.extend((length << 4).to_le_bytes());
    bytes.extend(id.to_le_bytes());
    bytes.extend([form, 0]);
    for (offset, length) in rest {
        bytes.extend(offset.to_le_bytes());
        bytes.extend(length.to_le_bytes());
    }
    bytes
}

/// Serves each device, and compares what becomes of it.
pub(crate) fn compare(bench: &Bench<'_>, cases: &[Case]) -> Result<(), Failure> {
    let serve = |(case, device): (&Case, u16)| {
        let mut image = Image::with_pasid(device);
        for dvsec in &case.dvsecs {
            dvsec.put(&mut image);
        }
        bench.serve(case.name, &image)
    };
    let devices = cases.iter().zip(0x0201..).map(serve).collect::<Result<Vec<_>, _>>()?;
    let sockets: Vec<_> = devices.iter().map(|device| device.socket.as_path()).collect();
    let mut guest = bench.boot(&sockets)?;
    for ((case, device), bus) in cases.iter().zip(&devices).zip(1..) {
        let address = format!("0000:{bus:02x}:00.0");
        one(&mut guest, &address, case, device).map_err(|failure| failure.during(case.name))?;
    }
    guest.quit()
}

fn one(guest: &mut Guest, address: &str, case: &Case, device: &Served) -> Result<(), Failure> {
    let own = || address.to_owned();
    guest.ask::<()>(&Command::Bind { address: own(), driver: "vfio-pci".into() })?;
    guest.ask::<Opened>(&Command::Open { address: own(), way: Way::Iommufd })?;
    let raw = guest.bytes(&Command::Config(own()))?;
    let written = device.record().writes.len();

    // Every device here has a slot of its own, which would do where its DVSECs do not.
    let attached: Attached = guest.ask(&Command::Attach { address: own(), native: false, expose: case.expose })?;
    let why = || format!("; {}", attached.decision);
    ensure(attached.offset == case.pasid, || format!("PASID is at {:x?}{}", attached.offset, why()))?;
    let source = case.pasid.map(|_| "dvsec");
    ensure(attached.source.as_deref() == source, || format!("the source is {:?}{}", attached.source, why()))?;
    let is_found = case.finding.is_none_or(|code| attached.findings.iter().any(|finding| finding == code));
    ensure(is_found, || format!("no finding {:?} in {:?}{}", case.finding, attached.findings, why()))?;

    let listed: Vec<(u16, u16)> = guest.ask(&Command::VirtualList(own()))?;
    equal("the guest's list", &listed, &[&SHOWN, &case.listed[..]].concat())?;
    let seen = guest.bytes(&Command::VirtualConfig(own()))?;
    let model = model(&raw, case, &listed);
    let differs: Vec<_> = (0..SIZE).filter(|&at| seen[at] != model[at]).collect();
    ensure(differs.is_empty(), || {
        let first = differs.first().copied().unwrap_or_default();
        format!(
            "differs from what the guest should see at {differs:x?}, first {:#04x} for {:#04x}",
            seen[first], model[first]
        )
    })?;

    let Some(at) = case.pasid else {
        return guest.ask::<()>(&Command::Close(own()));
    };
    let write = |offset, data: &[u8]| Command::VirtualWrite { address: own(), offset, data: to_hex(data) };
    let effects: Vec<String> = guest.ask(&write(at + 6, &[0x01, 0x00]))?;
    equal("the effect", &effects, &vec!["PASID enabled".to_owned()])?;
    // Neither what is emulated nor what is taken out of sight is the guest's to write in the device. What is left of one that
    // is exposed may be.
    guest.ask::<Vec<String>>(&write(at, &[0xff; 8]))?;
    for dvsec in case.dvsecs.iter().filter(|_| !case.expose) {
        guest.ask::<Vec<String>>(&write(dvsec.at, &[0xff; 12]))?;
    }
    equal("writes to the device", &device.record().writes[written..], &[][..])?;
    guest.ask::<()>(&Command::Detach(own()))?;
    equal("the device's bytes are as before", &(guest.bytes(&Command::Config(own()))? == raw), &true)?;
    guest.ask::<()>(&Command::Close(own()))
}

/// What the guest must read: the device's bytes, with every change written over them.
fn model(raw: &[u8], case: &Case, listed: &[(u16, u16)]) -> Vec<u8> {
    let mut model = raw.to_vec();
    let Some(at) = case.pasid else { return model };
    for (offset, bytes) in &case.seen {
        let offset = usize::from(*offset);
        model[offset..offset + bytes.len()].copy_from_slice(bytes);
    }
    let at = usize::from(at);
    // Width 20, execute and privileged, as the host has them; nothing enabled.
    model[at..at + 8].copy_from_slice(&[0x1b, 0x00, 0x01, 0x00, 0x06, 0x14, 0x00, 0x00]);
    // ATS and PRI control are the guest's own.
    model[0x206..0x208].fill(0);
    model[0x224..0x226].fill(0);
    let nexts = listed.iter().skip(1).map(|(offset, _)| *offset).chain([0]);
    for (&(offset, _), next) in listed.iter().zip(nexts) {
        let upper = usize::from(offset) + 2;
        let version = u16::from(model[upper] & 0x0f);
        model[upper..upper + 2].copy_from_slice(&(next << 4 | version).to_le_bytes());
    }
    model
}
