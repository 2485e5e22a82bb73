//! Every real dump parses to the size, and the bytes, that a second, naive reading of the file finds.
//!
//! Needs a folder of dumps in `QUIRK_CORPUS`; the tests say so and pass where there is none.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};
use std::process::Command;

use quirk_recorded::{lspci_text, parse};

fn dumps() -> Vec<PathBuf> {
    let Some(folder) = std::env::var_os("QUIRK_CORPUS") else {
        eprintln!("skipped: QUIRK_CORPUS names no folder of dumps");
        return Vec::new();
    };
    let entries = std::fs::read_dir(Path::new(&folder).join("hex")).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    paths
}

/// Whatever looks like `xx: xx xx ..` is a row.
fn naive(text: &str) -> Vec<u8> {
    let is_hex = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_hexdigit());
    let rows = text.lines().filter_map(|line| line.split_once(": ")).filter(|(offset, _)| is_hex(offset));
    rows.flat_map(|(_, row)| row.split_whitespace()).map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
}

#[test]
fn every_real_dump_parses() {
    for path in dumps() {
        let file = std::fs::read(&path).unwrap();
        let records = parse(&file);
        assert!(records.is_ok(), "{}: {records:?}", path.display());
        let records = records.unwrap();
        assert_eq!(records.len(), 1, "{}", path.display());
        assert_eq!(records[0].original(), naive(&String::from_utf8_lossy(&file)), "{}", path.display());
        assert!(file.starts_with(records[0].address().unwrap().to_string().as_bytes()), "{}", path.display());
    }
}

/// `INDEX.tsv` was made apart from this project: `file`, `id`, `class`, `bytes`, ..
#[test]
fn the_index_agrees() {
    let Some(folder) = std::env::var_os("QUIRK_CORPUS") else {
        eprintln!("skipped: QUIRK_CORPUS names no folder of dumps");
        return;
    };
    let index = std::fs::read_to_string(Path::new(&folder).join("INDEX.tsv")).unwrap();
    let mut count = 0;
    for line in index.lines().skip(1) {
        let columns: Vec<_> = line.split('\t').collect();
        let file = std::fs::read(Path::new(&folder).join("hex").join(columns[0])).unwrap();
        let record = parse(&file).unwrap().remove(0);
        let identity = record.identity();
        let id = format!("{:04x}:{:04x}", identity.vendor, identity.device);
        assert_eq!((id.as_str(), record.original().len().to_string().as_str()), (columns[1], columns[3]), "{line}");
        count += 1;
    }
    assert_eq!(count, dumps().len());
}

/// `lspci -F` reads what was written and prints the same bytes.
#[test]
fn lspci_reads_what_was_written() {
    if Command::new("lspci").arg("--version").output().is_err() {
        eprintln!("skipped: lspci is not installed");
        return;
    }
    // One file of all functions: the domain tells them apart.
    let mut text = String::new();
    let mut expected = Vec::new();
    for (domain, path) in (1..).zip(dumps()) {
        let record = parse(&std::fs::read(&path).unwrap()).unwrap().remove(0);
        let mut address = record.address().unwrap();
        address.domain = Some(domain);
        text += &lspci_text(Some(address), record.description(), record.original());
        expected.push((address, record.original().to_vec()));
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("all");
    std::fs::write(&file, text).unwrap();
    let output = Command::new("lspci").arg("-F").arg(&file).args(["-xxxx", "-D", "-n"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).unwrap();
    let functions: Vec<_> = printed.split("\n\n").filter(|function| !function.trim().is_empty()).collect();
    assert_eq!(functions.len(), expected.len());
    for (function, (address, bytes)) in functions.iter().zip(expected) {
        assert!(function.starts_with(&address.to_string()), "{address}");
        assert_eq!(naive(function), bytes, "{address}");
    }
}
