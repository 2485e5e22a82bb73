//! `quirkc plan --device` against a sysfs made of files. What VFIO itself gives needs a real device.

use std::fs;

use crate::fixture::sysfs::{FakeSysfs, link};
use crate::fixture::{Folder, Run, Space, quirkc};
use serde_json::Value;

/// An endpoint with ATS, PASID and PRI, of which vfio-pci hides PASID.
fn mover() -> Space {
    let mut space = Space::endpoint(&[(0x100, 0x03), (0x220, 0x0f), (0x230, 0x1b), (0x240, 0x13)]);
    space.set(0x234, 0x0003_1402);
    space
}

fn plan(fake: &FakeSysfs, address: &str, args: &[&str]) -> Run {
    quirkc(&[&["plan", "--sysfs", fake.root(), "--device", address], args].concat())
}

fn json(fake: &FakeSysfs, address: &str, args: &[&str]) -> Value {
    let run = plan(fake, address, &[&["--format", "json"], args].concat());
    let value = serde_json::from_str(&run.stdout).unwrap();
    let schema = include_str!("../../../../docs/plan.schema.json");
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let errors: Vec<_> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    value
}

#[test]
fn a_function_of_another_driver_is_read_through_sysfs_as_vfio_would_show_it() {
    let fake = FakeSysfs::new();
    let folder = fake.function(&[], "0000:65:00.0", &mover());
    link(&folder, "driver", "../../../bus/pci/drivers/idxd");
    let run = plan(&fake, "65:00.0", &["--pasid", "20", "--offset", "0x400"]);
    assert_eq!(
        run.stderr,
        "note: 0000:65:00.0 is read through sysfs, not through VFIO: bound to `idxd`, not to vfio-pci\n"
    );
    assert!(run.stdout.contains("4096 bytes, view vfio, read through sysfs\n"), "{}", run.stdout);
    let object = json(&fake, "0000:65:00.0", &["--pasid", "20", "--offset", "0x400"]);
    assert_eq!((&object["seen"], &object["view"]), (&"sysfs".into(), &"vfio".into()));
    assert_eq!(object["function"]["address"], "0000:65:00.0");
    assert_eq!(object["function"]["kind"], "physical");
    assert_eq!(object["hidden"][0]["offset"], 0x230);
    assert_eq!(object["placement"]["offset"], 0x400);
}

#[test]
fn sysfs_knows_a_virtual_function_and_its_ids() {
    let fake = FakeSysfs::new();
    let mut space = mover();
    let folder = fake.function(&[], "0000:65:00.1", &space);
    space.set(0, u32::MAX);
    fs::write(folder.join("config"), &space.0).unwrap();
    link(&folder, "physfn", "../0000:65:00.0");
    let object = json(&fake, "65:00.1", &[]);
    assert_eq!(object["function"]["kind"], "virtual");
    assert_eq!((&object["function"]["vendor"], &object["function"]["device"]), (&0xfffe.into(), &0x1001.into()));
}

#[test]
fn a_header_alone_is_what_a_user_without_rights_gets() {
    let fake = FakeSysfs::new();
    let folder = fake.function(&[], "0000:65:00.0", &mover());
    fs::write(folder.join("config"), &mover().0[..64]).unwrap();
    let object = json(&fake, "65:00.0", &["--pasid", "20"]);
    assert_eq!(object["function"]["size"], 64);
    assert!(object["findings"].as_array().unwrap().iter().any(|finding| finding["code"] == "header-only"));
}

#[test]
fn devices_of_another_sysfs_are_not_opened() {
    let fake = FakeSysfs::new();
    let folder = fake.function(&[], "0000:65:00.0", &mover());
    link(&folder, "driver", "../../../bus/pci/drivers/vfio-pci");
    fs::create_dir_all(folder.join("vfio-dev/vfio0")).unwrap();
    let run = plan(&fake, "65:00.0", &[]);
    assert!(run.stderr.ends_with("not through VFIO: devices of another sysfs are not opened\n"), "{}", run.stderr);
    assert_eq!(run.code, 0);
}

#[test]
fn qemu_gets_the_address_of_the_device() {
    let fake = FakeSysfs::new();
    fake.function(&[], "0000:65:00.0", &mover());
    let files = Folder::new();
    let quirk = files.file(
        "mover.quirk",
        "edition 1;\ndevice mover { name \"Example Mover\"; match pci(0xfffe, 0x1001);\n\
         free @ 0x400..0x480 { evidence vendor \"a mail\"; } pasid { place free; } }\n",
    );
    let run = plan(&fake, "65:00.0", &["--format", "qemu", "--quirks", quirk.to_str().unwrap()]);
    assert_eq!(run.code, 0);
    assert!(run.stdout.ends_with("host=0000:65:00.0,iommufd=iommufd0,x-vpasid-cap-offset=0x400\n"), "{}", run.stdout);
}

#[test]
fn what_is_not_there_and_what_does_not_go_together() {
    let fake = FakeSysfs::new();
    let missing = plan(&fake, "65:00.0", &[]);
    assert_eq!((missing.code, missing.stdout.as_str()), (2, ""));
    assert_eq!(missing.stderr, "error: there is no PCI function at `0000:65:00.0`\n");
    for args in [
        &["plan"][..],
        &["plan", "--device", "65:00"],
        &["plan", "--device", "65:00.0", "--config", "/dev/null"],
        &["plan", "--device", "65:00.0", "--function", "65:00.0"],
        &["plan", "--device", "65:00.0", "--function-kind", "virtual"],
        &["plan", "--config", "/dev/null", "--sysfs", "/sys"],
    ] {
        let run = quirkc(args);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{args:?}");
        assert!(run.stderr.starts_with("error: "), "{args:?}: {}", run.stderr);
    }
}

#[test]
fn a_header_alone_is_no_proof_and_the_cure_is_to_be_root() {
    let fake = FakeSysfs::new();
    let space = mover();
    let folder = fake.function(&[], "0000:65:00.0", &space);
    fs::write(folder.join("config"), &space.0[..64]).unwrap();
    for args in [&["--pasid", "20"][..], &["--pasid", "20", "--tail"]] {
        let object = json(&fake, "65:00.0", args);
        assert!(object["placement"].is_null());
        let codes: Vec<_> =
            object["findings"].as_array().unwrap().iter().map(|each| each["code"].as_str().unwrap()).collect();
        assert!(codes.contains(&"record-cut-off"), "{codes:?}");
        let reasons: Vec<_> =
            object["candidates"].as_array().unwrap().iter().map(|each| each["reason"].as_str().unwrap()).collect();
        assert!(!reasons.contains(&"no-extended-space"), "{reasons:?}");
        assert_eq!(object["way_out"]["message"], "ask again as root");
    }
}

#[test]
fn an_address_alone_is_a_function_of_this_machine() {
    let fake = FakeSysfs::new();
    fake.function(&[], "0000:65:00.0", &mover());
    let said = |function: &[&str]| {
        let Run { code, stdout, stderr } =
            quirkc(&[&["plan", "--sysfs", fake.root(), "--pasid", "20"], function].concat());
        (code, stdout, stderr)
    };
    let alone = said(&["65:00.0"]);
    assert_eq!(alone.0, 0, "{}", alone.2);
    assert_eq!(alone, said(&["--device", "65:00.0"]));
    let refused = said(&["65:00.0", "--as-recorded"]);
    assert!(refused.0 == 2 && refused.2.contains("`--as-recorded` is for a dump"), "{}", refused.2);
    assert_eq!(said(&["65:00.0", "--config", "dump"]).0, 2, "one function, said once");
}
