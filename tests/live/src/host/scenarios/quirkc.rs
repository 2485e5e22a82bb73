//! The `quirkc` that users run, on live devices: `devices`, `plan` and `doctor` say what the image, sysfs and the kernel's own
//! acts say. Nothing is bound, and a device sees no more writes than when it is opened and closed.

use quirk_live_protocol::{Command, Opened, Ran, Way};
use serde_json::{Value, json};

use crate::bench::Bench;
use crate::failure::{Failure, contains, ensure, equal};
use crate::guest::Guest;
use crate::image::{EXPRESS, Image, SIZE};
use crate::server::{History, Served};

/// The bench's descriptions, as they lie in the guest.
pub(super) const QUIRKS: &str = "--only-quirks /tests/live/quirks/bench.quirk";

/// On vfio-pci; described with `place free`, `max_width 16`, `privileged deny`.
const FREE: &str = "0000:01:00.0";
/// The same with fewer PASID bits than the entry and the IOMMU have.
const NARROW: &str = "0000:02:00.0";
/// On vfio-pci, and nobody describes it.
const UNKNOWN: &str = "0000:03:00.0";
/// A serial port to the kernel, and on its driver; described with `place native`.
const ELSEWHERE: &str = "0000:04:00.0";
/// On no driver, and without the prefixes that Linux wants before it enables PASID; described as the first.
const UNBOUND: &str = "0000:05:00.0";

/// The reason of the last: the kernel did not enable PASID in it.
const NOT_ENABLED: &str = "the host has not enabled the function's own PASID at 0x210";

/// What the kernel writes around a reset: command, device, link, device 2 and link 2 control, ATS and PASID control.
const RESTORED: [usize; 7] = [0x04, EXPRESS + 0x08, EXPRESS + 0x10, EXPRESS + 0x28, EXPRESS + 0x30, 0x206, 0x216];

const NARROW_WIDTH: u16 = 12;
const IMAGE_WIDTH: u8 = 20;

pub(crate) fn run(bench: &Bench<'_>) -> Result<(), Failure> {
    let devices = serve(bench)?;
    let [free, narrow, unknown, elsewhere, unbound] = &devices;
    let sockets = devices.each_ref().map(|device| device.socket.as_path());
    let mut guest = bench.boot(&sockets)?;
    for address in [FREE, NARROW, UNKNOWN] {
        guest.ask::<()>(&Command::Bind { address: address.into(), driver: "vfio-pci".into() })?;
    }
    let before = sysfs(&mut guest)?;
    let opening = [(FREE, free), (NARROW, narrow), (UNKNOWN, unknown)];
    let opening =
        opening.map(|(address, device)| Ok((address, device, opened_and_closed(&mut guest, address, device)?)));
    let opening = opening.into_iter().collect::<Result<Vec<_>, Failure>>()?;
    let alone = [elsewhere, unbound].map(Served::record);

    let opened: Vec<_> = opening.iter().map(|(_, device, record)| (*device, record.clone())).collect();
    let left_alone: Vec<_> = opening.iter().map(|(_, device, _)| (*device, History::default())).collect();
    undisturbed("devices --format json", &opened, || list(&mut guest, &before))?;
    undisturbed("devices", &opened, || table(&mut guest))?;
    let line = format!("quirkc devices --no-open {QUIRKS}");
    undisturbed("devices --no-open", &left_alone, || ran(&mut guest, &line, 0).map(drop))?;

    for ((address, device, opening), case) in opening.iter().zip(&PLANS) {
        let permitted = case.qemu.is_ok().then_some("qemu, a host without privileged mode");
        for format in ["json", "text", "qemu"].into_iter().chain(permitted) {
            let mark = device.record();
            plan(&mut guest, address, case, format)
                .map_err(|failure| failure.during(&format!("{address}, {format}")))?;
            equal(&format!("what `plan` did to {address}"), &since(device, &mark), opening)?;
        }
    }
    guests_space(&mut guest)?;
    doctor(&mut guest)?;
    not_on_vfio(&mut guest)?;
    in_use(&mut guest, free)?;

    equal("sysfs", &sysfs(&mut guest)?, &before)?;
    for (device, before) in [elsewhere, unbound].into_iter().zip(&alone) {
        equal("what was done to a device that is not on vfio-pci", &since(device, before), &History::default())?;
    }
    guest.quit()
}

fn serve(bench: &Bench<'_>) -> Result<[Served; 5], Failure> {
    let mut narrow = Image::with_pasid(0x0101);
    narrow.put16(0x214, NARROW_WIDTH << 8 | 0b110);
    let mut serial = Image::with_pasid(0x0102);
    serial.put32(0x08, 0x0700_0201); // 16550, revision 1
    serial.put32(0x10, 0x0000_0001); // ports
    serial.bar(0, 8);
    serial.put16(0x3c, 0x0100); // INTA
    let mut without_prefixes = Image::with_pasid(0x0101);
    without_prefixes.put32(EXPRESS + 0x24, 0);
    Ok([
        bench.serve("free", &Image::with_pasid(0x0101))?,
        bench.serve("narrow", &narrow)?,
        bench.serve("unknown", &Image::with_pasid(0x0103))?,
        bench.serve("elsewhere", &serial)?,
        bench.serve("unbound", &without_prefixes)?,
    ])
}

/// What a device sees of being opened and closed again: the kernel resets it, and restores its registers.
fn opened_and_closed(guest: &mut Guest, address: &str, device: &Served) -> Result<History, Failure> {
    let mark = device.record();
    guest.ask::<Opened>(&Command::Open { address: address.into(), way: Way::Iommufd })?;
    guest.ask::<()>(&Command::Close(address.into()))?;
    let seen = since(device, &mark);
    ensure(seen.resets > 0, || "opening reset nothing; then that others reset it no more proves nothing".into())?;
    let elsewhere: Vec<_> = seen.writes.iter().filter(|write| !RESTORED.contains(&write.offset)).collect();
    equal("writes to other registers than a reset changes and the kernel restores", &elsewhere, &Vec::new())?;
    Ok(seen)
}

/// Does something that does no more to each device than is known.
fn undisturbed(
    what: &str,
    devices: &[(&Served, History)],
    act: impl FnOnce() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let marks: Vec<_> = devices.iter().map(|(device, _)| device.record()).collect();
    act().map_err(|failure| failure.during(what))?;
    let done = devices.iter().zip(&marks).map(|((device, _), mark)| since(device, mark));
    let known = devices.iter().map(|(_, record)| record.clone());
    equal(&format!("what `{what}` did to the devices"), &done.collect::<Vec<_>>(), &known.collect::<Vec<_>>())
}

/// What happened to a device since then.
fn since(device: &Served, mark: &History) -> History {
    let now = device.record();
    History { writes: now.writes[mark.writes.len()..].to_vec(), resets: now.resets - mark.resets }
}

/// Runs a program that must end with this code. What fails says nothing on standard output.
pub(super) fn ran(guest: &mut Guest, line: &str, code: i32) -> Result<Ran, Failure> {
    let ran = guest.run(line)?;
    ensure(ran.code == Some(code), || format!("`{line}` should have ended with {code}: {ran:?}"))?;
    ensure(code != 2 || ran.output.is_empty(), || format!("`{line}` failed, and printed {}", ran.output))?;
    Ok(ran)
}

fn object(guest: &mut Guest, line: &str, code: i32) -> Result<(Value, String), Failure> {
    let ran = ran(guest, &format!("{line} --format json"), code)?;
    let value = serde_json::from_str(&ran.output).map_err(|error| Failure::new(format!("`{line}`: {error}")))?;
    Ok((value, ran.errors))
}

/// A function as sysfs has it, read by the shell.
#[derive(Debug, PartialEq)]
struct Function {
    address: String,
    vendor: u32,
    device: u32,
    class: u32,
    driver: Option<String>,
    group: Option<u32>,
    wish: String,
}

fn sysfs(guest: &mut Guest) -> Result<Vec<Function>, Failure> {
    let script = "for d in /sys/bus/pci/devices/*; do
        link() { if [ -e $d/$1 ]; then basename $(readlink $d/$1); else echo -; fi; }
        echo ${d##*/} $(cat $d/vendor $d/device $d/class) $(link driver) $(link iommu_group) $(cat $d/driver_override)
    done";
    let text: String = guest.ask(&Command::Shell(script.into()))?;
    let function = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let &[address, vendor, device, class, driver, group, wish] = &words[..] else { return None };
        let number = |text: &str| u32::from_str_radix(text.strip_prefix("0x")?, 16).ok();
        Some(Function {
            address: address.to_owned(),
            vendor: number(vendor)?,
            device: number(device)?,
            class: number(class)?,
            driver: (driver != "-").then(|| driver.to_owned()),
            group: group.parse().ok(),
            wish: wish.to_owned(),
        })
    };
    let functions: Option<Vec<_>> = text.lines().map(function).collect();
    functions.ok_or_else(|| Failure::new(format!("unexpected lines of sysfs: {text}")))
}

/// What `devices` must say of a function beside what sysfs has: the description, the place, whether it was opened, the width.
fn expected(address: &str) -> (Option<&'static str>, Option<(u16, &'static str)>, Option<u16>) {
    match address {
        FREE => (Some("into_free_space"), Some((0x400, "entry")), Some(IMAGE_WIDTH.into())),
        NARROW => (Some("into_free_space"), Some((0x400, "entry")), Some(NARROW_WIDTH)),
        // Nobody describes it, and sysfs shows its own capability.
        UNKNOWN => (None, Some((0x210, "native")), Some(IMAGE_WIDTH.into())),
        ELSEWHERE => (Some("into_native_slot"), Some((0x210, "entry")), None),
        UNBOUND => (Some("into_free_space"), None, None),
        _ => (None, None, None),
    }
}

fn list(guest: &mut Guest, sysfs: &[Function]) -> Result<(), Failure> {
    let drivers = [FREE, NARROW, UNKNOWN, ELSEWHERE, UNBOUND].map(|address| {
        sysfs.iter().find(|function| function.address == address).and_then(|function| function.driver.as_deref())
    });
    let bound = [Some("vfio-pci"), Some("vfio-pci"), Some("vfio-pci"), Some("serial"), None];
    equal("the drivers that sysfs has", &drivers, &bound)?;
    let (bridges, endpoints): (Vec<_>, Vec<_>) = sysfs.iter().partition(|function| function.class >> 8 == 0x0604);
    let (isolated, alone): (Vec<_>, Vec<_>) = endpoints.into_iter().partition(|function| function.group.is_some());

    let (said, _) = object(guest, &format!("quirkc devices {QUIRKS}"), 0)?;
    let left_out = json!({"bridges": bridges.len(), "without_iommu_group": alone.len()});
    equal("left out", &said["left_out"], &left_out)?;
    let listed = said["functions"].as_array().map_or(&[][..], Vec::as_slice);
    equal("functions", &listed.len(), &isolated.len())?;
    for (said, function) in listed.iter().zip(&isolated) {
        let (name, place, width) = expected(&function.address);
        let what = format!("`devices` of {}", function.address);
        let facts = json!({
            "address": function.address, "vendor": function.vendor, "device": function.device, "class": function.class,
            "kind": "unknown", "near_miss": null, "driver": function.driver, "iommu_group": function.group, "denylisted": false,
            "opened": width.is_some(), "pasid_width": width, "name": name, "product": null,
            "placement": place.map(|(offset, source)| json!({"offset": offset, "source": source})),
        });
        let mut said = said.clone();
        let (unknown, reason) = (said["pasid_unknown"].take(), said["reason"].take());
        said["name"] = said["description"]["name"].take();
        if let Some(fields) = said.as_object_mut() {
            fields.retain(|name, _| !["description", "pasid_unknown", "reason"].contains(&name.as_str()));
        }
        let why = match (&function.driver, width) {
            (_, Some(_)) => Value::Null,
            (Some(driver), None) => json!(format!("bound to `{driver}`, not to vfio-pci")),
            (None, None) => json!("bound to no driver"),
        };
        equal(&format!("{what}: why there is no width"), &unknown, &why)?;
        equal(
            &format!("{what}: why there is no place"),
            &reason,
            &match (place, name) {
                (Some(_), _) => Value::Null,
                (None, Some(_)) => json!(NOT_ENABLED),
                (None, None) => json!("no description"),
            },
        )?;
        equal(&what, &said, &facts)?;
    }

    Ok(())
}

fn table(guest: &mut Guest) -> Result<(), Failure> {
    let text = ran(guest, &format!("quirkc devices {QUIRKS}"), 0)?.output;
    for (address, words) in [
        (FREE, &["e1de:0101  vfio-pci ", " 20 bits ", " into_free_space ", "  0x400 (entry)"][..]),
        (NARROW, &["e1de:0101  vfio-pci ", " 12 bits ", " into_free_space ", "  0x400 (entry)"]),
        (UNKNOWN, &["e1de:0103  vfio-pci ", " 20 bits ", "  0x210 (native)"]),
        (ELSEWHERE, &["e1de:0102  serial ", " ? ", " into_native_slot ", "  0x210 (entry)"]),
        (UNBOUND, &["e1de:0101  - ", " ? ", " into_free_space ", "  none: the host has not enabled"]),
    ] {
        let line = text.lines().find(|line| line.starts_with(address)).unwrap_or_default();
        contains(&format!("the table's line of {address}"), line, words)?;
    }
    let opened = format!("nothing was bound or written; opened, being on vfio-pci: {FREE}, {NARROW}, {UNKNOWN}\n");
    contains("the table", &text, &[&opened])
}

/// What `plan` must say of a device on vfio-pci.
struct Planned {
    host_width: u16,
    /// Where PASID is, by which source, and what is granted of it: width and privileged; execute always is.
    granted: (u16, &'static str, u16, bool),
    text: &'static [&'static str],
    /// What is given to QEMU, or why it is not.
    qemu: Result<&'static str, &'static str>,
}

const PLANS: [Planned; 3] = [
    Planned {
        host_width: IMAGE_WIDTH as u16,
        granted: (0x400, "entry", 16, false),
        text: &[
            "e1de:0101, 4096 bytes, view raw, read through vfio\nhost PASID width 20, execute, privileged\n",
            "described as `into_free_space`",
            "\nPASID at 0x400 (entry), width 16, execute\n",
        ],
        qemu: Ok(
            "-object iommufd,id=iommufd0\n-device intel-iommu,scalable-mode=on,fsts=on,pasid-bits=16,device-iotlb=on,svm=on\n-device vfio-pci,host=0000:01:00.0,iommufd=iommufd0,x-vpasid-cap-offset=0x400\n",
        ),
    },
    Planned {
        host_width: NARROW_WIDTH,
        granted: (0x400, "entry", NARROW_WIDTH, false),
        text: &[
            "read through vfio\nhost PASID width 12, execute, privileged\n",
            "\nPASID at 0x400 (entry), width 12, execute\n",
        ],
        qemu: Ok(
            "-object iommufd,id=iommufd0\n-device intel-iommu,scalable-mode=on,fsts=on,pasid-bits=12,device-iotlb=on,svm=on\n-device vfio-pci,host=0000:02:00.0,iommufd=iommufd0,x-vpasid-cap-offset=0x400\n",
        ),
    },
    Planned {
        host_width: IMAGE_WIDTH as u16,
        granted: (0x210, "native", IMAGE_WIDTH as u16, true),
        text: &[
            "read through vfio\nhost PASID width 20, execute, privileged\nPASID at 0x210 (native), width 20, execute, privileged\n",
        ],
        qemu: Err("refused: 0000:03:00.0: "),
    },
];

fn plan(guest: &mut Guest, address: &str, case: &Planned, format: &str) -> Result<(), Failure> {
    let line = format!("quirkc plan --device {address} {QUIRKS}");
    match format {
        "json" => {
            let (said, errors) = object(guest, &line, 0)?;
            equal("standard error", errors.as_str(), "")?;
            planned(&said, address, case)
        }
        "text" => contains("the text", &ran(guest, &line, 0)?.output, case.text),
        // The description denies what this host has, and QEMU would show it.
        "qemu" => {
            let ran = ran(guest, &format!("{line} --format qemu"), 1)?;
            equal("for QEMU", ran.output.as_str(), "")?;
            contains(
                "standard error",
                &ran.errors,
                &[case.qemu.err().unwrap_or("keeps Privileged Mode from the guest")],
            )
        }
        _ => {
            let ran = ran(guest, &format!("{line} --format qemu --pasid {},exec", case.host_width), 0)?;
            equal("for QEMU", ran.output.as_str(), case.qemu.unwrap_or_default())?;
            contains("standard error", &ran.errors, &["note: QEMU adds PASID only"])
        }
    }
}

fn planned(said: &Value, address: &str, case: &Planned) -> Result<(), Failure> {
    equal("function", &said["function"]["address"], &json!(address))?;
    equal("size", &said["function"]["size"], &json!(SIZE))?;
    equal("seen", &(&said["seen"], &said["view"]), &(&json!("vfio"), &json!("raw")))?;
    equal("host", &said["host"], &json!({"width": case.host_width, "execute": true, "privileged": true}))?;
    let (offset, source, width, privileged) = case.granted;
    equal("placement", &said["placement"], &json!({"offset": offset, "source": source}))?;
    let granted = json!({"width": width, "execute": true, "privileged": privileged});
    equal("granted", &said["granted"], &granted)?;
    // The image's list, without what the kernel hides of it; then what was placed.
    let mut chain = vec![(0x100, 0x01), (0x200, 0x0f), (0x220, 0x13)];
    equal("the list before", &places(&said["chain_before"]), &chain)?;
    chain.push((offset, 0x1b));
    equal("the list", &places(&said["chain"]), &chain)?;
    equal("hidden", &places(&said["hidden"]), &vec![(0x210, 0x1b)])
}

/// Offset and id of each capability.
fn places(list: &Value) -> Vec<(u16, u16)> {
    let number = |value: &Value| value.as_u64().and_then(|number| number.try_into().ok()).unwrap_or(u16::MAX);
    let all = list.as_array().map_or(&[][..], Vec::as_slice);
    all.iter().map(|capability| (number(&capability["offset"]), number(&capability["id"]))).collect()
}

/// The configuration space that `plan` writes out is the kernel's, but for what the guest is to see.
fn guests_space(guest: &mut Guest) -> Result<(), Failure> {
    let line = format!("quirkc plan --device {FREE} {QUIRKS} --write-config /tmp/guest");
    ran(guest, &line, 0)?;
    let written = hexdump(guest, "/tmp/guest")?;
    let mut model = hexdump(guest, &format!("/sys/bus/pci/devices/{FREE}/config"))?;
    equal("size", &(written.len(), model.len()), &(SIZE, SIZE))?;
    // ATS, past PASID, to PRI, and on to the new PASID.
    model[0x202..0x204].copy_from_slice(&0x2201_u16.to_le_bytes());
    model[0x222..0x224].copy_from_slice(&0x4001_u16.to_le_bytes());
    model[0x400..0x408].copy_from_slice(&[0x1b, 0x00, 0x01, 0x00, 0x02, 0x10, 0x00, 0x00]);
    model[0x206..0x208].fill(0);
    model[0x224..0x226].fill(0);
    let differs: Vec<_> = (0..SIZE).filter(|&at| written[at] != model[at]).collect();
    equal("bytes that differ from what the guest should see", &differs, &Vec::new())
}

fn hexdump(guest: &mut Guest, file: &str) -> Result<Vec<u8>, Failure> {
    guest.bytes(&Command::Shell(format!("hexdump -v -e '1/1 \"%02x\"' {file}")))
}

/// `doctor` sees nothing in the way exactly where this kernel did enable PASID.
fn doctor(guest: &mut Guest) -> Result<(), Failure> {
    for (address, problems, enabled) in [
        (FREE, &[][..], "+"),
        (NARROW, &[], "+"),
        (UNKNOWN, &[], "+"),
        (ELSEWHERE, &[], "+"),
        (UNBOUND, &["end-to-end-prefix", "placement", "host-enable", "pasid-before-ats"], "-"),
    ] {
        let control: String = guest.ask(&Command::Shell(format!("lspci -vvvs {address}")))?;
        contains("lspci", &control, &[&format!("PASIDCtl: Enable{enabled} ")])?;
        let line = format!("quirkc doctor {address} {QUIRKS} --bus port --viommu-pasid 16");
        let (said, errors) = object(guest, &line, i32::from(!problems.is_empty()))?;
        let checks = said["checks"].as_array().map_or(&[][..], Vec::as_slice);
        let found: Vec<_> =
            checks.iter().filter(|check| check["state"] == "problem").map(|check| &check["code"]).collect();
        equal(&format!("problems of {address}"), &json!(found), &json!(problems))?;
        let state = |code: &str| checks.iter().find(|check| check["code"] == code).map(|check| check["state"].clone());
        let on_vfio = ![ELSEWHERE, UNBOUND].contains(&address);
        equal("seen", &said["seen"], &json!(if on_vfio { "vfio" } else { "sysfs" }))?;
        equal("a note that it was not opened", &errors.is_empty(), &on_vfio)?;
        equal("host-pasid", &state("host-pasid"), &Some(json!(if on_vfio { "ok" } else { "unknown" })))?;
    }
    let line = format!("quirkc doctor {NARROW} {QUIRKS} --bus port --viommu-pasid 16");
    let text = ran(guest, &line, 0)?.output;
    contains("doctor's text", &text, &["the host has 12 PASID bits", "12 bits: device 12, host 12, vIOMMU 16"])
}

/// What is not on vfio-pci is planned from sysfs with the reason; what is not there at all is an error.
fn not_on_vfio(guest: &mut Guest) -> Result<(), Failure> {
    for (address, why, offset) in
        [(ELSEWHERE, "bound to `serial`, not to vfio-pci", Some(0x210)), (UNBOUND, "bound to no driver", None)]
    {
        let line = format!("quirkc plan --device {address} {QUIRKS}");
        let note = format!("note: {address} is read through sysfs, not through VFIO: {why}\n");
        let (said, errors) = object(guest, &line, 0)?;
        equal("the note", errors.as_str(), &note)?;
        equal("seen", &(&said["seen"], &said["view"]), &(&json!("sysfs"), &json!("vfio")))?;
        equal("host and placement", &(&said["host"], &said["placement"]), &(&Value::Null, &Value::Null))?;
        let (said, _) = object(guest, &format!("{line} --pasid 20,exec,priv"), 0)?;
        let placement = offset.map(|offset| json!({"offset": offset, "source": "entry"}));
        equal("placement", &said["placement"], &json!(placement))?;
        equal("hidden", &places(&said["hidden"]), &vec![(0x210, 0x1b)])?;
    }
    let refused = ran(guest, &format!("quirkc plan --device {ELSEWHERE} {QUIRKS} --format qemu"), 1)?;
    contains("a native slot for QEMU", &refused.errors, &[&format!("refused: {ELSEWHERE}: "), "physical enable"])?;
    for line in ["quirkc plan --device 0000:7f:00.0", "quirkc doctor 0000:7f:00.0"] {
        contains(line, &ran(guest, line, 2)?.errors, &["error: there is no PCI function at"])?;
    }
    Ok(())
}

/// A device that somebody has open is planned from sysfs, and not disturbed.
fn in_use(guest: &mut Guest, device: &Served) -> Result<(), Failure> {
    guest.ask::<Opened>(&Command::Open { address: FREE.into(), way: Way::Iommufd })?;
    let mark = device.record();
    let why = ["EINVAL", "another process", "stop that process"];
    let (said, errors) = object(guest, &format!("quirkc plan --device {FREE} {QUIRKS} --pasid 20"), 0)?;
    contains("the note", &errors, &why)?;
    equal("seen", &said["seen"], &json!("sysfs"))?;
    equal("placement", &said["placement"], &json!({"offset": 0x400, "source": "entry"}))?;
    let (said, _) = object(guest, &format!("quirkc devices {QUIRKS}"), 0)?;
    let functions = said["functions"].as_array().map_or(&[][..], Vec::as_slice);
    let function = functions.iter().find(|function| function["address"] == FREE).unwrap_or(&Value::Null);
    equal("opened", &function["opened"], &json!(false))?;
    contains("why there is no width", function["pasid_unknown"].as_str().unwrap_or_default(), &why)?;
    equal("what was done to a device in use", &since(device, &mark), &History::default())?;
    guest.ask::<()>(&Command::Close(FREE.into()))
}
