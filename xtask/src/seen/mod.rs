//! The layouts that machines were seen to have: `seen/`, made from a collection of lists of capabilities.

mod entry;
mod line;
mod text;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use quirk_runtime::Kernel;
use quirk_runtime::capability::Kind;

use entry::{Capability, Entry};
use line::Line;

/// The collection, in the folder that this variable names.
const CORPUS: &str = "QUIRK_CORPUS";
const COLLECTION: &str = "layouts/pciconf.jsonl";

const FOLDER: &str = "seen";
const README: &str = "seen/README.md";
const BEGIN: &str = "<!-- begin figures -->\n";
const END: &str = "<!-- end -->";

/// Files by the vendors that are in them, each a feature of the crate; the last has all others.
const FILES: [(&str, &[u16]); 4] =
    [("amd", &[0x1002, 0x1022]), ("intel", &[0x8086]), ("nvidia", &[0x10de]), ("others", &[])];

/// Writes the files, or with `check` only compares them. Says what it found.
pub(crate) fn run(check: bool) -> Result<String, String> {
    let root = crate::workspace::root()?;
    let corpus = std::env::var_os(CORPUS).ok_or(format!("`{CORPUS}` names no folder with {COLLECTION}"))?;
    let collection = PathBuf::from(corpus).join(COLLECTION);
    let lines = read(&collection)?;
    let records = line::parse(&lines).map_err(|error| format!("`{}`:{error}", collection.display()))?;
    let entries = entry::entries(&records);
    let mut files = BTreeMap::new();
    for (name, vendors) in FILES {
        let others = |vendor: &u16| vendors.is_empty() && FILES.iter().all(|(_, listed)| !listed.contains(vendor));
        let mine = entries.iter().filter(|entry| vendors.contains(&entry.vendor) || others(&entry.vendor));
        let text = text::file(mine).map_err(|error| format!("`{FOLDER}/{name}.quirk`: {error}"))?;
        files.insert(format!("{FOLDER}/{name}.quirk"), text);
    }
    files.insert(README.to_owned(), readme(&read(&root.join(README))?, &figures(&records, &entries))?);
    put(root, &files, check)
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("`{}`: {error}", path.display()))
}

fn put(root: &Path, files: &BTreeMap<String, String>, check: bool) -> Result<String, String> {
    let is_stale = |name: &str, text: &String| fs::read_to_string(root.join(name)).ok().as_ref() != Some(text);
    let stale: Vec<_> = files.iter().filter(|(name, text)| is_stale(name, text)).collect();
    let names: Vec<&str> = stale.iter().map(|(name, _)| name.as_str()).collect();
    if check && !stale.is_empty() {
        return Err(format!("not what the collection says: {}; run `cargo run -p xtask -- seen`", names.join(", ")));
    }
    for (name, text) in &stale {
        fs::write(root.join(name), text).map_err(|error| format!("`{name}`: {error}"))?;
    }
    Ok(if names.is_empty() { format!("`{FOLDER}` is current") } else { format!("wrote {}", names.join(", ")) })
}

fn readme(text: &str, figures: &str) -> Result<String, String> {
    let (before, rest) = text.split_once(BEGIN).ok_or(format!("`{README}` has no figures"))?;
    let (_, behind) = rest.split_once(END).ok_or(format!("the figures of `{README}` have no end"))?;
    Ok(format!("{before}{BEGIN}\n{figures}\n{END}{behind}"))
}

/// What there is, in numbers.
fn figures(records: &[Line], entries: &[Entry]) -> String {
    let has_hidden = |record: &&Line| record.capabilities.iter().any(|each| is_hidden(each.extended, each.id));
    let has_extended =
        |record: &&Line| record.capabilities.iter().any(|each| each.extended && is_hidden(true, each.id));
    let lacks = |entry: &&Entry| {
        entry.capabilities.iter().any(|&Capability { what: (extended, _, id), .. }| is_hidden(extended, id))
    };
    let ids = |entries: &mut dyn Iterator<Item = &Entry>| entries.map(|entry| entry.devices.len()).sum::<usize>();
    let rows = [
        ("lists of capabilities in the collection", records.len()),
        ("of which hold one that vfio-pci hides", records.iter().filter(has_hidden).count()),
        ("of which hold an extended one that vfio-pci hides", records.iter().filter(has_extended).count()),
        ("pairs of a vendor and a device id", ids(&mut entries.iter())),
        ("of which have one that vfio-pci hides", ids(&mut entries.iter().filter(lacks))),
        ("entries, each for all ids of a vendor with one layout", entries.len()),
        ("capabilities of these entries", entries.iter().map(|entry| entry.capabilities.len()).sum()),
        ("left out, as they overlap what more machines have", entries.iter().map(|entry| entry.left_out).sum()),
    ];
    let mut out = String::from("| what | how many |\n|---|---:|\n");
    for (what, count) in rows {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "| {what} | {count} |");
    }
    out
}

/// Whether the newest kernel that is known unlinks it.
fn is_hidden(extended: bool, id: u16) -> bool {
    let space = line::space(extended);
    Kind::by_id(space, id).is_none_or(|kind| !kind.is_shown(Kernel::LATEST))
}
