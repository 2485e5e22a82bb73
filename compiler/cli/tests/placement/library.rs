//! What the library declares of a device, as `quirkc build --emit json` writes it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::walker::Space;

/// Something that an entry declares to be somewhere.
pub(crate) struct Declared {
    pub(crate) range: Range<usize>,
    /// The id of an extended capability whose length is not written.
    open: Option<u16>,
}

impl Declared {
    /// The bytes that it may take in a function.
    pub(crate) fn in_space(&self, space: Space<'_>) -> Range<usize> {
        self.open.map_or(self.range.clone(), |id| space.declared(self.range.start, id))
    }
}

/// The facts of an entry that bind a placement.
pub(crate) struct Entry {
    /// Everything that is declared, but for the device's own PASID capability.
    pub(crate) declared: Vec<Declared>,
    pub(crate) free: Vec<Range<usize>>,
    pub(crate) aliased_every: Option<usize>,
    pub(crate) is_forbidden: bool,
}

/// All entries by name.
pub(crate) fn entries() -> BTreeMap<String, Entry> {
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../quirks");
    let mut command = Command::new(env!("CARGO_BIN_EXE_quirkc"));
    let output = command.args(["build", "--emit", "json", "-o", "-"]).arg(library).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let facts: Value = serde_json::from_slice(&output.stdout).unwrap();
    let devices = facts["devices"].as_array().unwrap();
    devices.iter().map(|device| (device["name"].as_str().unwrap().to_owned(), entry(device))).collect()
}

fn number(value: &Value) -> usize {
    value.as_u64().unwrap() as usize
}

fn entry(device: &Value) -> Entry {
    let layout = device["layout"].as_array().unwrap().iter();
    let free = device["free"].as_array().unwrap().iter();
    Entry {
        declared: layout.filter(|each| each["kind"] != "ext" || each["id"] != 0x1b).map(declared).collect(),
        free: free.map(|each| number(&each["start"])..number(&each["end"])).collect(),
        aliased_every: device["aliased_every"].as_u64().map(|every| every as usize),
        is_forbidden: device["pasid_none"] == true,
    }
}

fn declared(each: &Value) -> Declared {
    let start = number(&each["offset"]);
    let is_open = each["kind"] == "ext" && each["length_stated"] == false;
    Declared { range: start..start + number(&each["length"]), open: is_open.then(|| number(&each["id"]) as u16) }
}
