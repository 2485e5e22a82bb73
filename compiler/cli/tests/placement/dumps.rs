//! The dumps, and `quirkc plan` on all of them at once.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

use crate::walker::Space;

/// A recorded function.
pub(crate) struct Dump {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

impl Dump {
    pub(crate) fn space(&self) -> Space<'_> {
        Space { bytes: &self.bytes }
    }
}

/// All dumps, by name; none where no folder is named.
pub(crate) fn all() -> &'static [Dump] {
    static DUMPS: OnceLock<Vec<Dump>> = OnceLock::new();
    DUMPS.get_or_init(|| {
        let Some(folder) = std::env::var_os("QUIRK_CORPUS") else {
            eprintln!("skipped: QUIRK_CORPUS names no folder of dumps");
            return Vec::new();
        };
        let entries = std::fs::read_dir(Path::new(&folder).join("hex")).unwrap();
        let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        assert!(!paths.is_empty());
        let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
        paths.iter().map(|path| Dump { name: name(path), bytes: rows(&std::fs::read(path).unwrap()) }).collect()
    })
}

/// The bytes of the lines `offset: byte byte ..`.
fn rows(text: &[u8]) -> Vec<u8> {
    let is_hex = |text: &&str| text.len() >= 2 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    let text = String::from_utf8_lossy(text).into_owned();
    let rows = text.lines().filter_map(|line| line.split_once(": ").filter(|(offset, _)| is_hex(offset)));
    rows.flat_map(|(_, row)| row.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap())).collect()
}

/// Spaces as one text, in which each is a domain.
pub(crate) fn text<'a>(spaces: impl Iterator<Item = &'a [u8]>) -> String {
    let mut text = String::new();
    for (domain, bytes) in spaces.enumerate() {
        writeln!(text, "{domain:04x}:00:00.0 x").unwrap();
        for (row, bytes) in bytes.chunks(16).enumerate() {
            let bytes: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            writeln!(text, "{:02x}: {}", 16 * row, bytes.join(" ")).unwrap();
        }
        text.push('\n');
    }
    text
}

/// A folder with a file in it that holds these spaces.
pub(crate) struct Recorded {
    folder: TempDir,
    count: usize,
}

impl Recorded {
    pub(crate) fn new<'a>(spaces: impl Iterator<Item = &'a [u8]>) -> Self {
        let spaces: Vec<_> = spaces.collect();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("dump.txt"), text(spaces.iter().copied())).unwrap();
        Self { folder, count: spaces.len() }
    }

    /// The same, for all dumps.
    pub(crate) fn all() -> Self {
        Self::new(all().iter().map(|dump| &dump.bytes[..]))
    }

    /// Writes a description.
    pub(crate) fn quirk(&self, text: &str) -> PathBuf {
        let path = self.folder.path().join("given.quirk");
        std::fs::write(&path, text).unwrap();
        path
    }

    /// What `plan` says of each, for a host with 16 bits of PASID.
    pub(crate) fn plan(&self, args: &[&str]) -> Vec<Value> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quirkc"));
        command.args(["plan", "--format", "json", "--pasid", "16", "--config"]);
        let output = command.arg(self.folder.path().join("dump.txt")).args(args).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 1)), "{args:?}: {errors}");
        let reports: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(reports.len(), self.count);
        reports
    }
}

/// Where a report has PASID, and by which source.
pub(crate) fn placement(report: &Value) -> Option<(usize, &str)> {
    let placement = report["placement"].as_object()?;
    Some((placement["offset"].as_u64().unwrap() as usize, placement["source"].as_str().unwrap()))
}
