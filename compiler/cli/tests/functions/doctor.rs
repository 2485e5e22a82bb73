//! `quirkc doctor`: a function that lacks nothing, then one fault after the other.

use std::path::Path;

use serde_json::Value;

use crate::fixture::sysfs::{FakeSysfs, link};
use crate::fixture::{Folder, Run, Space, quirkc};

/// An endpoint with end-to-end prefixes, ATS, PASID and PRI, PASID enabled by the host.
fn healthy() -> Space {
    let mut space = Space::endpoint(&[(0x100, 0x03), (0x220, 0x0f), (0x230, 0x1b), (0x240, 0x13)]);
    space.set(0x64, 1 << 21);
    space.set(0x224, 0x0000_0020);
    space.set(0x234, 0x0001_1400);
    space.set(0x244, 0x8100_0000);
    space
}

/// A root port that passes prefixes on and redirects.
fn port() -> Space {
    let mut space = Space::endpoint(&[(0x100, 0x0d)]);
    space.set(0x0c, 0x0001_0000);
    space.set(0x40, 0x0042_0010);
    space.set(0x64, 1 << 21);
    space.set(0x104, 0x0014_0014);
    space
}

const QUIRK: &str = "edition 1;\ndevice mover { name \"Example Mover\"; match pci(0xfffe, 0x1001); layout { ext pasid @ 0x230; }\n\
                     pasid { place native; } }\n";

/// Everything that cannot be read is said.
const SAID: [&str; 8] =
    ["--pasid", "20", "--vmm", "qemu", "--viommu", "intel,pasid=20,ats,pri", "--bus", "port:pcie-root-port"];

struct Machine {
    sysfs: FakeSysfs,
    files: Folder,
}

impl Machine {
    fn new(space: &Space, port: Option<&Space>) -> Self {
        let sysfs = FakeSysfs::new();
        let bridges: &[&str] = if port.is_some() { &["0000:64:00.0"] } else { &[] };
        let folder = sysfs.function(bridges, "0000:65:00.0", space);
        link(&folder, "iommu_group", "../../../kernel/iommu_groups/42");
        if let Some(port) = port {
            sysfs.function(&[], "0000:64:00.0", port);
        }
        let files = Folder::new();
        files.file("mover.quirk", QUIRK);
        Self { sysfs, files }
    }

    fn run(&self, args: &[&str]) -> Run {
        let quirk = self.files.0.path().join("mover.quirk");
        let fixed = ["doctor", "65:00.0", "--sysfs", self.sysfs.root(), "--quirks", quirk.to_str().unwrap()];
        quirkc(&[&fixed, args].concat())
    }

    fn json(&self, args: &[&str]) -> (i32, Value) {
        let run = self.run(&[args, &["--format", "json"]].concat());
        (run.code, checked(&run.stdout))
    }
}

/// The object, as the schema wants it.
fn checked(text: &str) -> Value {
    let value = serde_json::from_str(text).unwrap();
    let schema = include_str!("../../../../docs/doctor.schema.json");
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let errors: Vec<_> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    value
}

fn checks<'a>(object: &'a Value, state: &str) -> Vec<&'a str> {
    let all = object["checks"].as_array().unwrap().iter();
    all.filter(|check| check["state"] == state).map(|check| check["code"].as_str().unwrap()).collect()
}

fn check<'a>(object: &'a Value, code: &str) -> &'a Value {
    object["checks"].as_array().unwrap().iter().find(|check| check["code"] == code).unwrap()
}

/// The dwords that are set, and the checks that then find a problem.
#[track_caller]
fn fails(function: &[(u16, u32)], above: &[(u16, u32)], args: &[&str], problems: &[&str]) -> Value {
    let (mut space, mut port) = (healthy(), port());
    function.iter().for_each(|&(at, dword)| space.set(at, dword));
    above.iter().for_each(|&(at, dword)| port.set(at, dword));
    let (code, object) = Machine::new(&space, Some(&port)).json(&[&SAID, args].concat());
    assert_eq!(checks(&object, "problem"), problems, "{object:#}");
    assert_eq!(code, i32::from(!problems.is_empty()));
    assert_eq!(object["problems"], problems.len());
    object
}

#[test]
fn a_host_that_nobody_told_of_is_what_it_put_into_the_device() {
    let mut space = healthy();
    space.set(0x234, 0x0007_1006);
    let (code, object) = Machine::new(&space, Some(&port())).json(&SAID[2..]);
    assert_eq!((code, checks(&object, "problem")), (0, Vec::new()));
}

#[test]
fn a_function_that_lacks_nothing() {
    let (code, object) = Machine::new(&healthy(), Some(&port())).json(&SAID);
    assert_eq!(checks(&object, "problem"), [""; 0], "{object:#}");
    assert_eq!(checks(&object, "unknown"), [""; 0], "{object:#}");
    assert_eq!((code, &object["problems"], &object["unknown"]), (0, &0.into(), &0.into()));
    assert_eq!(check(&object, "path-acs")["function"], "0000:64:00.0");
    assert_eq!(check(&object, "placement")["message"], "PASID at 0x230 (entry)");
    assert_eq!(
        check(&object, "host-enable")["register"],
        serde_json::json!({ "name": "PASID Control", "offset": 0x236, "first_bit": 0, "last_bit": 0, "value": 1 })
    );
}

#[test]
fn each_fault_of_the_function_is_found_at_its_register() {
    let object = fails(&[(0x64, 0)], &[], &[], &["end-to-end-prefix"]);
    let register = &check(&object, "end-to-end-prefix")["register"];
    assert_eq!(
        (&register["offset"], &register["first_bit"], &register["value"]),
        (&0x64.into(), &21.into(), &0.into())
    );

    let object = fails(&[(0x40, 0x0001_0010)], &[], &[], &["pcie-version"]);
    assert_eq!(check(&object, "pcie-version")["register"]["value"], 1);
    assert_eq!(check(&object, "end-to-end-prefix")["state"], "unknown", "Linux does not look");

    fails(&[(0x40, 0x0042_0010)], &[], &[], &["port-type"]);
    // One of several functions, in which the host did enable PASID, or did not; QEMU shows it alone.
    fails(&[(0x0c, 0x0080_0000)], &[], &[], &[]);
    let off = (0x234, 0x0000_1400);
    let not_enabled = ["placement", "function-acs", "host-enable"];
    fails(&[(0x0c, 0x0080_0000), off], &[], &[], &not_enabled);
    let acs = [(0x0c, 0x0080_0000), off, (0x240, 0x2601_0013), (0x260, 0x0001_000d), (0x264, 0x0000_0014)];
    fails(&acs, &[], &[], &not_enabled);
    fails(&[acs[0], off, acs[2], acs[3], (0x264, 0x0014_0014)], &[], &[], &["placement", "host-enable"]);

    fails(&[(0x234, 0x0000_1400)], &[], &[], &["placement", "host-enable"]);
    fails(&[(0x224, 0x8000_0020)], &[], &[], &[]);
    let both = [(0x224, 0x8000_0020), (0x234, 0x0000_1400)];
    fails(&both, &[], &[], &["placement", "host-enable", "pasid-before-ats"]);
    fails(&[(0x224, 0)], &[], &[], &["ats-page-aligned"]);
    fails(&[(0x244, 0x8000_0000)], &[], &[], &["pri-stopped"]);
    fails(&[(0x244, 0x0100_0000)], &[], &[], &["pri-response"]);
    fails(&[(0x230, 0x0001_001b)], &[], &[], &["pri"]);
}

#[test]
fn each_fault_of_the_path_is_found_at_its_port() {
    let object = fails(&[], &[(0x64, 0)], &[], &["path-prefix"]);
    assert_eq!(check(&object, "path-prefix")["function"], "0000:64:00.0");
    fails(&[], &[(0x104, 0x0000_0014)], &[], &["path-acs"]);
    fails(&[], &[(0x104, 0x0004_0014)], &[], &["path-acs"]);
    // What the port does not have need not be on.
    fails(&[], &[(0x104, 0x0004_0004)], &[], &[]);
    fails(&[], &[(0x100, 0)], &[], &["path-acs"]);
    fails(&[], &[(0x40, 0x0072_0010)], &[], &["path"]);
    fails(&[], &[(0x04, 0)], &[], &["path"]);
    // The upstream port of a switch needs no ACS.
    fails(&[], &[(0x40, 0x0052_0010), (0x104, 0)], &[], &[]);
    let (code, object) = Machine::new(&healthy(), None).json(&SAID);
    assert_eq!((code, checks(&object, "problem")), (1, vec!["path"]), "an endpoint on the root bus");
}

#[test]
fn what_host_and_vmm_lack() {
    let machine = Machine::new(&healthy(), Some(&port()));
    let (_, object) = machine.json(&["--pasid", "20", "--viommu-pasid", "0", "--bus", "port"]);
    assert_eq!(checks(&object, "problem"), ["width"]);
    let (_, object) = machine.json(&[&["--pasid", "20,noats"], &SAID[2..]].concat());
    assert_eq!(checks(&object, "problem"), ["ats", "pri"]);
    let (_, object) = machine.json(&["--pasid", "18", "--viommu-pasid", "16", "--bus", "port"]);
    assert_eq!(check(&object, "width")["message"], "16 bits: device 20, host 18, vIOMMU 16");
    assert_eq!(object["pasid"], serde_json::json!({ "offset": 0x230, "width": 16 }));
    // QEMU turns an endpoint on the root bus into an integrated one; no other VMM does.
    let on_root = |vmm| checks(&machine.json(&["--pasid", "20", "--bus", "root", "--vmm", vmm]).1, "problem").join(" ");
    assert_eq!(
        (on_root("none"), on_root("qemu"), on_root("cloud-hypervisor")),
        ("port-type".into(), "".into(), "port-type".into())
    );
    let (_, object) = machine.json(&["--pasid", "20", "--bus", "root"]);
    assert_eq!(check(&object, "port-type")["state"], "unknown", "nobody said which VMM");
    let (code, object) = machine.json(&SAID[2..]);
    assert_eq!((code, checks(&object, "unknown")), (0, vec!["host-pasid"]), "sysfs does not tell");
}

#[test]
fn a_machine_without_an_iommu_and_a_device_that_vfio_refuses() {
    let mut space = healthy();
    space.set(0, 0x0b25_8086);
    let sysfs = FakeSysfs::new();
    sysfs.function(&[], "0000:65:00.0", &space);
    let run = quirkc(&["doctor", "65:00.0", "--sysfs", sysfs.root(), "--format", "json"]);
    let problems = checked(&run.stdout);
    let problems = checks(&problems, "problem");
    assert!(problems.contains(&"iommu-group") && problems.contains(&"vfio-denylist"), "{problems:?}");
}

#[test]
fn a_virtual_function_has_what_its_physical_function_has() {
    let mut space = healthy();
    space.set(0x220, 0x0001_000f);
    let folder = Folder::new();
    let dump = folder.file("dump", space.text("65:00.1"));
    let run = |kind| {
        let run = quirkc(&["doctor", dump.to_str().unwrap(), "--function-kind", kind, "--format", "json"]);
        checked(&run.stdout)
    };
    assert_eq!(check(&run("virtual"), "host-enable")["state"], "unknown");
    assert_eq!(check(&run("physical"), "host-enable")["state"], "problem");
}

#[test]
fn what_is_wanted_decides_what_is_looked_at() {
    fails(&[(0x230, 0x0001_001b)], &[], &["--want", "pasid,ats"], &[]);
    fails(&[(0x64, 0)], &[], &["--want", "ats"], &[]);
    let object = fails(&[(0x64, 0)], &[], &["--want", "pri"], &[]);
    assert!(
        object["checks"]
            .as_array()
            .unwrap()
            .iter()
            .all(|check| { check["concerns"].as_array().unwrap().contains(&"pri".into()) })
    );
}

#[test]
fn the_text_is_for_people() {
    let folder = Folder::new();
    let mut space = healthy();
    space.set(0x64, 0);
    space.set(0x234, 0x0000_1400);
    let dump = folder.file("dump", space.text("65:00.0"));
    let run = quirkc(&["doctor", dump.to_str().unwrap(), "--bus", "root", "--vmm", "none", "--viommu-pasid", "16"]);
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/doctor.txt");
    if std::env::var_os("QUIRK_BLESS").is_some() {
        std::fs::write(&golden, &run.stdout).unwrap();
    }
    assert_eq!(run.stdout, std::fs::read_to_string(golden).unwrap());
    assert_eq!(run.code, 1);
}

#[test]
fn the_ports_in_a_dump_of_a_machine_are_found_by_their_buses() {
    let bridge = |kind: u32, buses: u32| {
        let mut space = port();
        space.set(0x18, buses);
        space.set(0x40, 0x0002_0010 | kind << 20);
        space
    };
    let (root, up, down) = (bridge(4, 0x0004_0100), bridge(5, 0x0004_0201), bridge(6, 0x0003_0302));
    let mut other = bridge(4, 0x0009_0500);
    other.set(0x64, 0);
    let machine = [
        other.text("00:1d.0"),
        root.text("00:1c.0"),
        up.text("01:00.0"),
        down.text("02:00.0"),
        healthy().text("03:00.0"),
        healthy().text("0001:03:00.0"),
        healthy().text("04:00.0"),
    ];
    let folder = Folder::new();
    let dump = folder.file("dump", machine.concat());
    let whole = |function: &str| {
        let run = quirkc(&["doctor", dump.to_str().unwrap(), "--function", function, "--format", "json"]);
        checked(&run.stdout)
    };
    let ports = |object: &Value| -> Vec<String> {
        let all = object["checks"].as_array().unwrap().iter().filter(|check| check["code"] == "path-prefix");
        all.map(|check| check["function"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ports(&whole("03:00.0")), ["02:00.0", "01:00.0", "00:1c.0"]);
    assert_eq!(check(&whole("04:00.0"), "path")["state"], "unknown", "its downstream port is not in the dump");
    assert_eq!(check(&whole("0001:03:00.0"), "path")["state"], "unknown", "nothing of that domain is in the dump");
    // Without the root port it is not known what is above the rest.
    let dump = folder.file("part", machine[2..5].concat());
    let run = quirkc(&["doctor", dump.to_str().unwrap(), "--function", "03:00.0", "--format", "json"]);
    assert_eq!(check(&checked(&run.stdout), "path")["state"], "unknown");
}

/// Pasted into a file, the lines are a description that compiles, and that mends what was found.
#[test]
fn the_lines_of_a_layer_compile() {
    let folder = Folder::new();
    let mut space = healthy();
    space.set(0x64, 0);
    let dump = folder.file("dump", space.text("65:00.0"));
    let on_root = ["doctor", dump.to_str().unwrap(), "--bus", "root", "--vmm", "none", "--format", "json"];
    let object = checked(&quirkc(&on_root).stdout);
    for code in ["port-type", "end-to-end-prefix"] {
        let layer = check(&object, code)["layer"].as_str().unwrap();
        let file = folder.file("layer.quirk", format!("edition 1;\n{layer}"));
        let run = quirkc(&["build", file.to_str().unwrap(), "--emit", "json", "-o", "-"]);
        assert_eq!(run.code, 0, "{layer}{}", run.stderr);
        let object: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(object["layers"].as_array().unwrap().len(), 1, "{object:#}");
        // As it is, it mends what the guest sees; switched off, it does not.
        let state = |args: &[&str]| {
            let run = quirkc(&[&on_root, args].concat());
            check(&checked(&run.stdout), code)["state"].as_str().unwrap().to_owned()
        };
        let quirks = ["--quirks", file.to_str().unwrap()];
        assert_eq!(state(&quirks), "ok", "{layer}");
        let name = layer.split_whitespace().nth(1).unwrap();
        assert_eq!(state(&[&quirks[..], &["--without-layer", name]].concat()), "problem");
        let off = folder.file("off.quirk", format!("edition 1;\n{}", layer.replace("default on;", "")));
        let quirks = ["--quirks", off.to_str().unwrap()];
        assert_eq!(state(&quirks), "problem");
        assert_eq!(state(&[&quirks[..], &["--layer", name]].concat()), "ok");
    }
}

#[test]
fn of_a_dump_what_cannot_be_known_is_said() {
    let folder = Folder::new();
    let dump = folder.file("dump", healthy().text("65:00.0"));
    let run = quirkc(&["doctor", dump.to_str().unwrap(), "--format", "json"]);
    let object = checked(&run.stdout);
    let unknown = ["port-type", "width", "viommu-ats", "viommu-pri", "path", "host-pasid"];
    assert_eq!(checks(&object, "unknown"), unknown);
    let header = folder.file("header", &healthy().0[..64]);
    let run = quirkc(&["doctor", header.to_str().unwrap(), "--format", "json"]);
    let object = checked(&run.stdout);
    assert_eq!((run.code, checks(&object, "problem")), (0, Vec::new()));
    assert!(checks(&object, "unknown").contains(&"extended-space"));
    let conventional = folder.file("conventional", &healthy().0[..256]);
    let run = quirkc(&["doctor", conventional.to_str().unwrap(), "--format", "json"]);
    let object = checked(&run.stdout);
    assert_eq!((run.code, checks(&object, "problem")), (0, Vec::new()), "it may have more: {object:#}");
    assert!(check(&object, "extended-space")["cure"].as_str().unwrap().contains("lspci -xxxx"));
    // The machine itself has no more.
    let mut space = healthy();
    space.0.truncate(256);
    let (code, object) = Machine::new(&space, Some(&port())).json(&SAID);
    assert_eq!((code, &check(&object, "extended-space")["state"]), (1, &"problem".into()));
}

#[test]
fn a_dump_of_several_functions_is_an_array() {
    let folder = Folder::new();
    let dump = folder.file("dump", [healthy().text("65:00.0"), healthy().text("66:00.0")].concat());
    let all = checked(&quirkc(&["doctor", dump.to_str().unwrap(), "--format", "json"]).stdout);
    assert_eq!(all.as_array().unwrap().len(), 2);
    let one = quirkc(&["doctor", dump.to_str().unwrap(), "--format", "json", "--function", "66:00.0"]);
    assert_eq!(checked(&one.stdout)["function"]["address"], "66:00.0");
}

/// Whatever a device answers: every verb says something, and ends.
#[test]
fn noise_upsets_nobody() {
    let mut state = 0x2545_f491_u32;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state
    };
    let mut dump = String::new();
    for domain in 0..120 {
        let mut space = healthy();
        // From a few bits to all of them.
        for _ in 0..1_u32 << (domain % 12) {
            let at = random() as u16 & 0xffc;
            space.set(at, random());
        }
        space.set(0x04, 0x0010_0000);
        dump += &space.text(&format!("{domain:04x}:65:00.0"));
    }
    let folder = Folder::new();
    let dump = folder.file("dump", dump);
    let dump = dump.to_str().unwrap();
    for view in ["vfio", "raw"] {
        let run = quirkc(&["doctor", dump, "--view", view, "--format", "json"]);
        assert_eq!((run.code, run.stderr.as_str()), (1, ""));
        assert_eq!(checked(&run.stdout).as_array().unwrap().len(), 120);
        let run = quirkc(&["plan", "--config", dump, "--view", view, "--format", "qemu", "--offset", "0x400"]);
        assert_eq!((run.code, run.stdout.as_str()), (1, ""), "nobody vouches for anything");
        assert_eq!(run.stderr.matches("refused: ").count(), 120);
    }
}

#[test]
fn bad_usage() {
    let machine = Machine::new(&healthy(), None);
    for args in [
        &["doctor"][..],
        &["doctor", "/nonexistent/dump"],
        &["doctor", "66:00.0", "--sysfs", machine.sysfs.root()],
        &["doctor", "65:00.0", "--function", "65:00.0", "--sysfs", machine.sysfs.root()],
        &["doctor", "/dev/null", "--sysfs", machine.sysfs.root()],
        &["doctor", "65:00.0", "--viommu-pasid", "21"],
        &["doctor", "65:00.0", "--want", "everything"],
        &["doctor", "65:00.0", "--bus", "port:nvme"],
        &["doctor", "65:00.0", "--viommu", "intel,pri"],
        &["doctor", "65:00.0", "--checks"],
        &["doctor", "65:00.0", "--sysfs", machine.sysfs.root(), "--vmm", "cloud-hypervisor", "--bus", "port"],
        &["doctor", "65:00.0", "--sysfs", machine.sysfs.root(), "--viommu", "intel,pasid=16", "--viommu-pasid", "20"],
    ] {
        let run = quirkc(args);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{args:?}");
        assert!(run.stderr.starts_with("error: "), "{args:?}: {}", run.stderr);
    }
}
