//! Attaching to a function like a data mover of today: with no cost for a device's dword, where the processor's share shows,
//! and with a microsecond, which is what a read of a real device takes.

use std::convert::Infallible;
use std::hint::black_box;
use std::io;
use std::time::{Duration, Instant};

use quirk_benches::harness::{Contender, compare, print};
use quirk_compiler::files::Memory;
use quirk_compiler::{Input, Options, compile};
use quirk_runtime::{ConfigAccess, ConfigRead, Database, HostPasid, Identity, Overlay, Policy, VirtualConfig};

/// `tests/hot-path` counts with the same.
const DESCRIPTION: &str = include_str!("../mover.quirk");

/// Offset, id, and what else the header says.
const CONVENTIONAL: [(u16, u32); 3] = [(0x40, 0x10), (0x80, 0x11), (0x90, 0x01)];
const EXTENDED: [(u16, u32); 7] =
    [(0x100, 0x01), (0x150, 0x18), (0x160, 0x17), (0x170, 0x02), (0x200, 0x23), (0x220, 0x0f), (0x240, 0x13)];

fn space() -> Vec<u8> {
    let mut bytes = vec![0; 4096];
    let mut put = |at: u16, dword: u32| bytes[usize::from(at)..][..4].copy_from_slice(&dword.to_le_bytes());
    put(0x00, 0x1001_fffe);
    put(0x04, 0x0010_0000);
    put(0x08, 0x0880_0001);
    put(0x34, 0x40);
    for (index, (at, id)) in CONVENTIONAL.into_iter().enumerate() {
        let next = CONVENTIONAL.get(index + 1).map_or(0, |&(next, _)| u32::from(next));
        put(at, 0x0002_0000 | next << 8 | id);
    }
    for (index, (at, id)) in EXTENDED.into_iter().enumerate() {
        let next = EXTENDED.get(index + 1).map_or(0, |&(next, _)| u32::from(next));
        put(at, next << 20 | 0x1_0000 | id);
    }
    put(0x204, 0x0180_fffe);
    put(0x208, 0x0000_0005);
    bytes
}

/// A space of which each dword costs some time.
struct Slow {
    bytes: Vec<u8>,
    dword: Duration,
}

impl ConfigRead for Slow {
    type Error = Infallible;

    fn size(&self) -> usize {
        self.bytes.len()
    }

    fn read(&self, offset: u16, buffer: &mut [u8]) -> Result<(), Infallible> {
        if !self.dword.is_zero() {
            let (start, dwords) = (Instant::now(), buffer.len().div_ceil(4) as u32);
            while start.elapsed() < self.dword * dwords {
                std::hint::spin_loop();
            }
        }
        buffer.copy_from_slice(&self.bytes[usize::from(offset)..][..buffer.len()]);
        Ok(())
    }
}

impl ConfigAccess for Slow {
    fn write(&self, _: u16, _: &[u8]) -> Result<(), Infallible> {
        Ok(())
    }
}

fn dword(read: &impl Fn(u16) -> u32, at: u16) -> u32 {
    read(at)
}

/// The least that finds a place: both lists walked once, and the bytes of what they hold marked in a map.
fn walk(read: impl Fn(u16) -> u32) -> Option<u16> {
    let mut taken = [0_u64; 16];
    let mut mark = |at: u16, length: u16| {
        for dword in at / 4..(at + length).div_ceil(4) {
            taken[usize::from(dword / 64)] |= 1 << (dword % 64);
        }
    };
    let mut at = (dword(&read, 0x34) & 0xfc) as u16;
    while at != 0 {
        let header = dword(&read, at);
        mark(at, 0x10);
        at = (header >> 8 & 0xfc) as u16;
    }
    let mut at = 0x100;
    while at != 0 {
        let header = dword(&read, at);
        mark(at, 0x30);
        at = (header >> 20 & 0xffc) as u16;
    }
    (0x100..0x3fe)
        .find(|&dword| (dword..dword + 2).all(|each: u16| taken[usize::from(each / 64)] >> (each % 64) & 1 == 0))
        .map(|dword| dword * 4)
}

/// All of the space in one read, then the same in memory.
fn snapshot(device: &Slow) -> Option<u16> {
    let mut bytes = [0; 4096];
    device.read(0, &mut bytes).ok()?;
    walk(|at| bytes.get(usize::from(at)..).and_then(<[u8]>::first_chunk).map_or(0, |dword| u32::from_le_bytes(*dword)))
}

fn one_dword(device: &Slow, at: u16) -> u32 {
    let mut bytes = [0; 4];
    let Ok(()) = device.read(at, &mut bytes);
    u32::from_le_bytes(bytes)
}

/// As Cloud Hypervisor parses a device: header registers one by one, id and next of each capability in reads of their own,
/// the bodies of MSI and MSI-X; then the extended list to see which capabilities to hide.
fn cloud_hypervisor(device: &Slow) -> usize {
    let mut found = (0..16).map(|register| one_dword(device, register * 4) as usize & 1).sum();
    let mut at = (one_dword(device, 0x34) & 0xfc) as u16;
    while at != 0 {
        let id = one_dword(device, at) & 0xff;
        match id {
            0x05 => found += one_dword(device, at) as usize & 1,
            0x11 => found += (one_dword(device, at + 4) ^ one_dword(device, at + 8)) as usize & 1,
            _ => {}
        }
        at = (one_dword(device, at) >> 8 & 0xfc) as u16;
    }
    let mut at = 0x100;
    while at != 0 {
        found += usize::from(matches!(one_dword(device, at) & 0xffff, 0x10 | 0x15));
        at = (one_dword(device, at) >> 20 & 0xffc) as u16;
    }
    found
}

/// What no attach can be faster than: the maps of an overlay, zeroed once.
fn empty_overlay() {
    black_box(&Overlay::new(black_box(4096)));
}

/// Does it as often as it is told to.
fn repeated<'a, T>(one: impl Fn() -> T + 'a) -> Box<dyn FnMut(u32) + 'a> {
    Box::new(move |times| {
        for _ in 0..times {
            black_box(one());
        }
    })
}

fn main() -> io::Result<()> {
    let inputs = vec![Input::Text("mover.quirk".into(), DESCRIPTION.to_owned())];
    let compilation = compile(inputs, &Options::default(), &Memory::default());
    let bytes = compilation.database().ok_or_else(|| io::Error::other("the description does not compile"))?;
    let databases = [Database::load(bytes).map_err(|error| io::Error::other(error.to_string()))?];
    let host = Some(HostPasid::new(20).with_execute(true).with_privileged(true));
    for nanoseconds in [0, 1000] {
        let device = Slow { bytes: space(), dword: Duration::from_nanos(nanoseconds) };
        let identity = Identity::from_header(device.bytes.first_chunk().ok_or(io::ErrorKind::InvalidData)?);
        let attach = |databases: &[Database<'_>]| {
            let Ok(config) = VirtualConfig::attach(&device, databases, &identity, host, &Policy::DEFAULT) else {
                return None;
            };
            config.decision().placement.map(|placed| placed.offset)
        };
        assert_eq!(attach(&databases), Some(0x400), "it is placed where it may be");
        assert_eq!(attach(&[]), None);
        let mut contenders = [
            Contender { name: "walk and map", run: repeated(|| walk(|at| one_dword(&device, at))) },
            Contender { name: "an overlay that owns nothing", run: repeated(empty_overlay) },
            Contender { name: "quirk, described", run: repeated(|| attach(&databases)) },
            Contender { name: "quirk, not described", run: repeated(|| attach(&[])) },
            Contender { name: "a snapshot of 4 KiB, and the walk", run: repeated(|| snapshot(&device)) },
            Contender { name: "Cloud Hypervisor's parse", run: repeated(|| cloud_hypervisor(&device)) },
        ];
        print(&format!("attach, {nanoseconds} ns for a dword of the device"), &compare(&mut contenders));
    }
    Ok(())
}
