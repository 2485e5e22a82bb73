//! How little attaching reads: device dwords and accesses, counted on spaces made here and on recorded ones.
//!
//! `QUIRK_CORPUS` names the folder of recordings; without it that test says that it was skipped.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

use std::path::PathBuf;

use quirk_kit::Recorder;
use quirk_runtime::{
    ConfigRead, HostPasid, Identity, Image, Kernel, Native, Operator, Policy, VirtualConfig, vfio_view,
};

const HOST: HostPasid = HostPasid::new(20).with_execute(true).with_privileged(true);

/// How many dwords vfio-pci would read of the device, in how many accesses.
fn counted(device: &Recorder) -> (usize, usize) {
    let reads = device.reads();
    let dwords = |&(at, length): &(u16, usize)| (usize::from(at) + length - 1) / 4 - usize::from(at) / 4 + 1;
    assert_eq!(device.writes(), [], "attaching writes nothing");
    (reads.iter().map(dwords).sum(), reads.len())
}

/// Capabilities in both lists, how many of them are DVSECs and VSECs, and how many extended ones there are beside one of PASID: a
/// walk that trusts nothing and stops at a loop.
fn capabilities(image: &Image) -> (usize, usize, usize) {
    let dword = |at: usize| {
        let mut bytes = [0; 4];
        image.read(u16::try_from(at).unwrap(), &mut bytes).map_or(0, |()| u32::from_le_bytes(bytes))
    };
    let (mut found, mut vendor_specific, mut has_pcie) = (0, 0, false);
    let mut seen = vec![false; 1024];
    let pointer = if dword(0x0c) >> 16 & 0x7f == 2 { 0x14 } else { 0x34 };
    let mut at = dword(pointer) as usize & 0xfc;
    while dword(0x04) >> 16 & 0x10 != 0 && at >= 0x40 && !seen[at / 4] {
        seen[at / 4] = true;
        found += 1;
        has_pcie |= dword(at) & 0xff == 0x10;
        vendor_specific += usize::from(dword(at) & 0xff == 0x09);
        at = (dword(at) >> 8) as usize & 0xfc;
    }
    let (mut at, mut extended, mut shows_pasid) = (0x100, 0, false);
    while has_pcie && ConfigRead::size(image) == 4096 && at >= 0x100 && !seen[at / 4] {
        seen[at / 4] = true;
        found += 1;
        extended += 1;
        vendor_specific += usize::from(matches!(dword(at) & 0xffff, 0x0b | 0x23));
        shows_pasid |= dword(at) & 0xffff == 0x1b;
        at = (dword(at) >> 20) as usize & 0xffc;
    }
    (found, vendor_specific, if shows_pasid { extended } else { 0 })
}

/// What attaching took: the most dwords and accesses of some policies, and the dwords beyond one for each capability that the
/// default policy takes of a host that has PASID.
struct Taken {
    most: (usize, usize),
    beyond: usize,
}

/// Attaches with some policies, and says how close to the limits it came.
fn check(name: &str, image: &Image) -> Taken {
    let (capabilities, vendor_specific, beside_pasid) = capabilities(image);
    // Whether PASID is shown on purpose is told by another look at the list, with what a length depends on.
    let again = 3 * beside_pasid;
    let mut header = [0; 64];
    image.read(0, &mut header).unwrap();
    let identity = Identity::from_header(&header);
    let mut taken = Taken { most: (0, 0), beyond: 0 };
    // Bytes that nobody declared free are taken only when the length of every capability is known, and some lengths stand in a
    // register of the capability's own.
    let policies = [
        (Policy::DEFAULT, false),
        (Policy::DEFAULT.with_tail(true).with_native(Native::Probed), true),
        (Policy::DEFAULT.with_operator(Operator::Offset(0xff8)), true),
    ];
    for (policy, measures) in policies {
        for host in [None, Some(HOST)] {
            let device = Recorder::new(image.bytes());
            VirtualConfig::attach(&device, &[], &identity, host, &policy).unwrap();
            let registers = if measures { capabilities - vendor_specific } else { 0 };
            let (dwords, accesses) = counted(&device);
            // Four of the header, and what says whether the guest can reset the function or leaving D3hot does. Where bytes must be known to be free: also
            // the 8 that are about to be used, and what tells the logs of error reporting.
            let beyond = if measures { 17 } else { 8 };
            assert!(
                dwords <= capabilities + beyond + 2 * vendor_specific + again,
                "{name}: {dwords} dwords for {capabilities} capabilities, {vendor_specific} of a vendor"
            );
            assert!(
                accesses <= capabilities + 8 + vendor_specific + registers + again,
                "{name}: {accesses} accesses for {capabilities} capabilities, {vendor_specific} of a vendor"
            );
            taken.most = (taken.most.0.max(dwords), taken.most.1.max(accesses));
            if !measures && host.is_some() {
                taken.beyond = dwords.saturating_sub(capabilities);
            }
        }
    }
    taken
}

/// A function with some conventional and some extended capabilities, every `nth` of them vendor-specific.
fn made(conventional: usize, extended: usize, nth: usize) -> Image {
    let mut bytes = vec![0; 4096];
    let mut put = |at: usize, dword: u32| bytes[at..at + 4].copy_from_slice(&dword.to_le_bytes());
    put(0x00, 0x1001_fffe);
    put(0x04, 0x0010_0000);
    put(0x34, 0x40);
    for at in 0..conventional {
        let id = if at == 0 {
            0x10
        } else if at % nth == 0 {
            0x09
        } else {
            0x01
        };
        let next = if at + 1 == conventional { 0 } else { 0x80 + at as u32 * 8 };
        let here = if at == 0 { 0x40 } else { 0x80 + (at - 1) * 8 };
        put(here, 0x0002_0000 | next << 8 | id);
    }
    for at in 0..extended {
        let id = [0x23, 0x0b][at / nth % 2];
        let id = if at % nth == nth - 1 { id } else { 0x03 };
        let next = if at + 1 == extended { 0 } else { 0x100 + (at as u32 + 1) * 0x30 };
        put(0x100 + at * 0x30, next << 20 | 0x1_0000 | id);
        put(0x104 + at * 0x30, 0x0300_0000 | 0xfffe);
        put(0x108 + at * 0x30, 0x0300_0007);
    }
    Image::new(&bytes).unwrap()
}

#[test]
fn little_is_read_of_a_function_with_many_capabilities() {
    for (conventional, extended) in [(1, 1), (3, 8), (8, 20), (15, 75)] {
        for nth in [1, 2, 3, 100] {
            let image = made(conventional, extended, nth);
            assert_eq!(capabilities(&image).0, conventional + extended, "the space is as it was meant");
            check(&format!("{conventional} and {extended}, every {nth}th"), &image);
        }
    }
}

#[test]
fn little_is_read_of_recorded_functions() {
    let Some(folder) = std::env::var_os("QUIRK_CORPUS").map(PathBuf::from) else {
        println!("skipped: QUIRK_CORPUS names no folder");
        return;
    };
    let mut dumps: Vec<PathBuf> =
        std::fs::read_dir(folder.join("hex")).unwrap().map(|entry| entry.unwrap().path()).collect();
    dumps.sort();
    let (mut looked_at, mut most, mut beyond) = (0, (0, 0), 0);
    for path in dumps {
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        let Some(raw) = Image::new(&bytes(&text)) else { continue };
        for (view, image) in [("raw", raw.clone()), ("vfio", vfio_view(&raw, Kernel::LATEST))] {
            let found = check(&format!("{} {view}", path.display()), &image);
            most = (most.0.max(found.most.0), most.1.max(found.most.1));
            beyond += found.beyond;
            looked_at += 1;
        }
    }
    assert!(looked_at > 1000, "{looked_at} spaces");
    println!("{looked_at} spaces: at most {} dwords, {} accesses", most.0, most.1);
    println!("on average {:.2} dwords beyond one for each capability", beyond as f64 / f64::from(looked_at));
    assert!(beyond <= 5 * looked_at as usize, "{beyond} dwords beyond one for each capability");
}

/// The bytes of what `lspci -xxxx` prints.
fn bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for line in text.lines() {
        let Some((offset, rest)) = line.split_once(": ") else { continue };
        if usize::from_str_radix(offset, 16) != Ok(bytes.len()) {
            continue;
        }
        let row: Result<Vec<u8>, _> = rest.split_whitespace().map(|byte| u8::from_str_radix(byte, 16)).collect();
        bytes.extend(row.ok().filter(|row| row.len() == 16).unwrap_or_default());
    }
    bytes
}
