//! The files of a survey: those that were named, and of folders all but what cannot be a dump.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use quirk_recorded::Address;

use crate::failure::Failure;

/// Every file once, in the order of names.
pub(super) fn all(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = BTreeSet::new();
    let mut links = BTreeSet::new();
    for path in paths {
        if !path.is_dir() {
            path.metadata().map_err(|error| Failure::with_file(path, error))?;
            files.insert(path.clone());
            continue;
        }
        walk(path, &mut |entry| {
            if is_candidate(&entry) {
                files.insert(entry);
            } else if let Some(config) = linked(&entry) {
                links.insert(config);
            }
        });
    }
    if !links.is_empty() {
        // `bus/pci/devices` of sysfs holds links to folders that may be walked too.
        let known: BTreeSet<_> = files.iter().filter_map(|file| file.canonicalize().ok()).collect();
        let is_new = |link: &PathBuf| link.canonicalize().is_ok_and(|file| !known.contains(&file));
        files.extend(links.into_iter().filter(is_new));
    }
    Ok(files.into_iter().collect())
}

/// Hands on all that is in a folder and in those below it; no link is followed, and a folder that cannot be entered keeps no other from being
/// read.
fn walk(folder: &Path, each: &mut impl FnMut(PathBuf)) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&entry.path(), each);
        } else {
            each(entry.path());
        }
    }
}

/// In a folder of a function, as sysfs has it, only `config` is its space.
fn is_candidate(path: &Path) -> bool {
    let is_in_sysfs = || {
        let folder = path.parent();
        let is_named = folder.and_then(Path::file_name).is_some_and(|name| names_function(&name.to_string_lossy()));
        is_named && folder.is_some_and(|folder| folder.join("config").is_file())
    };
    let is_file = path.symlink_metadata().is_ok_and(|metadata| metadata.is_file());
    is_file && (path.file_name().is_some_and(|name| name == "config") || !is_in_sysfs())
}

/// The space of the function that a link of sysfs leads to.
fn linked(path: &Path) -> Option<PathBuf> {
    let is_link = path.symlink_metadata().ok()?.is_symlink();
    let config = path.join("config");
    (is_link && names_function(&path.file_name()?.to_string_lossy()) && config.is_file()).then_some(config)
}

fn names_function(name: &str) -> bool {
    name.parse::<Address>().is_ok()
}
