//! What `--format qemu` and `libvirt` print, judged by QEMU and by libvirt's schema.
//!
//! `QUIRK_QEMU` and `QUIRK_QEMU_ARM` are commands that run QEMU 11, `QUIRK_LIBVIRT_SCHEMA` is the folder with libvirt's
//! `domain.rng`; without them what is installed is tried. A test whose tool is missing says so by name and passes.

use std::path::PathBuf;
use std::process::Command;

use crate::fixture::{Folder, Space, quirkc};

const QUIRK: &str = "edition 1;
device mover { name \"Example Mover\"; match pci(0xfffe, 0x1001); free @ 0x400..0x480 { evidence datasheet \"EX-1001\"; } pasid { place free; } }
";

/// What is printed for functions at these addresses.
fn printed(addresses: &[&str], args: &[&str]) -> String {
    let folder = Folder::new();
    let space = Space::endpoint(&[(0x100, 0x03), (0x200, 0x0f), (0x240, 0x13)]);
    let dump = folder.file("dump", addresses.iter().map(|address| space.text(address)).collect::<String>());
    let quirk = folder.file("mover.quirk", QUIRK);
    let line = ["plan", "--config", dump.to_str().unwrap(), "--quirks", quirk.to_str().unwrap()];
    let run = quirkc(&[&line, args].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    run.stdout
}

/// The properties that QEMU lists for a device; `None` where there is no QEMU that has `x-vpasid-cap-offset`.
fn properties(variable: &str, default: &str, device: &str) -> Option<Vec<String>> {
    let command = std::env::var(variable).unwrap_or_else(|_| default.to_owned());
    let mut words = command.split_whitespace();
    let output = Command::new(words.next()?).args(words).args(["-device", &format!("{device},help")]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let names: Vec<_> =
        text.lines().filter_map(|line| Some(line.trim_start().split_once("=<")?.0.to_owned())).collect();
    (output.status.success() && !names.is_empty()).then_some(names)
}

/// Every property of every line of a device is one that QEMU lists.
fn holds(test: &str, variable: &str, default: &str, viommu: &str) {
    let text = printed(&["0000:65:00.0", "10000:01:00.0"], &["--format", "qemu", "--viommu", viommu]);
    assert!(text.contains(",sysfsdev=/sys/bus/pci/devices/10000:01:00.0,"), "{text}");
    assert!(!text.contains("host=10000:"), "{text}");
    // An older QEMU has its vIOMMU's properties under other names.
    let vfio_pci = properties(variable, default, "vfio-pci").unwrap_or_default();
    let is_current = vfio_pci.iter().any(|name| name == "x-vpasid-cap-offset");
    for line in text.lines().filter_map(|line| line.strip_prefix("-device ")) {
        let (device, given) = line.split_once(',').unwrap();
        match properties(variable, default, device) {
            Some(known) if is_current => {
                for property in given.split(',').map(|each| each.split_once('=').unwrap().0) {
                    assert!(known.iter().any(|name| name == property), "{device} has no `{property}`: {known:?}");
                }
            }
            _ => eprintln!("skipped: {test}: no QEMU 11 with `{device}` ({variable} is a command that runs one)"),
        }
    }
}

#[test]
fn qemu_knows_every_property_for_x86() {
    holds("qemu_knows_every_property_for_x86", "QUIRK_QEMU", "qemu-system-x86_64", "intel");
}

#[test]
fn qemu_knows_every_property_for_arm() {
    holds("qemu_knows_every_property_for_arm", "QUIRK_QEMU_ARM", "qemu-system-aarch64", "smmuv3");
}

#[test]
fn libvirts_schema_takes_the_domain() {
    let test = "libvirts_schema_takes_the_domain";
    let folder = std::env::var_os("QUIRK_LIBVIRT_SCHEMA")
        .map_or_else(|| PathBuf::from("/usr/share/libvirt/schemas"), PathBuf::from);
    let schema = folder.join("domain.rng");
    let has_override =
        std::fs::read_to_string(folder.join("domaincommon.rng")).is_ok_and(|text| text.contains("name=\"iommufd\""));
    if !has_override || Command::new("xmllint").arg("--version").output().is_err() {
        eprintln!("skipped: {test}: no xmllint, or no schema of libvirt 12.9 (QUIRK_LIBVIRT_SCHEMA is its folder)");
        return;
    }
    let temporary = Folder::new();
    for viommu in ["intel", "smmuv3"] {
        let text = printed(&["0000:65:00.0", "10000:01:00.0"], &["--format", "libvirt", "--viommu", viommu]);
        // What every domain has beside it.
        let domain = text.replace(
            "  <devices>\n",
            "  <name>guest</name>\n  <memory>1</memory>\n  <os><type arch='x86_64' machine='q35'>hvm</type></os>\n  <devices>\n",
        );
        let file = temporary.file(viommu, &domain);
        let validate = |file: &PathBuf| {
            Command::new("xmllint").args(["--noout", "--relaxng"]).arg(&schema).arg(file).output().unwrap()
        };
        let output = validate(&file);
        assert!(output.status.success(), "{domain}\n{}", String::from_utf8_lossy(&output.stderr));
        let broken = temporary.file("broken", domain.replace("type='unsigned'", "type='number'"));
        assert!(!validate(&broken).status.success(), "the schema looks at what is printed");
    }
}
