//! One access of a guest: emulated, passed through and mixed, read and written.

use std::hint::black_box;
use std::io;

use quirk_benches::harness::{Contender, compare, print};
use quirk_benches::peers::{Design, GuestConfig};
use quirk_benches::scene::{self, MIXED, PASID, RAW};

/// One kind of access.
#[derive(Clone, Copy)]
enum Access {
    Read(u16, usize),
    Write(u16, usize),
}

fn contender<'a>(name: &'a str, mut config: impl GuestConfig + 'a, access: Access) -> Contender<'a> {
    let run: Box<dyn FnMut(u32)> = match access {
        Access::Read(offset, size) => Box::new(move |times| {
            let mut buffer = [0; 8];
            for _ in 0..times {
                config.read(black_box(offset), &mut buffer[..black_box(size)]);
                black_box(&buffer);
            }
        }),
        Access::Write(offset, size) => Box::new(move |times| {
            let data = [0x05, 0, 0x05, 0, 0, 0, 0, 0];
            for _ in 0..times {
                config.write(black_box(offset), &black_box(&data)[..black_box(size)]);
            }
        }),
    };
    Contender { name, run }
}

fn main() -> io::Result<()> {
    let accesses = [
        ("emulated read, 4 bytes", Access::Read(PASID + 4, 4)),
        ("emulated read, 1 byte", Access::Read(PASID + 4, 1)),
        ("emulated read, 2 bytes", Access::Read(PASID + 4, 2)),
        ("emulated write, 4 bytes", Access::Write(PASID, 4)),
        ("emulated write, PASID control", Access::Write(PASID + 6, 2)),
        ("passed-through read, 4 bytes", Access::Read(RAW, 4)),
        ("mixed read, 4 bytes", Access::Read(MIXED, 4)),
        ("passed-through write, 4 bytes", Access::Write(RAW, 4)),
        ("mixed write, 4 bytes", Access::Write(MIXED, 4)),
    ];
    for (title, access) in accesses {
        let outcomes = compare(&mut [
            contender("flat maps", scene::flat()?, access),
            contender("quirk", scene::quirk()?, access),
            contender("OpenVMM's design", scene::openvmm()?, access),
            contender("QEMU's design", scene::qemu()?, access),
            contender("crosvm's design", scene::crosvm()?, access),
            contender("Cloud Hypervisor's design, August 2026", scene::cloud_hypervisor(Design::Walking)?, access),
            contender("Cloud Hypervisor's design, since #8790", scene::cloud_hypervisor(Design::Patching)?, access),
        ]);
        print(title, &outcomes);
    }
    Ok(())
}
