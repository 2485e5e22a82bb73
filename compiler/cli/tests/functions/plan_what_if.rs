//! `quirkc plan` on a record answers for a host that will enable PASID; on a function of a machine for the host that there is.

use serde_json::Value;

use crate::fixture::sysfs::FakeSysfs;
use crate::fixture::{Folder, Run, Space, quirkc};

/// A function that nobody describes, with PASID at 0x310 that no host has enabled; `prefix` is what bit 21 of Device
/// Capabilities 2 says.
fn bare(register: u32, prefix: u32) -> Space {
    let mut space = Space::endpoint(&[(0x100, 0x01), (0x150, 0x0e), (0x310, 0x1b)]);
    space.set(0x00, 0x1002_fffe);
    space.set(0x64, prefix << 21);
    space.set(0x314, register);
    space
}

fn plan(space: &Space, args: &[&str]) -> Run {
    let folder = Folder::new();
    let dump = folder.file("dump", space.text("65:00.0"));
    quirkc(&[&["plan", "--format", "json", "--config", dump.to_str().unwrap()], args].concat())
}

fn json(space: &Space, args: &[&str]) -> Value {
    serde_json::from_str(&plan(space, args).stdout).unwrap()
}

fn codes(object: &Value) -> Vec<&str> {
    object["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

fn reason<'o>(object: &'o Value, source: &str) -> &'o str {
    let candidates = object["candidates"].as_array().unwrap();
    candidates.iter().find(|each| each["source"] == source).unwrap()["reason"].as_str().unwrap()
}

#[test]
fn a_record_is_judged_as_if_the_host_enabled_it() {
    let object = json(&bare(0x1406, 1), &["--pasid", "16,exec"]);
    assert_eq!((&object["placement"]["offset"], &object["placement"]["source"]), (&0x310.into(), &"native".into()));
    assert_eq!((&object["granted"]["width"], &object["granted"]["execute"]), (&16.into(), &true.into()));
    assert!(codes(&object).is_empty(), "{object}");
    let object = json(&bare(0x1406, 1), &["--pasid", "16,exec", "--as-recorded"]);
    assert!(object["placement"].is_null());
    assert_eq!(reason(&object, "native"), "host-pasid-not-enabled");
    // Enabled, with other permissions than the host is said to have.
    let object = json(&bare(0x0001_1406, 1), &["--pasid", "16,exec", "--as-recorded"]);
    assert_eq!(reason(&object, "native"), "host-pasid-differs");
}

#[test]
fn the_host_gives_at_most_what_the_capability_has() {
    let object = json(&bare(0x0800, 1), &["--pasid", "20,exec,priv"]);
    let granted = &object["granted"];
    assert_eq!(granted, &serde_json::json!({ "width": 8, "execute": false, "privileged": false }));
    assert_eq!(codes(&object), ["host-width-cut", "host-execute-cut", "host-privileged-cut"]);
}

#[test]
fn where_linux_would_not_enable_it_the_placement_stands_and_says_so() {
    let object = json(&bare(0x1400, 0), &["--pasid", "20"]);
    assert_eq!(object["placement"]["offset"], 0x310);
    assert_eq!(codes(&object), ["linux-would-not-enable"]);
    assert_eq!(object["findings"][0]["offset"], 0x64);
    // `quirk_huawei_pcie_sva` of Linux exempts this one, and only in these revisions.
    let mut space = bare(0x1400, 0);
    space.set(0x00, 0xa251_19e5);
    for (revision, says) in [(0x21, false), (0x30, false), (0x22, true)] {
        space.set(0x08, 0x1200_0000 | revision);
        let object = json(&space, &["--pasid", "20"]);
        assert_eq!(codes(&object).contains(&"linux-would-not-enable"), says, "{revision:#x}");
    }
}

#[test]
fn the_functions_own_slot_is_the_same_place_no_matter_who_names_it() {
    let object = json(&bare(0x1400, 1), &["--pasid", "16", "--offset", "0x310"]);
    assert_eq!((&object["placement"]["offset"], &object["placement"]["source"]), (&0x310.into(), &"operator".into()));
}

#[test]
fn what_was_not_recorded_is_not_known() {
    let mut space = bare(0x1400, 1);
    space.0.truncate(256);
    let run = plan(&space, &["--pasid", "20", "--offset", "0x400"]);
    let object: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((reason(&object, "operator"), run.code), ("not-recorded", 1));
    assert_eq!(codes(&object), ["record-cut-off"]);
    // A conventional function has no more.
    space.set(0x40, 0x0000_0001);
    assert_eq!(reason(&json(&space, &["--pasid", "20", "--offset", "0x400"]), "operator"), "no-extended-space");
}

#[test]
fn a_function_that_does_not_answer_is_one_finding() {
    let mut space = bare(0, 0);
    space.0.fill(0xff);
    let object = json(&space, &["--pasid", "20"]);
    assert_eq!(codes(&object), ["device-gone"]);
    for source in ["entry", "native", "tail"] {
        assert_eq!(reason(&object, source), "device-gone");
    }
}

#[test]
fn a_path_that_leads_into_sysfs_is_a_function_of_the_machine() {
    let fake = FakeSysfs::new();
    fake.function(&[], "0000:65:00.0", &bare(0x1400, 1));
    let path = format!("{}/bus/pci/devices/0000:65:00.0/config", fake.root());
    let live = |path: &str, verb: &[&str]| {
        quirkc(&[&[verb[0], "--format", "json", "--sysfs", fake.root()], &verb[1..], &[path]].concat())
    };
    let run = live(&path, &["plan", "--pasid", "16", "--config"]);
    let object: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&object["seen"], reason(&object, "native")), (&"sysfs".into(), "host-pasid-not-enabled"));
    // Also by a link, and for `doctor`.
    let link = format!("{}/link", fake.root());
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let run = live(&link, &["doctor"]);
    let object: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(object["seen"], "sysfs");
    // A copy is a record.
    let folder = Folder::new();
    let copy = folder.file("copy", &bare(0x1400, 1).0);
    let run = quirkc(&["plan", "--pasid", "16", "--format", "json", "--config", copy.to_str().unwrap()]);
    let object: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&object["seen"], &object["placement"]["offset"]), (&"dump".into(), &0x310.into()));
}
