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

/// A guest's machine that has everything.
const SAID: [&str; 8] =
    ["--pasid", "20", "--vmm", "qemu", "--bus", "port:pcie-root-port", "--viommu", "intel,pasid=20,ats,pri"];

/// Runs the program on all functions.
fn run(dump: &std::path::Path, args: &[&str]) -> Vec<Value> {
    let program = Command::new(env!("CARGO_BIN_EXE_quirkc")).args(args).arg(dump).args(["--format", "json"]).output();
    let output = program.unwrap();
    assert!(!output.stdout.is_empty(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    value.as_array().unwrap().clone()
}

/// `doctor` says nothing that `plan` does not, and names a register and its bits for every problem.
#[test]
fn doctor_and_plan_agree() {
    let spaces = spaces();
    if spaces.is_empty() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let dump = folder.path().join("all.txt");
    std::fs::write(&dump, naive::text(spaces.iter().map(Vec::as_slice).enumerate())).unwrap();
    let schema = include_str!("../../../../docs/doctor.schema.json");
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let (mut placed, mut problems) = (0, 0);
    for view in ["vfio", "raw"] {
        let reports = run(&dump, &[&["doctor", "--view", view], &SAID[..]].concat());
        let plans = run(&dump, &["plan", "--view", view, "--pasid", "20", "--viommu-pasid", "20", "--config"]);
        assert_eq!((reports.len(), plans.len()), (spaces.len(), spaces.len()));
        for ((report, plan), bytes) in reports.iter().zip(&plans).zip(&spaces) {
            let address = &report["function"]["address"];
            assert!(validator.is_valid(&serde_json::json!([report])), "{address}");
            agree(report, plan, &format!("{address}, {view}"));
            let all = report["checks"].as_array().unwrap();
            for problem in all.iter().filter(|check| check["state"] == "problem") {
                let register = &problem["register"];
                let (at, last) = (register["offset"].as_u64().unwrap(), register["last_bit"].as_u64().unwrap());
                assert!(at + last / 8 < 4096 && !problem["cure"].is_null(), "{address}: {problem:#}");
                problems += 1;
            }
            let answers = bytes[0x0e] & 0x7f != 0x7f;
            assert_eq!(check(report, "answers").is_some(), !answers, "{address}");
            placed += usize::from(!report["pasid"].is_null());
        }
    }
    eprintln!("{} functions in two views, PASID placed in {placed}, {problems} problems", spaces.len());
    assert!(placed > 0 && problems > 0);
}

fn agree(report: &Value, plan: &Value, what: &str) {
    assert_eq!(report["pasid"]["offset"], plan["placement"]["offset"], "{what}");
    assert_eq!(report["pasid"]["width"], plan["granted"]["width"], "{what}");
    let place = check(report, "placement").unwrap();
    assert!(plan["placement"].is_null() || place["state"] == "ok", "{what}: {place:#}");
    assert!(!plan["placement"].is_null() || place["state"] != "ok", "{what}: {place:#}");
    let has = |code: &str| plan["findings"].as_array().unwrap().iter().any(|finding| finding["code"] == code);
    let state = |code: &str| check(report, code).map(|check| check["state"].as_str().unwrap().to_owned());
    if has("linux-would-not-enable") {
        assert_eq!(state("host-enable").as_deref(), Some("problem"), "{what}");
    }
    if has("record-cut-off") {
        let all = report["checks"].as_array().unwrap();
        let is_extended = |check: &&Value| check["register"]["offset"].as_u64().is_some_and(|at| at >= 0x100);
        assert!(!all.iter().any(|check| is_extended(&check) && check["state"] == "problem"), "{what}");
        assert_eq!(state("extended-space").as_deref(), Some("unknown"), "{what}");
    }
    assert_eq!(has("device-gone"), state("answers").is_some(), "{what}");
    // How wide PASID is, in both.
    let width = check(report, "width").unwrap();
    if width["state"] == "ok" && !plan["granted"].is_null() {
        let says = format!("{} bits: ", plan["granted"]["width"]);
        assert!(width["message"].as_str().unwrap().starts_with(&says), "{what}: {width:#}, {}", plan["granted"]);
    }
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
