//! From a `.quirk` file to a virtual PASID on a device, in one program.
//!
//! `quirks/streamer.quirk` says what the device has and where it is free; `build.rs` compiled it to tables. This program does
//! what a VMM does with them: attaches the device, shows the guest a PASID capability, and keeps its writes from the device.
//! The device is a fictional one in a thread of its own, behind a vfio-user socket; a VFIO device is used in the same way.

mod device;

use std::error::Error;
use std::io::{self, ErrorKind, Write};
use std::sync::Arc;

use quirk_map::{Map, list};
use quirk_runtime::capability::{Name, PASID, Space};
use quirk_runtime::lookup::find_device;
use quirk_runtime::{ConfigRead, Effect, Function, HostPasid, Policy, VirtualConfig};
use quirk_vfio_user::{Device, serve};

// What `build.rs` made of `quirks/`: the static `DATABASE`.
include!(concat!(env!("OUT_DIR"), "/quirks.rs"));

type Config<'db> = VirtualConfig<'db, Device>;

fn main() -> Result<(), Box<dyn Error>> {
    match run(&mut io::stdout()) {
        // Who reads it has seen enough.
        Err(error) if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe) => {
            Ok(())
        }
        done => done,
    }
}

fn run(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    // The device. It keeps a log of all writes that reach it.
    let silicon = Arc::new(device::streamer_one().ok_or("the image of the device has a wrong size")?);
    let folder = tempfile::tempdir()?;
    let socket = folder.path().join("streamer.sock");
    let server = serve(&socket, Arc::clone(&silicon))?;

    // What the VMM knows: the device's identity, whether it is a physical function, and what `IOMMU_GET_HW_INFO` says.
    let device = Device::connect(&socket)?;
    let identity = device.identity().with_function(Function::Physical);
    let host = HostPasid { width: 20, execute: true, privileged: false, ats_not_supported: false };

    // Attach: find the description, compare it with the device, decide, and build the overlay.
    let databases = [DATABASE];
    let mut config = Config::attach(device, &databases, &identity, Some(host), &Policy::default())?;
    writeln!(out, "{}\n", config.decision())?;
    let mut map = Map::of(&config)?;
    if let Some(entry) = find_device(&databases, &identity, config.device())? {
        map = map.with_entry(databases[entry.database], &entry.device);
    }
    writeln!(out, "{}", map.with_decision(config.decision()))?;

    let pasid = walk_as_a_guest(out, &config)?;
    enable_as_a_guest(out, &mut config, pasid)?;

    // None of it reached the device: its PASID, ATS and PRI are the host's.
    expect(silicon.writes().is_empty(), "the guest wrote to the device")?;
    writeln!(out, "the device saw no write")?;

    drop(config);
    server.wait()?;
    Ok(())
}

/// Follows the list of extended capabilities through the overlay; where PASID is.
fn walk_as_a_guest(out: &mut impl Write, config: &Config<'_>) -> Result<u16, Box<dyn Error>> {
    writeln!(out, "the guest finds")?;
    let mut pasid = None;
    for (capability, length) in list(config, Space::Extended)? {
        let name = Name(Space::Extended, capability.id).to_string();
        writeln!(out, "  {:#05x}  {name:<10} {length:>3} bytes", capability.offset)?;
        if capability.id == PASID {
            expect(pasid.replace(capability.offset).is_none(), "the guest finds two PASID capabilities")?;
        }
    }
    let pasid = pasid.ok_or("the guest finds no PASID capability")?;
    let placed = config.decision().placement.map(|placement| placement.offset);
    expect(placed == Some(pasid), "PASID is not where it was decided to be")?;
    Ok(pasid)
}

/// Enables PASID with Execute Permission, then ATS, as a guest's driver does.
fn enable_as_a_guest(out: &mut impl Write, config: &mut Config<'_>, pasid: u16) -> Result<(), Box<dyn Error>> {
    const ENABLE_AND_EXECUTE: u16 = 0b011;
    const ATS_ENABLE: u16 = 1 << 15;
    const ATS: u16 = 0x0f;

    let capability = read_u16(config, pasid + 4)?;
    writeln!(out, "\nPASID capability register {capability:#06x}: width {}", capability >> 8 & 0x1f)?;
    for effect in config.write(pasid + 6, &ENABLE_AND_EXECUTE.to_le_bytes())? {
        // Here a VMM tells its vIOMMU.
        writeln!(out, "effect: {effect:?}")?;
        expect(matches!(effect, Effect::PasidControl(control) if control.enable), "PASID is not enabled")?;
    }
    expect(read_u16(config, pasid + 6)? == ENABLE_AND_EXECUTE, "the guest does not read back what it wrote")?;

    // The guest's ATS control is virtual too: the device's own is the host's, and was on before PASID.
    let entries = list(config, Space::Extended)?;
    let (ats, _) = entries.iter().find(|(capability, _)| capability.id == ATS).ok_or("the guest finds no ATS")?;
    for effect in config.write(ats.offset + 6, &ATS_ENABLE.to_le_bytes())? {
        writeln!(out, "effect: {effect:?}")?;
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
