//! The words of a policy: the same in every verb, and what they change.

use serde_json::Value;

use crate::fixture::sysfs::{FakeSysfs, link};
use crate::fixture::{Folder, Space, quirkc};

const WORDS: [&str; 11] = [
    "--place",
    "--tail",
    "--offset",
    "--ranges",
    "--profile",
    "--vmm-owned",
    "--least-evidence",
    "--layer",
    "--without-layer",
    "--quirks",
    "--only-quirks",
];

/// An endpoint with a PASID capability of its own, and free bytes that a description vouches for.
fn endpoint() -> Space {
    let mut space = Space::endpoint(&[(0x100, 0x01), (0x220, 0x0f), (0x230, 0x1b)]);
    space.set(0x64, 1 << 21);
    space.set(0x234, 0x1400);
    space
}

const FREE: &str = "edition 1;
device mover_one {
    name \"Example Mover One\";
    match pci(0xfffe, 0x1001);
    layout { ext aer @ 0x100; ext ats @ 0x220; }
    free @ 0x400..0x500 { evidence driver \"drivers/x/y.c EXAMPLE\"; }
    pasid { place free; }
}
profile frozen for mover_one { pasid @ 0x440 width 8; ext aer @ 0x100; ext ats @ 0x220; }
";

/// Where PASID is, and by which source.
fn placed(space: &Space, quirks: &str, args: &[&str]) -> Option<(u64, String)> {
    let folder = Folder::new();
    let dump = folder.file("dump", space.text("65:00.0"));
    let file = folder.file("one.quirk", quirks);
    let with = ["--quirks", file.to_str().unwrap()];
    let line = ["plan", "--format", "json", "--pasid", "16", "--config", dump.to_str().unwrap()];
    let run = quirkc(&[&line, &with[..if quirks.is_empty() { 0 } else { 2 }], args].concat());
    let object: Value = serde_json::from_str(&run.stdout).unwrap();
    let placement = object["placement"].as_object()?;
    Some((placement["offset"].as_u64().unwrap(), placement["source"].as_str().unwrap().to_owned()))
}

#[test]
fn every_verb_that_decides_has_all_of_them() {
    for verb in ["plan", "doctor", "devices"] {
        let help = quirkc(&[verb, "--help"]).stdout;
        let missing: Vec<_> = WORDS.iter().filter(|word| !help.contains(&format!("{word} "))).collect();
        assert!(missing.iter().all(|word| **word == "--tail" && help.contains("--tail\n")), "{verb}: {missing:?}");
    }
}

#[test]
fn each_word_changes_what_it_says() {
    let space = endpoint();
    let at = |offset: u64, source: &str| Some((offset, source.to_owned()));
    for (args, expected) in [
        (&[][..], at(0x400, "entry")),
        (&["--place", "native"], None),
        (&["--place", "none"], None),
        (&["--place", "tail"], at(0xff8, "tail")),
        (&["--place", "entry,tail"], at(0x400, "entry")),
        (&["--offset", "0x480"], at(0x480, "operator")),
        (&["--ranges", "0x600..0x700,0x500..0x600"], at(0x500, "operator")),
        (&["--profile", "frozen"], at(0x440, "profile")),
        (&["--vmm-owned", "0x400..0x404", "--tail"], at(0xff8, "tail")),
        (&["--least-evidence", "datasheet", "--tail"], at(0xff8, "tail")),
        (&["--least-evidence", "driver"], at(0x400, "entry")),
    ] {
        assert_eq!(placed(&space, FREE, args), expected, "{args:?}");
    }
    // Without a description.
    for (args, expected) in [
        (&[][..], at(0x230, "native")),
        (&["--tail"], at(0x230, "native")),
        (&["--place", "native"], at(0x230, "native")),
        (&["--place", "entry,dvsec"], None),
    ] {
        assert_eq!(placed(&space, "", args), expected, "{args:?}");
    }
}

#[test]
fn descriptions_are_added_to_the_library_and_replace_it_when_asked_to() {
    let folder = Folder::new();
    let mut space = endpoint();
    space.set(0x00, 0x0b25_8086);
    let dump = folder.file("dump", space.text("65:00.0"));
    let layer =
        "edition 1;\nlayer own { match pci(0x8086, 0x0b25); emulate u32 @ cap pcie + 0x24 bits 21..22 = 1 ro; }\n";
    let file = folder.file("own.quirk", layer);
    let name = |word: &str| {
        let line = ["plan", "--format", "json", "--config", dump.to_str().unwrap(), word, file.to_str().unwrap()];
        let object: Value = serde_json::from_str(&quirkc(&line).stdout).unwrap();
        object["device"]["name"].as_str().map(str::to_owned)
    };
    assert_eq!(name("--quirks").as_deref(), Some("dsa_spr"));
    assert_eq!(name("--only-quirks"), None);
}

#[test]
fn a_layer_can_be_tried_in_doctor() {
    let folder = Folder::new();
    let mut space = endpoint();
    space.set(0x64, 0);
    let dump = folder.file("dump", space.text("65:00.0"));
    let layer =
        "edition 1;\nlayer own { match pci(0xfffe, 0x1001); emulate u32 @ cap pcie + 0x24 bits 21..22 = 1 ro; }\n";
    let file = folder.file("own.quirk", layer);
    let state = |more: &[&str]| {
        let line = ["doctor", dump.to_str().unwrap(), "--format", "json", "--quirks", file.to_str().unwrap()];
        let object: Value = serde_json::from_str(&quirkc(&[&line, more].concat()).stdout).unwrap();
        let checks = object["checks"].as_array().unwrap();
        checks.iter().find(|check| check["code"] == "end-to-end-prefix").unwrap()["state"].clone()
    };
    assert_eq!((state(&[]), state(&["--layer", "own"])), ("problem".into(), "ok".into()));
}

#[test]
fn devices_takes_them_too() {
    let fake = FakeSysfs::new();
    let mut space = endpoint();
    space.set(0x234, 0x0001_1400);
    link(&fake.function(&[], "0000:65:00.0", &space), "iommu_group", "../../../kernel/iommu_groups/1");
    let placed = |more: &[&str]| {
        let line = ["devices", "--sysfs", fake.root(), "--format", "json"];
        let object: Value = serde_json::from_str(&quirkc(&[&line, more].concat()).stdout).unwrap();
        object["functions"][0]["placement"]["offset"].as_u64()
    };
    assert_eq!(
        (placed(&[]), placed(&["--place", "tail"]), placed(&["--place", "none"])),
        (Some(0x230), Some(0xff8), None)
    );
}
