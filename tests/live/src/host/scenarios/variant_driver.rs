//! A driver shared by several devices shows their free-space DVSECs, from the C table that quirkc compiled; user space
//! cannot tell them from hardware. It tells of PASID too, as a device feature with a private index.

use quirk_live_protocol::{Command, Opened, Pasid, Way, to_hex};

use crate::bench::Bench;
use crate::failure::{Failure, contains, ensure, equal};
use crate::guest::Guest;
use crate::image::Image;
use crate::server::Served;

const DRIVER: &str = "quirk-vfio-pci";
const ONE_GAP: &str = "0000:01:00.0";
const GAP_TABLE: &str = "0000:02:00.0";
const UNKNOWN: &str = "0000:03:00.0";

/// An index that Linux has not assigned.
const PASID_FEATURE: u16 = 0x7001;

/// The last capability that VFIO shows of these devices, and where both DVSECs are, as `devices.quirk` has it.
const LAST: u16 = 0x220;
const DVSEC: u16 = 0x400;

pub(crate) fn run(bench: &Bench<'_>) -> Result<(), Failure> {
    let one_gap = bench.serve("one-gap", &Image::with_pasid(0x3001))?;
    let gap_table = bench.serve("gap-table", &Image::with_pasid(0x3002))?;
    let unknown = bench.serve("unknown", &Image::with_pasid(0x3003))?;
    let mut guest = bench.boot(&[&one_gap.socket, &gap_table.socket, &unknown.socket])?;
    let load = format!("insmod /lib/quirk_vfio_pci.ko pasid_feature={PASID_FEATURE}");
    guest.ask::<String>(&Command::Shell(load))?;

    // What the table says, as bytes: id 0x23, version 1, no next; vendor, revision, length; id, form; entries.
    let header = [0x23, 0x00, 0x01, 0x00];
    let gap = [&header[..], &[0xfe, 0xff, 0x00, 0x10], &[0x01, 0x00, 0x01, 0x00]].concat();
    let entries = [[0x14, 0x04, 0x0c, 0x00], [0x00, 0x08, 0x00, 0x01]].concat();
    let table = [&header[..], &[0xfe, 0xff, 0x40, 0x01], &[0x02, 0x00, 0x02, 0x00], &entries].concat();
    for (address, device, dvsec, length) in [(ONE_GAP, &one_gap, gap, 0x100), (GAP_TABLE, &gap_table, table, 0x14)] {
        shows(&mut guest, address, device, &dvsec, length).map_err(|failure| failure.during(address))?;
    }

    // The driver has no description of this one, and does not take it.
    let refused = guest.error(&Command::Bind { address: UNKNOWN.into(), driver: DRIVER.into() })?;
    contains("binding a device that nobody describes", &refused, &[DRIVER])?;
    guest.ask::<()>(&Command::Bind { address: UNKNOWN.into(), driver: "vfio-pci".into() })?;
    guest.ask::<Opened>(&Command::Open { address: UNKNOWN.into(), way: Way::Automatic })?;
    equal("the feature with vfio-pci", &feature(&mut guest, UNKNOWN, PASID_FEATURE)?, &None)?;
    guest.quit()
}

/// The device shows the DVSEC at the end of its list, and no write reaches the bytes under it.
fn shows(guest: &mut Guest, address: &str, device: &Served, dvsec: &[u8], length: usize) -> Result<(), Failure> {
    guest.ask::<()>(&Command::Bind { address: address.into(), driver: DRIVER.into() })?;
    guest.ask::<Opened>(&Command::Open { address: address.into(), way: Way::Automatic })?;
    let hidden = guest.bytes(&Command::SysfsConfig(address.into()))?;
    let shown = guest.bytes(&Command::Config(address.into()))?;
    let at = usize::from(DVSEC);
    equal("the DVSEC", &shown[at..at + dvsec.len()].to_vec(), &dvsec.to_vec())?;
    let behind = &shown[at + dvsec.len()..at + length];
    ensure(behind.iter().all(|&byte| byte == 0), || "behind the DVSEC's header not all bytes are 0".into())?;
    let last = usize::from(LAST);
    let next = (u16::from_le_bytes([shown[last + 2], shown[last + 3]]) >> 4) & 0xffc;
    equal("Next of the last capability", &next, &DVSEC)?;
    // The kernel unlinks PASID at 0x210; everything else is as sysfs has it.
    let changed = |offset: &usize| shown[*offset] != hidden[*offset];
    let elsewhere: Vec<_> =
        (0..shown.len()).filter(changed).filter(|offset| !(at..at + length).contains(offset)).collect();
    equal("bytes that differ elsewhere", &elsewhere, &vec![0x203, last + 3])?;

    let before = device.record().writes.len();
    for (offset, bytes) in [(DVSEC, 4), (DVSEC + 2, 8), (LAST + 2, 2), (DVSEC + 0x10, 4)] {
        let data = to_hex(&vec![0xa5; bytes]);
        guest.ask::<()>(&Command::Write { address: address.into(), offset, data })?;
    }
    let over = |write: &&crate::server::ConfigWrite| {
        let end = write.offset + write.data.len();
        (write.offset < at + length && at < end) || (write.offset < last + 4 && last + 2 < end)
    };
    equal("writes that reached the device", &device.record().writes[before..].iter().filter(over).count(), &0)?;
    equal("configuration space", &(guest.bytes(&Command::Config(address.into()))? == shown), &true)?;

    let facts = Pasid { width: 20, execute: true, privileged: true, ats_not_supported: false };
    equal("PASID from the feature", &feature(guest, address, PASID_FEATURE)?, &Some(facts))?;
    equal("another feature", &feature(guest, address, PASID_FEATURE + 1)?, &None)
}

fn feature(guest: &mut Guest, address: &str, index: u16) -> Result<Option<Pasid>, Failure> {
    guest.ask(&Command::PasidFeature { address: address.into(), index })
}
