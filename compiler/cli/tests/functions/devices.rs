//! `quirkc devices` on a sysfs made of files.

use std::fs;

use serde_json::Value;

use crate::fixture::sysfs::{FakeSysfs, link};
use crate::fixture::{Folder, Run, Space, quirkc};

const QUIRK: &str = "edition 1;\n\
    device mover { name \"Example Mover\"; match pci(0xfffe, 0x1001) { function physical; }\n\
    layout { ext ats @ 0x200; } free @ 0x400..0x480 { evidence vendor \"a mail\"; } pasid { place free; } }\n\
    device shaker { name \"Example Shaker\"; match pci(0xfffe, 0x1002);\n\
    layout { ext pasid @ 0x230; } pasid { place native; } }\n\
    device other { name \"Example Other\"; match pci(0xfffe, 0x1003);\n\
    layout { ext aer @ 0x300; } free @ 0x400..0x480 { evidence vendor \"a mail\"; } pasid { place free; } }\n";

/// A machine with a described function, its virtual function, one whose PASID is native, one that contradicts its
/// description, one that nobody knows, a bridge, and one without an IOMMU group.
fn machine() -> FakeSysfs {
    let fake = FakeSysfs::new();
    let with_id = |device: u32| {
        let mut space = Space::endpoint(&[(0x100, 0x03), (0x200, 0x0f)]);
        space.set(0, device << 16 | 0xfffe);
        space
    };
    let mut native = Space::endpoint(&[(0x100, 0x03), (0x230, 0x1b)]);
    native.set(0, 0x1002_fffe);
    // As Linux does it: all that the device has is enabled.
    native.set(0x234, 0x0007_1006);
    let mut bridge = Space::endpoint(&[]);
    bridge.set(0x0c, 0x0001_0000);
    fake.function(&[], "0000:00:1c.0", &bridge);
    fake.function(&[], "0000:00:1f.0", &with_id(1));
    let functions = [
        ("0000:65:00.0", with_id(0x1001), Some("vfio-pci")),
        ("0000:65:00.1", with_id(0x1001), None),
        ("0000:66:00.0", native, Some("idxd")),
        ("0000:67:00.0", with_id(0x1003), None),
        ("10000:01:00.0", with_id(0x1004), None),
    ];
    for (group, (address, space, driver)) in functions.iter().enumerate() {
        let folder = fake.function(&[], address, space);
        link(&folder, "iommu_group", &format!("../../../kernel/iommu_groups/{group}"));
        if let Some(driver) = driver {
            link(&folder, "driver", &format!("../../../bus/pci/drivers/{driver}"));
        }
        if address.ends_with(".1") {
            link(&folder, "physfn", "../0000:65:00.0");
        }
    }
    fake
}

fn devices(fake: &FakeSysfs, args: &[&str]) -> Run {
    let files = Folder::new();
    let quirk = files.file("devices.quirk", QUIRK);
    quirkc(&[&["devices", "--sysfs", fake.root(), "--quirks", quirk.to_str().unwrap()], args].concat())
}

fn json(fake: &FakeSysfs, args: &[&str]) -> Value {
    let run = devices(fake, &[args, &["--format", "json"]].concat());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let value = serde_json::from_str(&run.stdout).unwrap();
    let schema = include_str!("../../../../docs/devices.schema.json");
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let errors: Vec<_> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    value
}

#[test]
fn the_table_is_for_people() {
    let fake = machine();
    let run = devices(&fake, &[]);
    let expected = "\
function       ids        driver    group  PASID  described as  place for PASID
0000:65:00.0   fffe:1001  vfio-pci  0      ?      mover         0x400 (entry)
0000:65:00.1   fffe:1001  -         1      ?      -             none: the entry `mover` (devices.quirk:2) fits but for one condition: it is for physical functions, and this one is virtual
0000:66:00.0   fffe:1002  idxd      2      ?      shaker        0x230 (entry)
0000:67:00.0   fffe:1003  -         3      ?      other         none: the entry declares ext aer at 0x300, and the device has none there
10000:01:00.0  fffe:1004  -         4      ?      -             none: no description

? 0000:65:00.0: devices of another sysfs are not opened
? 0000:65:00.1: bound to no driver
? 0000:66:00.0: bound to `idxd`, not to vfio-pci
? 0000:67:00.0: bound to no driver
? 10000:01:00.0: bound to no driver
left out: 1 bridge, 1 without an IOMMU group
nothing was bound, written or opened
";
    let (before, rest) = run.stdout.split_once("`mover` (").unwrap();
    let (_, after) = rest.split_once("devices.quirk").unwrap();
    let stdout = format!("{before}`mover` (devices.quirk{after}");
    assert_eq!((run.code, stdout.as_str(), run.stderr.as_str()), (0, expected, ""));
}

#[test]
fn what_nobody_described_has_its_name_from_the_list_of_ids() {
    let fake = machine();
    let files = Folder::new();
    let list = files.file("pci.ids", "fffe  Example Corp.\n\t1003  Other\n\t1004  Unknown Mover\n");
    let args = ["--pci-ids", list.to_str().unwrap()];
    let object = json(&fake, &args);
    let products: Vec<_> = object["functions"].as_array().unwrap().iter().map(|each| each["product"].clone()).collect();
    assert_eq!(products, [Value::Null, Value::Null, Value::Null, "Other".into(), "Unknown Mover".into()]);
    let run = devices(&fake, &args);
    assert!(run.stdout.contains("4      ?      (Unknown Mover)  none: no description\n"), "{}", run.stdout);
    assert!(run.stdout.contains("3      ?      other            none:"), "{}", run.stdout);
}

#[test]
fn a_list_of_ids_that_is_not_there_is_an_error() {
    let run = devices(&machine(), &["--pci-ids", "/nonexistent/pci.ids"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.starts_with("error: /nonexistent/pci.ids: "), "{}", run.stderr);
}

#[test]
fn the_object_is_for_programs() {
    let object = json(&machine(), &[]);
    let functions = object["functions"].as_array().unwrap();
    let first = &functions[0];
    assert_eq!(first["placement"], serde_json::json!({ "offset": 0x400, "source": "entry" }));
    assert_eq!((&first["driver"], &first["iommu_group"]), (&"vfio-pci".into(), &0.into()));
    assert_eq!((&first["opened"], &first["pasid_width"]), (&false.into(), &Value::Null));
    assert_eq!(first["description"]["name"], "mover");
    assert_eq!(functions[1]["kind"], "virtual");
    assert_eq!(functions[3]["reason"], "the entry declares ext aer at 0x300, and the device has none there");
    assert_eq!(object["left_out"], serde_json::json!({ "bridges": 1, "without_iommu_group": 1 }));
}

#[test]
fn a_refused_device_is_marked() {
    let fake = FakeSysfs::new();
    let mut space = Space::endpoint(&[(0x100, 0x03)]);
    space.set(0, 0x0b25_8086);
    let folder = fake.function(&[], "0000:65:00.0", &space);
    link(&folder, "iommu_group", "../../../kernel/iommu_groups/1");
    assert_eq!(json(&fake, &[])["functions"][0]["denylisted"], true);
    let run = devices(&fake, &["--no-open"]);
    assert!(run.stdout.contains("! 0000:65:00.0: vfio-pci refuses it"), "{}", run.stdout);
    assert!(run.stdout.contains("? 0000:65:00.0: not opened: `--no-open`\n"), "{}", run.stdout);
}

#[test]
fn a_user_without_rights_gets_the_header_and_is_told() {
    let fake = machine();
    let config = format!("{}/bus/pci/devices/0000:65:00.0/config", fake.root());
    let header = fs::read(&config).unwrap()[..64].to_vec();
    fs::write(config, header).unwrap();
    let object = json(&fake, &[]);
    assert!(object["functions"][0]["placement"].is_null());
    assert!(object["functions"][0]["reason"].as_str().unwrap().starts_with("no extended capabilities: 64 bytes"));
}

#[test]
fn a_function_that_does_not_answer_is_listed_with_that_reason() {
    let fake = machine();
    for address in ["0000:66:00.0", "0000:00:1c.0"] {
        let folder = format!("{}/bus/pci/devices/{address}", fake.root());
        fs::write(format!("{folder}/config"), [0xff; 4096]).unwrap();
        // The class is what the kernel read before.
        let class = if address.ends_with("1c.0") { "0x060400" } else { "0x088000" };
        fs::write(format!("{folder}/class"), class).unwrap();
    }
    let object = json(&fake, &[]);
    let function = &object["functions"][2];
    assert_eq!((&function["address"], &function["placement"]), (&"0000:66:00.0".into(), &Value::Null));
    assert_eq!(function["reason"], "the function does not answer: its header reads ff");
    assert_eq!(object["left_out"], serde_json::json!({ "bridges": 1, "without_iommu_group": 1 }));
}

#[test]
fn a_machine_without_such_functions_and_one_without_pci() {
    let object = json(&FakeSysfs::new(), &[]);
    assert_eq!(object["functions"], serde_json::json!([]));
    let run = quirkc(&["devices", "--sysfs", "/nonexistent"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.starts_with("error: cannot read `/nonexistent/bus/pci/devices`"), "{}", run.stderr);
}
