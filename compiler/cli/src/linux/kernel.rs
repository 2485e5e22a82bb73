//! The lists against the kernel's own source, where `QUIRK_LINUX` names a tree of it.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use quirk_runtime::Identity;

use super::{Equivalent, ats_required, equivalent, no_ats, no_tlp_prefix};

/// `quirks.c`, and the vendor ids by name.
fn source() -> Option<(String, BTreeMap<String, u16>)> {
    let Some(tree) = std::env::var_os("QUIRK_LINUX").map(PathBuf::from) else {
        eprintln!("skipped: QUIRK_LINUX names no kernel source");
        return None;
    };
    let quirks = std::fs::read_to_string(tree.join("drivers/pci/quirks.c")).unwrap();
    let ids = std::fs::read_to_string(tree.join("include/linux/pci_ids.h")).unwrap();
    let vendor = |line: &str| {
        let mut words = line.strip_prefix("#define PCI_VENDOR_ID_")?.split_whitespace();
        Some((format!("PCI_VENDOR_ID_{}", words.next()?), hex(words.next()?)?))
    };
    Some((quirks, ids.lines().filter_map(vendor).collect()))
}

fn hex(text: &str) -> Option<u16> {
    u16::from_str_radix(text.trim().strip_prefix("0x")?, 16).ok()
}

/// The devices that such a declaration names: `NAME(VENDOR, DEVICE, FUNCTION)`, or a row `{ VENDOR, DEVICE, FUNCTION }`.
fn rows(text: &str, vendors: &BTreeMap<String, u16>, function: &str) -> BTreeSet<(u16, u16)> {
    let row = |line: &str| {
        let inside = line.split_once(['(', '{'])?.1.split_once([')', '}'])?.0;
        let parts: Vec<_> = inside.split(',').map(str::trim).collect();
        let &[vendor, device, name] = &parts[..] else { return None };
        let vendor = vendors.get(vendor).copied().or_else(|| hex(vendor))?;
        Some((vendor, hex(device)?)).filter(|_| name == function)
    };
    text.lines().filter_map(row).collect()
}

fn all(vendor: u16, revision: u8, holds: impl Fn(&Identity) -> bool) -> BTreeSet<(u16, u16)> {
    let identity = |device| Identity::new(vendor, device).with_revision(revision);
    (0..=u16::MAX).filter(|&device| holds(&identity(device))).map(|device| (vendor, device)).collect()
}

#[test]
fn ats_and_prefixes_are_those_of_the_kernel() {
    let Some((quirks, vendors)) = source() else { return };
    let mut amd = rows(&quirks, &vendors, "quirk_amd_harvest_no_ats");
    // Only of some boards.
    assert!(amd.remove(&(0x1002, 0x15d8)));
    assert_eq!(all(0x1002, 0, |identity| no_ats(identity).is_some()), amd);
    let intel = rows(&quirks, &vendors, "quirk_intel_e2000_no_ats");
    assert_eq!(all(0x8086, 0x1f, |identity| no_ats(identity).is_some()), intel);
    assert!(all(0x8086, 0x20, |identity| no_ats(identity).is_some()).is_empty());
    let engines = rows(&quirks, &vendors, "quirk_huawei_pcie_sva");
    for revision in [0x21, 0x30] {
        assert_eq!(all(0x19e5, revision, |identity| no_tlp_prefix(identity).is_some()), engines);
    }
    assert!(quirks.contains("case 0x2e00 ... 0x2e3f:"));
    assert_eq!(all(0x10de, 0, |identity| ats_required(identity).is_some()).len(), 0x40);
    assert_eq!(all(0x15b3, 0, |identity| ats_required(identity).is_some()), rows(&quirks, &vendors, "NULL"));
}

/// Of rows for every device of a vendor the function decides, and those are not compared here.
#[test]
fn the_table_for_acs_is_the_kernels() {
    let Some((quirks, vendors)) = source() else { return };
    let (_, table) = quirks.split_once("} pci_dev_acs_enabled[] = {").unwrap();
    let (table, _) = table.split_once("\n};").unwrap();
    let names: BTreeSet<&str> = table.lines().filter_map(|line| Some(line.split_once("pci_quirk_")?.1)).collect();
    let names = names.iter().map(|rest| format!("pci_quirk_{}", rest.split([' ', '}']).next().unwrap()));
    let mut compared = 0;
    for name in names.collect::<BTreeSet<_>>() {
        let kernel = rows(table, &vendors, &name);
        let of: BTreeSet<u16> = kernel.iter().map(|(vendor, _)| *vendor).collect();
        for vendor in of {
            // An endpoint, of which no row for root ports is; one function has such a row alone.
            let kind = if name == "pci_quirk_al_acs" { 4 } else { 0 };
            let is_it = |identity: &Identity| equivalent(identity, kind) == Some(Equivalent::Isolated(by(&name)));
            let ours = all(vendor, 0, is_it);
            let theirs: BTreeSet<_> = kernel.iter().copied().filter(|row| row.0 == vendor).collect();
            assert_eq!(ours, theirs, "{name}");
            compared += theirs.len();
        }
    }
    assert!(compared > 100, "{compared}");
}

/// The same text as a name that lives on.
fn by(name: &str) -> &'static str {
    const NAMES: [&str; 8] = [
        "pci_quirk_al_acs",
        "pci_quirk_amd_sb_acs",
        "pci_quirk_brcm_acs",
        "pci_quirk_loongson_acs",
        "pci_quirk_mf_endpoint_acs",
        "pci_quirk_nxp_rp_acs",
        "pci_quirk_qcom_rp_acs",
        "pci_quirk_xgene_acs",
    ];
    NAMES.into_iter().find(|known| *known == name).unwrap_or_default()
}
