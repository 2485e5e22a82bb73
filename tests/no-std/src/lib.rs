//! The runtime without a standard library: a device in memory, a placement on it, accesses of a guest.
#![no_std]

use core::cell::Cell;
use core::convert::Infallible;
use core::panic::PanicInfo;

use quirk_runtime::{ConfigAccess, ConfigRead, Database, HostPasid, Identity, Operator, Policy, VirtualConfig};

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}

struct Memory([Cell<u8>; 4096]);

impl ConfigRead for Memory {
    type Error = Infallible;

    fn size(&self) -> usize {
        self.0.len()
    }

    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), Infallible> {
        for (byte, cell) in buffer.iter_mut().zip(self.0.iter().skip(usize::from(offset))) {
            *byte = cell.get();
        }
        Ok(())
    }
}

impl ConfigAccess for Memory {
    fn write(&self, offset: u16, data: &[u8]) -> Result<(), Infallible> {
        for (byte, cell) in data.iter().zip(self.0.iter().skip(usize::from(offset))) {
            cell.set(*byte);
        }
        Ok(())
    }
}

/// 0 if a guest saw what it should.
#[unsafe(no_mangle)]
pub extern "C" fn quirk_no_std_proof() -> i32 {
    i32::from(!proof().unwrap_or(false))
}

fn proof() -> Option<bool> {
    let device = Memory([const { Cell::new(0) }; 4096]);
    // A list of one conventional capability, PCI Express at 0x40, and one extended, AER at 0x100.
    device.write(0x06, &[0x10]).ok()?;
    device.write(0x34, &[0x40]).ok()?;
    device.write(0x40, &[0x10, 0x00, 0x02, 0x00]).ok()?;
    device.write(0x100, &[0x01, 0x00, 0x02, 0x00]).ok()?;
    let mut header = [0; 64];
    device.read(0, &mut header).ok()?;

    let identity = Identity::from_header(&header);
    let host = HostPasid::new(20);
    let policy = Policy::default().with_operator(Operator::Offset(0x400));
    let databases = [Database::load(Database::EMPTY.bytes()).unwrap_or(Database::EMPTY)];
    let mut config = VirtualConfig::attach(&device, &databases, &identity, Some(host), &policy).ok()?;

    let effects = config.write(0x404, &0x0007_ffff_u32.to_le_bytes()).ok()?.count();
    let mut seen = [0; 8];
    config.read(0x400, &mut seen).ok()?;
    let untouched = device.0.iter().skip(0x104).all(|byte| byte.get() == 0);
    Some(effects == 1 && seen == [0x1b, 0x00, 0x01, 0x00, 0x00, 0x14, 0x01, 0x00] && untouched)
}
