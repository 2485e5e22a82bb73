//! Malformed capability lists, which QEMU must never get: they go to the runtime over its own vfio-user client. It says what is
//! wrong with each, does not hang, and if it places PASID, the guest's walk comes to it.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use quirk_recorded::Recorded;
use quirk_runtime::capability::{PASID, Space};
use quirk_runtime::{ByteRange, HostPasid, Operator, Policy, VirtualConfig};
use quirk_vfio_user::{Device, serve};

use crate::bench::Bench;
use crate::dumps;
use crate::failure::{Failure, ensure, equal};
use crate::image::{EXPRESS, Image, SIZE, VENDOR};
use crate::view::walk;

const HOST: HostPasid = HostPasid::new(20);
const ANYWHERE: [ByteRange; 1] = [ByteRange::new(0x100, 0x1000)];
/// Attaching takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(20);
/// Spaces of random bytes.
const RANDOM: u64 = 200;

/// A space, and the code of what must be found in it; `None` if anything may be.
struct Case {
    name: String,
    bytes: Vec<u8>,
    finding: Option<&'static str>,
}

pub(crate) fn run(bench: &Bench<'_>) -> Result<(), Failure> {
    let mut cases: Vec<Case> = made().into();
    cases.extend(recorded()?);
    cases.extend((1..=RANDOM).map(random));
    let (mut placed, count) = (0, cases.len());
    for (index, case) in cases.into_iter().enumerate() {
        let (name, socket) = (case.name.clone(), bench.socket(&format!("{index}")));
        let (done, outcome) = mpsc::channel();
        // One that hangs is left behind; the program ends with the scenarios.
        thread::spawn(move || drop(done.send(attach(&socket, &case))));
        let outcome = outcome.recv_timeout(PATIENCE).unwrap_or_else(|_| Err(Failure::new("it hangs")));
        placed += usize::from(outcome.map_err(|failure| failure.during(&name))?);
    }
    bench.note(&format!("{count} spaces attached, PASID placed on {placed}"));
    Ok(())
}

/// Attaches over a socket; whether PASID was placed.
fn attach(socket: &Path, case: &Case) -> Result<bool, Failure> {
    let text = |error: &dyn std::fmt::Display| Failure::new(error.to_string());
    let record = Recorded::from_bytes(&case.bytes).ok_or_else(|| Failure::new("no configuration space"))?;
    let record = Arc::new(record);
    let server = serve(socket, Arc::clone(&record))?;
    let device = Device::connect(socket).map_err(|error| text(&error))?;
    let identity = device.identity();
    let policy = Policy::DEFAULT.with_operator(Operator::Ranges(&ANYWHERE)).with_scan_gaps(true);
    let config = VirtualConfig::attach(device, &[], &identity, Some(HOST), &policy).map_err(|error| text(&error))?;
    let decision = config.decision();
    let codes: Vec<_> = decision.findings.iter().map(quirk_runtime::Finding::code).collect();
    ensure(case.finding.is_none_or(|code| codes.contains(&code)), || {
        format!("expected the finding `{}`, found {codes:?}", case.finding.unwrap_or_default())
    })?;

    let found = walk(&config);
    let pasid = found.iter().filter(|it| it.header != 0 && it.space == Space::Extended && it.id == PASID);
    let offsets: Vec<_> = pasid.map(|it| it.offset).collect();
    let placement = decision.placement.map(|placement| placement.offset);
    ensure(placement.is_none_or(|offset| offsets.first() == Some(&offset)), || {
        format!("PASID is at {placement:x?}, the guest finds it at {offsets:x?}")
    })?;
    equal("writes to the device", &record.writes(), &Vec::new())?;
    drop(config);
    server.wait()?;
    Ok(placement.is_some())
}

/// One of each kind of mistake.
fn made() -> [Case; 16] {
    const AER: u16 = 0x0001;
    const ATS: u16 = 0x000f;
    let case = |name: &str, finding, change: &dyn Fn(&mut Image)| {
        let mut image = Image::endpoint(VENDOR, 0x20);
        image.extended(0x100, AER, 1);
        image.extended(0x200, ATS, 1);
        change(&mut image);
        Case { name: name.into(), bytes: image.bytes().to_vec(), finding: Some(finding) }
    };
    let header = |next: u32, id: u16| next << 20 | 1 << 16 | u32::from(id);
    [
        case("extended-loop", "chain-loop", &|it| it.put32(0x200, header(0x100, ATS))),
        case("extended-self-loop", "chain-loop", &|it| it.put32(0x200, header(0x200, ATS))),
        case("extended-unaligned", "chain-unaligned", &|it| it.put32(0x200, header(0x302, ATS))),
        case("extended-below-range", "chain-below-range", &|it| it.put32(0x200, header(0x0c0, ATS))),
        case("extended-to-header", "chain-below-range", &|it| it.put32(0x200, header(0x004, ATS))),
        case("extended-dead-zeros", "chain-dead", &|it| it.put32(0x200, header(0x300, ATS))),
        case("extended-dead-ones", "chain-dead", &|it| {
            it.put32(0x200, header(0x300, ATS));
            it.put32(0x300, 0xffff_ffff);
        }),
        case("vendor-specific-past-end", "capability-past-end", &|it| {
            it.put32(0x200, header(0xfe0, ATS));
            it.put32(0xfe0, header(0, 0x000b));
            it.put32(0xfe4, 0x40 << 20);
        }),
        case("extended-silent", "extended-space-silent", &|it| it.put32(0x100, 0xffff_ffff)),
        case("extended-null", "null-capability", &|it| {
            it.put32(0x200, header(0x300, ATS));
            it.put32(0x300, 0x4000_0000);
            it.put32(0x400, header(0, AER));
        }),
        case("extended-everywhere", "chain-loop", &|it| {
            // Every dword is a header, and the last leads back to the first.
            for at in (0x100..SIZE).step_by(4) {
                let next = if at + 4 < SIZE { at + 4 } else { 0x100 };
                it.put32(at, header(next as u32, ATS));
            }
        }),
        case("vendor-specific-too-short", "length-below-minimum", &|it| {
            it.put32(0x200, header(0, 0x0023));
            it.put32(0x204, 4 << 20 | u32::from(VENDOR));
        }),
        case("conventional-loop", "chain-loop", &|it| it.put16(EXPRESS, 0x4010)),
        case("conventional-unaligned", "chain-unaligned", &|it| it.put16(0x34, 0x0041)),
        case("conventional-below-range", "chain-below-range", &|it| it.put16(EXPRESS, 0x1010)),
        Case { name: "all-ones".into(), bytes: vec![0xff; SIZE], finding: Some("device-gone") },
    ]
}

/// The malformed ones among the recorded spaces.
fn recorded() -> Result<Vec<Case>, Failure> {
    let malformed = dumps::read()?
        .into_iter()
        .filter(|dump| dump.image.as_ref().is_err_and(|reason| reason.starts_with("malformed")));
    let case = |dump: dumps::Dump| {
        let bytes = dump.record?.original().to_vec();
        Some(Case { name: dump.name, bytes, finding: None })
    };
    // vfio-user knows no space of a header alone.
    Ok(malformed.filter_map(case).filter(|case| case.bytes.len() >= 256).collect())
}

/// Random bytes after a header with a PCI Express capability; every fourth dword of extended space looks like a header.
fn random(seed: u64) -> Case {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        // xorshift64
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut image = Image::endpoint(VENDOR, 0x21);
    for at in (0x100..SIZE).step_by(4) {
        let random = next() as u32;
        image.put32(at, if random & 0x3000 == 0 { random & 0xffff_003f } else { random });
    }
    let first = next() as u32 & 0xffc0_0000 | 0x0001_0001;
    image.put32(0x100, first);
    Case { name: format!("random-{seed}"), bytes: image.bytes().to_vec(), finding: None }
}
