//! Recorded functions that entries of the library describe, where `QUIRK_CORPUS` names a folder of recorded spaces.
//!
//! `hex/` in it holds one dump per file; `layouts/pciconf.jsonl` holds capability lists of many machines, one JSON object a
//! line.

pub(crate) mod walk;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use quirk_db::DATABASE;
use quirk_runtime::Function;
use quirk_runtime::tables::{Device, LayoutEntry};

use crate::lookup::entry_for;

/// A recorded function that an entry describes.
pub(crate) struct Described {
    pub(crate) file: String,
    pub(crate) device: Device,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("QUIRK_CORPUS").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: `QUIRK_CORPUS` names no folder of recorded configuration spaces");
    }
    folder
}

/// Every recorded function that an entry describes, in the order of files; `None` without recorded spaces.
pub(crate) fn described() -> Option<&'static [Described]> {
    static DESCRIBED: OnceLock<Vec<Described>> = OnceLock::new();
    let corpus = corpus()?;
    Some(DESCRIBED.get_or_init(|| read_described(&corpus)))
}

fn read_described(corpus: &Path) -> Vec<Described> {
    let mut files: Vec<_> = fs::read_dir(corpus.join("hex")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let mut found = Vec::new();
    for file in files {
        let Ok(functions) = quirk_recorded::parse(&fs::read(&file).unwrap()) else { continue };
        for function in functions.iter().filter(|function| function.original().len() >= 0x100) {
            if let Some(device) = entry_for(&function.identity().with_function(Function::Physical)) {
                let (file, bytes) = (file.display().to_string(), function.original().to_vec());
                found.push(Described { file, device, bytes });
            }
        }
    }
    found
}

pub(crate) fn layout(device: &Device) -> impl Iterator<Item = LayoutEntry> + use<> {
    DATABASE.list(device.layout)
}
