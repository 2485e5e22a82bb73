//! The program `vfio-user-proxy --device` over a live device: its client in the same guest finds PASID where the entry puts it,
//! and what it writes there goes no further. Below is the kernel's vfio-pci, and the device says what reached it.

use quirk_live_protocol::{Command, Opened, Way, to_hex};

use super::quirkc::{QUIRKS, ran};
use crate::bench::Bench;
use crate::failure::{Failure, contains, ensure, equal};
use crate::guest::Guest;
use crate::image::{Image, SIZE};
use crate::server::ConfigWrite;

const ADDRESS: &str = "0000:01:00.0";
const UNBOUND: &str = "0000:02:00.0";
const SOCKET: &str = "/tmp/proxy.sock";
const PASID: u16 = 0x400;
const SCRATCH: u16 = 0x300;

pub(crate) fn run(bench: &Bench<'_>) -> Result<(), Failure> {
    let device = bench.serve("device", &Image::with_pasid(0x0101))?;
    let unbound = bench.serve("unbound", &Image::with_pasid(0x0101))?;
    let mut guest = bench.boot(&[&device.socket, &unbound.socket])?;
    guest.ask::<()>(&Command::Bind { address: ADDRESS.into(), driver: "vfio-pci".into() })?;

    shell(
        &mut guest,
        &format!(
            "(vfio-user-proxy --device {ADDRESS} {QUIRKS} --listen {SOCKET} >/tmp/said 2>&1; echo ended $? >>/tmp/said) >/dev/null 2>&1 &"
        ),
    )?;
    // It opens the device and binds the socket right after it started.
    shell(
        &mut guest,
        "for i in $(seq 100); do grep -q -e ^serving -e ^ended /tmp/said && exit; usleep 100000; done; exit 1",
    )?;
    let said = shell(&mut guest, "cat /tmp/said")?;
    contains(
        "what it says",
        &said,
        &["PASID at 0x400 (entry), width 16, execute\n", &format!("serving at {SOCKET}\n")],
    )?;

    let (before, alone) = (device.record(), unbound.record());
    guest.ask::<()>(&Command::Connect(SOCKET.into()))?;
    let listed: Vec<(u16, u16)> = guest.ask(&Command::SocketList(SOCKET.into()))?;
    equal("the list", &listed, &vec![(0x100, 0x0001), (0x200, 0x000f), (0x220, 0x0013), (PASID, 0x001b)])?;
    let seen = config(&mut guest)?;
    equal("size", &seen.len(), &SIZE)?;
    let at = usize::from(PASID);
    equal("the capability", &seen[at..at + 8], &[0x1b, 0x00, 0x01, 0x00, 0x02, 0x10, 0x00, 0x00][..])?;
    equal("the scratch register", &seen[SCRATCH.into()..][..4], &0xdead_0300_u32.to_le_bytes()[..])?;

    write(&mut guest, PASID + 6, &[0xff, 0xff])?;
    write(&mut guest, PASID, &[0xff; 6])?;
    equal(
        "control, and all before it",
        &config(&mut guest)?[at..at + 8],
        &[0x1b, 0x00, 0x01, 0x00, 0x02, 0x10, 0x03, 0x00][..],
    )?;
    equal("what reached the device", &device.record().writes[before.writes.len()..], &[][..])?;
    write(&mut guest, SCRATCH, &[1, 2, 3, 4])?;
    let through = ConfigWrite { offset: SCRATCH.into(), data: vec![1, 2, 3, 4] };
    equal("what reached the device in the end", &device.record().writes[before.writes.len()..], &[through][..])?;

    in_the_way(&mut guest)?;
    equal("resets", &device.record().resets, &before.resets)?;
    equal("what was done to a device on no driver", &unbound.record(), &alone)?;

    guest.ask::<()>(&Command::Disconnect(SOCKET.into()))?;
    shell(&mut guest, "for i in $(seq 100); do grep -q ^ended /tmp/said && exit; usleep 100000; done; exit 1")?;
    let said = shell(&mut guest, "cat /tmp/said")?;
    let end = "effect: PASID enabled, execute\nthe client closed the connection\nended 0\n";
    ensure(said.ends_with(end), || format!("it ended with something else than `{end}`: {said}"))?;
    // The device is free again.
    guest.ask::<Opened>(&Command::Open { address: ADDRESS.into(), way: Way::Iommufd })?;
    guest.quit()
}

/// A device that is in use, one on no driver, one on another driver, none: each error with cause and cure.
fn in_the_way(guest: &mut Guest) -> Result<(), Failure> {
    for (address, words) in [
        (ADDRESS, &["EINVAL", "another process", "stop that process"][..]),
        (UNBOUND, &["no driver is bound to it; bind it to vfio-pci"]),
        ("0000:00:01.0", &["it is bound to `pcieport`; unbind it there and bind it to vfio-pci"]),
        ("0000:7f:00.0", &["there is no PCI function at"]),
    ] {
        let line = format!("vfio-user-proxy --device {address} {QUIRKS} --listen /tmp/other.sock");
        contains(&line, &ran(guest, &line, 2)?.errors, words)?;
    }
    Ok(())
}

fn shell(guest: &mut Guest, script: &str) -> Result<String, Failure> {
    guest.ask(&Command::Shell(script.into()))
}

fn config(guest: &mut Guest) -> Result<Vec<u8>, Failure> {
    guest.bytes(&Command::SocketConfig(SOCKET.into()))
}

fn write(guest: &mut Guest, offset: u16, data: &[u8]) -> Result<(), Failure> {
    guest.ask(&Command::SocketWrite { socket: SOCKET.into(), offset, data: to_hex(data) })
}
