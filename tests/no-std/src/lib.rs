//! The runtime without a standard library: a device in memory, an overlay on it, accesses of a guest.
#![no_std]

use core::cell::Cell;
use core::convert::Infallible;
use core::panic::PanicInfo;

use quirk_runtime::{ConfigAccess, Overlay};

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}

struct Memory([Cell<u8>; 4096]);

impl ConfigAccess for Memory {
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
    let mut overlay = Overlay::new(device.size());
    overlay.own(0x400, &[0x1b, 0x00, 0x01, 0x00, 0x00, 0x14], quirk_runtime::tables::WriteClass::Ro).ok()?;
    overlay.own_pasid_control(0x406, false, false).ok()?;
    let effects = overlay.write(&device, 0x404, &0x0007_ffff_u32.to_le_bytes()).ok()?.count();
    let mut seen = [0; 8];
    overlay.read(&device, 0x400, &mut seen).ok()?;
    let untouched = device.0.iter().all(|byte| byte.get() == 0);
    Some(effects == 1 && seen == [0x1b, 0x00, 0x01, 0x00, 0x00, 0x14, 0x01, 0x00] && untouched)
}
