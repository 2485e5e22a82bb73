//! `quirkc verify --write-probe` on live devices: what arrives below is inside declared free bytes, and leaves nothing behind.

use std::ops::Range;

use quirk_live_protocol::{Command, Opened, Way};
use serde_json::{Value, json};

use super::quirkc::{QUIRKS, ran};
use crate::bench::Bench;
use crate::failure::{Failure, contains, ensure, equal};
use crate::guest::Guest;
use crate::image::{EXPRESS, Image};
use crate::server::{ConfigWrite, Served};

/// Its free bytes are hardwired.
const HARDWIRED: &str = "0000:01:00.0";
/// A register with some writable bits is in them.
const REGISTER: &str = "0000:02:00.0";
/// A capability that vfio-pci hides is in them.
const HIDDEN: &str = "0000:03:00.0";
/// Nobody describes it.
const UNKNOWN: &str = "0000:04:00.0";
/// Left without a driver.
const UNBOUND: &str = "0000:05:00.0";

/// What the entry of the bench declares free.
const FREE: Range<usize> = 0x400..0x500;
const DWORDS: usize = 0x100 / 4;

const PLACE: usize = 0x440;
const BITS: u32 = 0x00f0_ff00;

/// What opening, closing and a reset write: command, device, link, device 2 and link 2 control, ATS and PASID control.
const RESTORED: [usize; 7] = [0x04, EXPRESS + 0x08, EXPRESS + 0x10, EXPRESS + 0x28, EXPRESS + 0x30, 0x206, 0x216];

pub(crate) fn run(bench: &Bench<'_>) -> Result<(), Failure> {
    let mut with_register = Image::with_pasid(0x0101);
    with_register.allow32(PLACE, BITS);
    let mut with_hidden = Image::with_pasid(0x0101);
    // Resizable BAR, which vfio-pci hides.
    with_hidden.extended(0x480, 0x0015, 1);
    let devices = [
        bench.serve("hardwired", &Image::with_pasid(0x0101))?,
        bench.serve("register", &with_register)?,
        bench.serve("hidden", &with_hidden)?,
        bench.serve("unknown", &Image::with_pasid(0x0103))?,
        bench.serve("unbound", &Image::with_pasid(0x0101))?,
    ];
    let [hardwired, register, hidden, unknown, unbound] = &devices;
    let mut guest = bench.boot(&devices.each_ref().map(|device| device.socket.as_path()))?;
    for address in [HARDWIRED, REGISTER, HIDDEN, UNKNOWN] {
        guest.ask::<()>(&Command::Bind { address: address.into(), driver: "vfio-pci".into() })?;
    }

    let said = probed(&mut guest, HARDWIRED, hardwired, 0)?;
    let range = json!([{ "start": 0x400, "end": 0x500 }]);
    let expected = json!({
        "complete": true, "reset": false, "written": range, "hardwired": 0x100, "writable": [], "passed_over": []
    });
    equal("the probe of hardwired bytes", &said["probe"], &expected)?;

    let said = probed(&mut guest, REGISTER, register, 1)?;
    let bits: String = BITS.to_le_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let expected = json!({
        "complete": true, "reset": false, "written": range, "hardwired": 0x100 - 2,
        "writable": [{ "start": PLACE, "end": PLACE + 4, "bits": bits }], "passed_over": []
    });
    equal("the probe of a register", &said["probe"], &expected)?;
    equal("its rule", &said["findings"][0]["rule"], &json!("free-is-writable"))?;
    equal("its place", &said["findings"][0]["offset"], &json!(PLACE))?;
    let read = guest.bytes(&Command::SysfsConfig(REGISTER.into()))?;
    equal("the register afterwards", &&read[PLACE..PLACE + 4], &&[0; 4][..])?;

    let said = unwritten(&mut guest, HIDDEN, hidden, 1)?;
    let rules: Vec<_> = said["findings"].as_array().into_iter().flatten().map(|each| &each["rule"]).collect();
    ensure(rules.contains(&&json!("inside-capability")), || format!("{rules:?}"))?;
    let said = unwritten(&mut guest, UNKNOWN, unknown, 1)?;
    equal("its rule", &said["findings"][0]["rule"], &json!("undescribed"))?;

    refused(&mut guest, UNBOUND, unbound, &["it is bound to no driver"])?;
    guest.ask::<Opened>(&Command::Open { address: HARDWIRED.into(), way: Way::Iommufd })?;
    refused(&mut guest, HARDWIRED, hardwired, &["EINVAL", "another process"])?;
    guest.ask::<()>(&Command::Close(HARDWIRED.into()))?;
    // As an administrator does who does not trust any of its resets.
    let script = format!("echo > /sys/bus/pci/devices/{HARDWIRED}/reset_method");
    guest.ask::<String>(&Command::Shell(script))?;
    refused(&mut guest, HARDWIRED, hardwired, &["no way to reset it alone", "reset_method"])?;
    guest.quit()
}

fn line(address: &str) -> String {
    format!("quirkc verify {address} {QUIRKS} --write-probe --yes --format json")
}

/// Writes that are not the kernel's.
fn writes_since(device: &Served, mark: usize) -> Vec<ConfigWrite> {
    let writes = device.record().writes.split_off(mark);
    writes.into_iter().filter(|write| !RESTORED.contains(&write.offset)).collect()
}

fn said(guest: &mut Guest, address: &str, code: i32) -> Result<Value, Failure> {
    let ran = ran(guest, &line(address), code)?;
    let said: Value = serde_json::from_str(&ran.output).map_err(|error| Failure::new(error.to_string()))?;
    Ok(said["functions"][0].clone())
}

/// A probe that writes: three times to each dword, the last time what was there.
fn probed(guest: &mut Guest, address: &str, device: &Served, code: i32) -> Result<Value, Failure> {
    let mark = device.record().writes.len();
    let said = said(guest, address, code)?;
    let writes = writes_since(device, mark);
    let expected: Vec<ConfigWrite> = FREE
        .step_by(4)
        .flat_map(|offset| [0x55, 0xaa, 0].map(|byte| ConfigWrite { offset, data: vec![byte; 4] }))
        .collect();
    equal("how many writes arrived", &writes.len(), &(DWORDS * 3))?;
    equal("the writes that arrived", &writes, &expected)?;
    Ok(said)
}

/// A comparison that ends before anything is written.
fn unwritten(guest: &mut Guest, address: &str, device: &Served, code: i32) -> Result<Value, Failure> {
    let mark = device.record().writes.len();
    let said = said(guest, address, code)?;
    equal("writes that arrived", &writes_since(device, mark), &vec![])?;
    equal("the probe", &said["probe"], &Value::Null)?;
    Ok(said)
}

fn refused(guest: &mut Guest, address: &str, device: &Served, why: &[&str]) -> Result<(), Failure> {
    let mark = device.record();
    let ran = ran(guest, &line(address), 2)?;
    contains(&format!("why {address} is refused"), &ran.errors, &[&["nothing is written"], why].concat())?;
    equal("what was done to a device that is refused", &device.record(), &mark)
}
