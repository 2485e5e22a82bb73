//! One kind of access of a guest, or attaching to a function, done so many times: `run` counts the instructions. Of a type, its size.

mod attach;
mod memory;

use std::hint::black_box;
use std::process::ExitCode;

use quirk_runtime::tables::WriteClass;
use quirk_runtime::{Overlay, VirtualConfig};

use memory::Memory;

/// Where PASID is, a dword of which two bytes are emulated, and one that the device answers.
const PASID: u16 = 0x400;
const MIXED: u16 = 0x500;
const RAW: u16 = 0x600;

/// The counter looks at this function and what it calls.
#[inline(never)]
fn counted_reads(overlay: &Overlay, device: &Memory, offset: u16, times: u32) {
    for _ in 0..times {
        let mut buffer = [0; 4];
        let result = overlay.read(device, black_box(offset), &mut buffer);
        // Looked at where they are: to put them together would be counted.
        black_box(&buffer);
        black_box(result.is_ok());
    }
}

/// The counter looks at this function and what it calls.
#[inline(never)]
fn counted_writes(overlay: &mut Overlay, device: &Memory, offset: u16, times: u32) {
    for _ in 0..times {
        if let Ok(effects) = overlay.write(device, black_box(offset), black_box(&[0x05, 0, 0x05, 0])) {
            effects.for_each(|effect| {
                black_box(effect);
            });
        }
    }
}

fn overlay() -> Option<Overlay> {
    let mut overlay = Overlay::new(4096);
    overlay.own(PASID, &[0x1b, 0x00, 0x01, 0x00, 0x06, 0x14], WriteClass::Ro).ok()?;
    overlay.own_pasid_control(PASID + 6, true, true).ok()?;
    overlay.own(MIXED + 2, &[0xab, 0xcd], WriteClass::Ro).ok()?;
    Some(overlay)
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (Some(mut overlay), [kind, times]) = (overlay(), &arguments[..]) else { return ExitCode::from(2) };
    let device = Memory::of([0x55; 4096]);
    let times = times.parse().unwrap_or(0);
    match kind.as_str() {
        "emulated-read" => counted_reads(&overlay, &device, PASID, times),
        "mixed-read" => counted_reads(&overlay, &device, MIXED, times),
        "passed-read" => counted_reads(&overlay, &device, RAW, times),
        "emulated-write" => counted_writes(&mut overlay, &device, PASID, times),
        "control-write" => counted_writes(&mut overlay, &device, PASID + 4, times),
        "mixed-write" => counted_writes(&mut overlay, &device, MIXED, times),
        "passed-write" => counted_writes(&mut overlay, &device, RAW, times),
        "attach-undescribed" => attach::counted_attaches(&memory::device(), &[], times),
        "attach-described" => attach::counted_attaches(&memory::device(), &[attach::DATABASE], times),
        "Overlay" => println!("{}", size_of::<Overlay>()),
        "VirtualConfig" => println!("{}", size_of::<VirtualConfig<'_, &Memory>>()),
        _ => return ExitCode::from(2),
    }
    ExitCode::SUCCESS
}
