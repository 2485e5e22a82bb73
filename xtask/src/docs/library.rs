//! The generated table of `quirks/README.md`: of which functions the library says what.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use quirk_compiler::files::Disk;
use quirk_compiler::{Input, Options, compile};
use quirk_runtime::Database;
use quirk_runtime::tables::{Claim, Device, EntryKind, IdKind, Layer, LayoutEntry, PlaceKind};

/// The file, and the marks that the table stands between.
pub(super) const FILE: &str = "quirks/README.md";
const BEGIN: &str = "<!-- begin devices -->";
const END: &str = "<!-- end -->";

/// What one folder holds.
#[derive(Default)]
struct Folder {
    entries: Vec<String>,
    ids: usize,
    registers: usize,
    free: usize,
    native: usize,
}

/// The text with the table as it ought to be.
pub(super) fn readme(root: &Path, text: &str) -> Result<String, String> {
    let (before, rest) = text.split_once(BEGIN).ok_or("there is no table of devices")?;
    let (_, behind) = rest.split_once(END).ok_or("the table of devices has no end")?;
    let compilation = compile(files(root)?, &Options::default(), &Disk);
    let bytes = compilation.database().ok_or("the library does not compile")?;
    let database = Database::load(bytes).map_err(|error| error.to_string())?;
    Ok(format!("{before}{BEGIN}\n\n{}\n{END}{behind}", table(database)))
}

/// The texts of the library: every folder's, in order.
fn files(root: &Path) -> Result<Vec<Input>, String> {
    let inside = |folder: &Path| -> Result<Vec<PathBuf>, String> {
        let entries = fs::read_dir(folder).map_err(|error| format!("`{}`: {error}", folder.display()))?;
        let paths = entries.map(|entry| Ok(entry?.path()));
        paths.collect::<std::io::Result<_>>().map_err(|error| format!("`{}`: {error}", folder.display()))
    };
    let mut found = Vec::new();
    for folder in inside(&root.join("quirks"))?.into_iter().filter(|path| path.is_dir()) {
        found.extend(inside(&folder)?.into_iter().filter(|path| path.extension().is_some_and(|kind| kind == "quirk")));
    }
    found.sort();
    Ok(found.into_iter().map(Input::Path).collect())
}

/// The part of a source below the library's own folder.
fn place(source: &str) -> &str {
    source.rsplit_once("quirks/").map_or(source, |(_, place)| place)
}

fn table(database: Database<'_>) -> String {
    let ids = ids(database);
    let mut folders: BTreeMap<&str, Folder> = BTreeMap::new();
    for (index, device) in (0..).zip(database.all::<Device>()) {
        let file = place(database.text(device.source));
        let Some((name, _)) = file.split_once('/') else { continue };
        let folder = folders.entry(name).or_default();
        let ids = ids.get(&index).map_or(0, BTreeSet::len);
        let registers =
            database.list::<LayoutEntry>(device.layout).filter(|entry| entry.kind == EntryKind::Register).count();
        let (free, what) = free(database, &device);
        let pasid = pasid(database, &device);
        folder.ids += ids;
        folder.registers += registers;
        folder.free += free;
        folder.native += usize::from(pasid.starts_with("0x"));
        let (title, name) = (database.text(device.title), database.text(device.name));
        let name = name.rsplit("::").next().unwrap_or(name);
        folder.entries.push(format!("| `{name}` | {title} | {ids} | {registers} | {what} | {pasid} |"));
    }
    let mut out = String::from(
        "| folder | entries | ids | registers | free ranges | PASID at its own slot |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    let mut all = Folder::default();
    let mut entries = 0;
    for (name, folder) in &folders {
        row(&mut out, &format!("`{name}`"), folder.entries.len(), folder);
        entries += folder.entries.len();
        all.ids += folder.ids;
        all.registers += folder.registers;
        all.free += folder.free;
        all.native += folder.native;
    }
    row(&mut out, "all", entries, &all);
    let layers: Vec<_> = database.all::<Layer>().map(|layer| format!("`{}`", database.text(layer.name))).collect();
    // Writing to a string cannot fail.
    let _ = writeln!(out, "\nLayers, off until a VMM asks for them: {}.\n", layers.join(", "));
    out += "| entry | what it is | ids | registers | free | PASID |\n| --- | --- | --- | --- | --- | --- |\n";
    for line in folders.values().flat_map(|folder| &folder.entries) {
        out += line;
        out += "\n";
    }
    out
}

fn row(out: &mut String, name: &str, entries: usize, folder: &Folder) {
    let Folder { ids, registers, free, native, .. } = folder;
    // Writing to a string cannot fail.
    let _ = writeln!(out, "| {name} | {entries} | {ids} | {registers} | {free} | {native} |");
}

/// The device ids that each entry matches by name.
fn ids(database: Database<'_>) -> BTreeMap<u32, BTreeSet<(u16, u16)>> {
    let mut ids: BTreeMap<u32, BTreeSet<(u16, u16)>> = BTreeMap::new();
    for clause in database.clauses().filter(|clause| !clause.layer && clause.device.kind == IdKind::Range) {
        let devices = (clause.device.a..=clause.device.b).map(|device| (clause.vendor.a, device));
        ids.entry(clause.owner).or_default().extend(devices);
    }
    ids
}

/// How many ranges are free, and the words for it: bytes, and the strongest evidence of the weakest range.
fn free(database: Database<'_>, device: &Device) -> (usize, String) {
    let ranges: Vec<_> = database.list(device.free).collect();
    let strongest = |claims| database.list::<Claim>(claims).map(|claim| claim.evidence).max();
    let weakest = ranges.iter().filter_map(|range| strongest(range.evidence)).min();
    let bytes: u32 = ranges.iter().map(|range| u32::from(range.end - range.start)).sum();
    let Some(weakest) = weakest else { return (0, "-".to_owned()) };
    (ranges.len(), format!("{} ranges, {bytes} bytes ({})", ranges.len(), weakest.word()))
}

/// Where PASID goes.
fn pasid(database: Database<'_>, device: &Device) -> String {
    match database.list(device.places).next() {
        Some(place) if place.kind == PlaceKind::Native => format!("{:#x}", place.offset),
        Some(place) => format!("free, {:#x}", place.offset),
        None if device.forbids_pasid => "none, no matter who asks".to_owned(),
        None => "-".to_owned(),
    }
}
