//! A driver shared by several devices shows their free-space DVSECs, from the C table that quirkc compiled. Beside each stands
//! its twin with the DVSEC in hardware, on plain vfio-pci: user space sees no difference, and PASID is placed alike on both.
//! The driver tells of PASID too, as a device feature with a private index.

use quirk_live_protocol::{Attached, Command, Opened, Pasid, Way, to_hex};

use crate::bench::Bench;
use crate::failure::{Failure, contains, ensure, equal};
use crate::free_space::{AER, ATS, PASID, PRI};
use crate::guest::Guest;
use crate::image::Image;
use crate::server::Served;

const DRIVER: &str = "quirk-vfio-pci";
const ONE_GAP: &str = "0000:01:00.0";
const GAP_TABLE: &str = "0000:02:00.0";
const UNKNOWN: &str = "0000:03:00.0";
const ONE_GAP_TWIN: &str = "0000:04:00.0";
const GAP_TABLE_TWIN: &str = "0000:05:00.0";

/// An index that Linux has not assigned.
const PASID_FEATURE: u16 = 0x7001;

/// The last capability that VFIO shows of these devices, and where both DVSECs are, as `devices.quirk` has it.
const LAST: u16 = 0x220;
const DVSEC: u16 = 0x400;

pub(crate) fn run(bench: &Bench<'_>) -> Result<(), Failure> {
    // What the table says, as bytes: id 0x23, version 1, no next; vendor, revision, length; id, form; entries.
    let header = [0x23, 0x00, 0x01, 0x00];
    let gap = [&header[..], &[0xfe, 0xff, 0x00, 0x10], &[0x01, 0x00, 0x01, 0x00]].concat();
    let entries = [[0x14, 0x04, 0x0c, 0x00], [0x00, 0x08, 0x00, 0x01]].concat();
    let table = [&header[..], &[0xfe, 0xff, 0x40, 0x01], &[0x02, 0x00, 0x02, 0x00], &entries].concat();

    let one_gap = bench.serve("one-gap", &Image::with_pasid(0x3001))?;
    let gap_table = bench.serve("gap-table", &Image::with_pasid(0x3002))?;
    let unknown = bench.serve("unknown", &Image::with_pasid(0x3003))?;
    let one_gap_twin = bench.serve("one-gap-twin", &in_hardware(0x3001, &gap))?;
    let gap_table_twin = bench.serve("gap-table-twin", &in_hardware(0x3002, &table))?;
    let devices = [&one_gap, &gap_table, &unknown, &one_gap_twin, &gap_table_twin];
    let mut guest = bench.boot(&devices.map(|device| device.socket.as_path()))?;
    let load = format!("insmod /lib/quirk_vfio_pci.ko pasid_feature={PASID_FEATURE}");
    guest.ask::<String>(&Command::Shell(load))?;

    for (address, device, dvsec, length) in [(ONE_GAP, &one_gap, gap, 0x100), (GAP_TABLE, &gap_table, table, 0x14)] {
        shows(&mut guest, address, device, &dvsec, length).map_err(|failure| failure.during(address))?;
    }
    // PASID takes the gap from its start; beside a table, the first entry that the table lists.
    for (address, twin, offset) in [(ONE_GAP, ONE_GAP_TWIN, 0x400), (GAP_TABLE, GAP_TABLE_TWIN, 0x414)] {
        same(&mut guest, address, twin, offset).map_err(|failure| failure.during(address))?;
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
    ensure(behind.iter().all(|&byte| byte == 0), || "after the DVSEC's header not all bytes are 0".into())?;
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

/// The device with the DVSEC in hardware.
fn in_hardware(device: u16, dvsec: &[u8]) -> Image {
    let mut image = Image::with_pasid(device);
    image.extended(DVSEC.into(), 0x0023, 1);
    for (at, dword) in dvsec.chunks_exact(4).enumerate().skip(1) {
        image.put32(usize::from(DVSEC) + 4 * at, u32::from_le_bytes([dword[0], dword[1], dword[2], dword[3]]));
    }
    image
}

/// Through the driver and in hardware: the same bytes, the same decision, the same virtual configuration.
fn same(guest: &mut Guest, address: &str, twin: &str, offset: u16) -> Result<(), Failure> {
    guest.ask::<()>(&Command::Bind { address: twin.into(), driver: "vfio-pci".into() })?;
    guest.ask::<Opened>(&Command::Open { address: twin.into(), way: Way::Automatic })?;
    let bytes = [address, twin].map(|address| guest.bytes(&Command::Config(address.into())));
    let [through_driver, in_hardware] = bytes;
    ensure(through_driver? == in_hardware?, || "the driver's device differs from the one in hardware".into())?;

    let attach = |address: &str| Command::Attach { address: address.into(), native: true, expose: false };
    let attached: Attached = guest.ask(&attach(address))?;
    equal("where PASID is", &(attached.offset, attached.source.as_deref()), &(Some(offset), Some("dvsec")))?;
    equal("the decision", &attached, &guest.ask::<Attached>(&attach(twin))?)?;
    let seen = [address, twin].map(|address| guest.bytes(&Command::VirtualConfig(address.into())));
    let [through_driver, in_hardware] = seen;
    ensure(through_driver? == in_hardware?, || "their virtual configurations differ".into())?;
    let listed: Vec<(u16, u16)> = guest.ask(&Command::VirtualList(address.into()))?;
    equal("the guest's list", &listed, &vec![(0x100, AER), (0x200, ATS), (0x220, PRI), (offset, PASID)])
}

fn feature(guest: &mut Guest, address: &str, index: u16) -> Result<Option<Pasid>, Failure> {
    guest.ask(&Command::PasidFeature { address: address.into(), index })
}
