//! From a `.quirk` file to a virtual PASID on a device, in one program.
//!
//! `quirks/streamer.quirk` says what the device has and where it is free; `build.rs` compiled it to tables. This program does
//! what a VMM does with them: attaches the device, shows the guest a PASID capability, and keeps its writes from the device.
//! The device is a fictional one in a thread of its own, behind a vfio-user socket; a VFIO device is used in the same way.

mod device;
mod say;

use std::error::Error;
use std::io::{self, ErrorKind, Write};
use std::sync::Arc;

use quirk_map::{Coloured, Map, list};
use quirk_runtime::capability::{Name, PASID, Space};
use quirk_runtime::lookup::find_device;
use quirk_runtime::{Candidate, ConfigRead, Decision, Effect, Function, HostPasid, Policy, Source, VirtualConfig};
use quirk_vfio_user::{Device, serve};
use say::Story;

// What `build.rs` made of `quirks/`: the static `DATABASE`.
include!(concat!(env!("OUT_DIR"), "/quirks.rs"));

type Config<'db> = VirtualConfig<'db, Device>;

fn main() -> Result<(), Box<dyn Error>> {
    match run(&mut Story::new(anstream::stdout())) {
        // Who reads it has seen enough.
        Err(error) if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe) => {
            Ok(())
        }
        done => done,
    }
}

fn run<W: Write>(story: &mut Story<W>) -> Result<(), Box<dyn Error>> {
    // The device. It keeps a log of all writes that reach it.
    let silicon = Arc::new(device::streamer_one().ok_or("the image of the device has a wrong size")?);
    let folder = tempfile::tempdir()?;
    let socket = folder.path().join("streamer.sock");
    let server = serve(&socket, Arc::clone(&silicon))?;

    // What the VMM knows: the device's identity, whether it is a physical function, and what `IOMMU_GET_HW_INFO` says.
    let device = Device::connect(&socket)?;
    let identity = device.identity().with_function(Function::Physical);
    let host = HostPasid::new(20).with_execute(true);
    let databases = [DATABASE];
    let entry = find_device(&databases, &identity, &device)?;

    // Attach: find the description, compare it with the device, decide, and build the overlay.
    let mut config = Config::attach(device, &databases, &identity, Some(host), &Policy::default())?;
    let decision = config.decision();
    let described = decision.entry.ok_or("nobody describes the device")?;
    story
        .step("described", &format!("`{}`, {}: the vendor says where it is free", described.name, described.source))?;
    for free in entry.iter().flat_map(|entry| databases[entry.database].list(entry.device.free)) {
        story.line(&format!(
            "free  {:#05x}..{:#05x}: these bytes have no function, says its datasheet",
            free.start, free.end
        ))?;
    }
    story.step(
        "compiled",
        &format!("to a table of {} bytes in this program, by its build script", DATABASE.bytes().len()),
    )?;
    let (vendor, id) = (identity.vendor, identity.device);
    story.step(
        "attached",
        &format!("{}, {vendor:04x}:{id:04x}; the host has {} PASID bits", described.title, host.width),
    )?;
    story.line("its own PASID capability is the host's, and the kernel hides it from the VMM")?;
    placed(story, decision)?;

    let pasid = walk_as_a_guest(story, &config)?;
    enable_as_a_guest(story, &mut config, pasid)?;

    // None of it reached the device: its PASID, ATS and PRI are the host's.
    expect(silicon.writes().is_empty(), "the guest wrote to the device")?;
    story.step("untouched", "every one of these writes stopped at the overlay:")?;
    story.good("the device saw no write")?;

    let mut map = Map::of(&config)?;
    if let Some(entry) = entry {
        map = map.with_entry(databases[entry.database], &entry.device);
    }
    writeln!(story.out(), "\n{}", Coloured(&map.with_decision(config.decision())))?;

    drop(config);
    server.wait()?;
    Ok(())
}

/// Where PASID is, and why: every source that was asked, in order.
fn placed<W: Write>(story: &mut Story<W>, decision: &Decision<'_>) -> Result<(), Box<dyn Error>> {
    story.step("placed", "the first of these sources that has a safe place wins:")?;
    for &Candidate { source, offset, verdict, reason, .. } in decision.candidates.iter() {
        let offset = offset.map_or_else(|| "-".to_owned(), |offset| format!("{offset:#05x}"));
        story.line(&format!("{source:<8}  {:<52}  {offset:<5}  {verdict}: {reason}", meaning(source)))?;
    }
    // The first line of a decision is its result.
    let said = decision.to_string();
    story.good(said.lines().next().unwrap_or_default())?;
    Ok(())
}

/// What a source is.
fn meaning(source: Source) -> &'static str {
    match source {
        Source::Visible => "the device shows PASID itself",
        Source::Operator => "an offset or ranges that the operator gives",
        Source::Profile => "a frozen layout, for migration",
        Source::Entry => "the `place` list of the description",
        Source::Dvsec => "a free-space DVSEC in the device",
        Source::Native => "the function's own PASID, which the kernel hides",
        Source::Tail => "the last 8 bytes, which VMMs use today; opt-in",
        _ => "a source that is newer than this example",
    }
}

/// Follows the list of extended capabilities through the overlay; where PASID is.
fn walk_as_a_guest<W: Write>(story: &mut Story<W>, config: &Config<'_>) -> Result<u16, Box<dyn Error>> {
    story.step("found", "a guest that walks the list of extended capabilities finds")?;
    let mut pasid = None;
    for (capability, length) in list(config, Space::Extended)? {
        let name = Name(Space::Extended, capability.id).to_string();
        let line = format!("{:#05x}  {name:<10} {length:>3} bytes", capability.offset);
        if capability.id == PASID {
            story.good(&line)?;
            expect(pasid.replace(capability.offset).is_none(), "the guest finds two PASID capabilities")?;
        } else {
            story.line(&line)?;
        }
    }
    let pasid = pasid.ok_or("the guest finds no PASID capability")?;
    let placed = config.decision().placement.map(|placement| placement.offset);
    expect(placed == Some(pasid), "PASID is not where it was decided to be")?;
    Ok(pasid)
}

/// Enables PASID with Execute Permission, then ATS, as a guest's driver does.
fn enable_as_a_guest<W: Write>(
    story: &mut Story<W>,
    config: &mut Config<'_>,
    pasid: u16,
) -> Result<(), Box<dyn Error>> {
    const ENABLE_AND_EXECUTE: u16 = 0b011;
    const ATS_ENABLE: u16 = 1 << 15;
    const ATS: u16 = 0x0f;

    let capability = read_u16(config, pasid + 4)?;
    let width = capability >> 8 & 0x1f;
    story.step("enabled", &format!("the guest reads {width} bits, switches PASID and ATS on, and the VMM hears"))?;
    for effect in config.write(pasid + 6, &ENABLE_AND_EXECUTE.to_le_bytes())? {
        // Here a VMM tells its vIOMMU.
        story.line(&format!("effect: {effect:?}"))?;
        expect(matches!(effect, Effect::PasidControl(control) if control.enable), "PASID is not enabled")?;
    }
    expect(read_u16(config, pasid + 6)? == ENABLE_AND_EXECUTE, "the guest does not read back what it wrote")?;

    // The guest's ATS control is virtual too: the device's own is the host's, and was on before PASID.
    let entries = list(config, Space::Extended)?;
    let (ats, _) = entries.iter().find(|(capability, _)| capability.id == ATS).ok_or("the guest finds no ATS")?;
    for effect in config.write(ats.offset + 6, &ATS_ENABLE.to_le_bytes())? {
        story.line(&format!("effect: {effect:?}"))?;
    }
    expect(read_u16(config, ats.offset + 6)? == ATS_ENABLE, "ATS is not enabled")?;
    Ok(())
}

fn read_u16(config: &Config<'_>, offset: u16) -> Result<u16, Box<dyn Error>> {
    let mut bytes = [0; 2];
    ConfigRead::read(config, offset, &mut bytes)?;
    Ok(u16::from_le_bytes(bytes))
}

fn expect(holds: bool, otherwise: &'static str) -> Result<(), &'static str> {
    if holds { Ok(()) } else { Err(otherwise) }
}
