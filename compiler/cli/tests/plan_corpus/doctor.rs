//! `quirkc doctor` on every real dump, its facts against a second reading of the bytes.

use std::process::Command;

use serde_json::Value;

use crate::naive::{self, extended, is_express};
use crate::spaces;

/// The conventional capability with this id.
fn conventional(bytes: &[u8], id: u8) -> Option<usize> {
    let mut at = usize::from(bytes[if bytes[0x0e] & 0x7f == 2 { 0x14 } else { 0x34 }]) & 0xfc;
    for _ in 0..64 {
        if bytes.len() < 256 || bytes[6] & 0x10 == 0 || at < 0x40 || bytes[at] == 0xff {
            return None;
        }
        if bytes[at] == id {
            return Some(at);
        }
        at = usize::from(bytes[at + 1]) & 0xfc;
    }
    None
}

fn check<'a>(report: &'a Value, code: &str) -> Option<&'a Value> {
    report["checks"].as_array().unwrap().iter().find(|check| check["code"] == code)
}

#[test]
fn the_registers_are_read_where_they_are() {
    let spaces = spaces();
    if spaces.is_empty() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let dump = folder.path().join("all.txt");
    std::fs::write(&dump, naive::text(spaces.iter().map(Vec::as_slice).enumerate())).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_quirkc"))
        .arg("doctor")
        .arg(&dump)
        .args(["--format", "json"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let reports: Value = serde_json::from_slice(&output.stdout).unwrap();
    let schema = include_str!("../../../../docs/doctor.schema.json");
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let errors: Vec<_> = validator.iter_errors(&reports).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let reports = reports.as_array().unwrap();
    assert_eq!(reports.len(), spaces.len());

    let (mut prefixes, mut pasids) = (0, 0);
    for (bytes, report) in spaces.iter().zip(reports) {
        let address = &report["function"]["address"];
        if let (Some(pcie), Some(version)) = (conventional(bytes, 0x10), check(report, "pcie-version")) {
            assert_eq!(version["register"]["offset"], pcie + 2, "{address}");
            assert_eq!(version["register"]["value"], bytes[pcie + 2] & 0xf, "{address}");
            assert_eq!(version["state"], if bytes[pcie + 2] & 0xf >= 2 { "ok" } else { "problem" }, "{address}");
            let has_prefix = bytes[pcie + 0x26] & 0x20 != 0;
            let prefix = check(report, "end-to-end-prefix").unwrap();
            assert_eq!(prefix["register"]["value"], u8::from(has_prefix), "{address}");
            if bytes[pcie + 2] & 0xf >= 2 {
                assert_eq!(prefix["state"], if has_prefix { "ok" } else { "problem" }, "{address}");
            }
            prefixes += usize::from(has_prefix);
        }
        let own = extended(bytes).into_iter().find(|each| each.id == 0x1b);
        if let Some(own) = own.filter(|_| is_express(bytes)) {
            let enable = check(report, "host-enable").unwrap();
            assert_eq!(enable["register"]["offset"], own.offset + 6, "{address}");
            assert_eq!(enable["register"]["value"], bytes[own.offset + 6] & 1, "{address}");
            assert_eq!(check(report, "width").unwrap()["register"]["value"], bytes[own.offset + 5] & 0x1f, "{address}");
            pasids += 1;
        }
        let space = check(report, "extended-space").unwrap();
        if space["state"] == "ok" {
            assert!(is_express(bytes), "{address}");
        }
    }
    eprintln!("{} functions, {prefixes} with prefixes, {pasids} with PASID", reports.len());
    assert!(prefixes > 0 && pasids > 0);
}
