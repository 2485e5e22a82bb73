//! Which files are compiled together: those of a folder that the client works in, apart by the configuration above them; an open
//! file outside of every folder stands alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use quirk_host::quirk_files;

use crate::uri;
use crate::world::{World, key};

/// Files to be compiled together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) inputs: Vec<PathBuf>,
    /// Their identities.
    pub(super) keys: BTreeSet<PathBuf>,
    pub(super) configuration: Option<PathBuf>,
    /// Which text of the configuration, if it is open.
    stamp: Option<u64>,
    owner: Owner,
}

impl Plan {
    pub(super) fn is_of_same_files(&self, other: &Self) -> bool {
        self.owner == other.owner && self.configuration == other.configuration
    }
}

/// Why some files belong together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Folder(PathBuf),
    Alone(PathBuf),
}

/// What is known of the disk.
#[derive(Debug, Default)]
pub(super) struct Planner {
    disk: Option<(u64, Vec<PathBuf>)>,
    /// The `.quirk` files of each folder that the client works in: path and identity.
    listed: Vec<(PathBuf, Vec<(PathBuf, PathBuf)>)>,
    configurations: BTreeMap<PathBuf, Option<PathBuf>>,
}

impl Planner {
    pub(super) fn plans(&mut self, world: &World, configuration: &str) -> Vec<Plan> {
        let now = (world.disk, world.roots.clone());
        if self.disk.as_ref() != Some(&now) {
            let list = |root: &PathBuf| {
                // A folder that cannot be read, or holds no such file, has nothing to show yet.
                let files = quirk_files(core::slice::from_ref(root)).unwrap_or_default();
                (
                    root.clone(),
                    files.into_iter().map(|file| (key(&file), file)).map(|(key, file)| (file, key)).collect(),
                )
            };
            self.listed = world.roots.iter().map(list).collect();
            self.configurations.clear();
            self.disk = Some(now);
        }
        let mut owned: BTreeMap<(Owner, Option<PathBuf>), BTreeMap<PathBuf, PathBuf>> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let mut all: Vec<(Owner, PathBuf, PathBuf)> = Vec::new();
        for (root, files) in &self.listed {
            let is_there = |(path, key): &&(PathBuf, PathBuf)| world.open.contains_key(key) || path.is_file();
            for (path, key) in files.iter().filter(is_there) {
                all.push((Owner::Folder(root.clone()), path.clone(), key.clone()));
            }
        }
        for (key, open) in &world.open {
            if is_description(&open.path, configuration) {
                let path = uri::flat(&open.path);
                let root =
                    world.roots.iter().filter(|root| path.starts_with(root)).max_by_key(|root| root.as_os_str().len());
                let owner = root.map_or_else(|| Owner::Alone(key.clone()), |root| Owner::Folder(root.clone()));
                all.push((owner, path, key.clone()));
            }
        }
        for (owner, path, key) in all {
            if seen.insert(key.clone()) {
                let configuration = self.nearest(&path, world, configuration);
                owned.entry((owner, configuration)).or_default().insert(path, key);
            }
        }
        let plan = |((owner, configuration), files): (_, BTreeMap<PathBuf, PathBuf>)| {
            let configuration: Option<PathBuf> = configuration;
            let stamp = configuration.as_ref().and_then(|path| Some(world.open.get(&key(path))?.stamp));
            let keys = files.values().cloned().collect();
            Plan { inputs: files.into_keys().collect(), keys, configuration, stamp, owner }
        };
        owned.into_iter().map(plan).collect()
    }

    /// The configuration in the folder of a file, or in the nearest one above it that has one.
    fn nearest(&mut self, path: &Path, world: &World, name: &str) -> Option<PathBuf> {
        let folder = path.parent()?;
        if let Some(known) = self.configurations.get(folder) {
            return known.clone();
        }
        let is_there = |path: &PathBuf| path.is_file() || world.open.contains_key(&key(path));
        let found = folder.ancestors().map(|folder| folder.join(name)).find(is_there);
        self.configurations.insert(folder.to_owned(), found.clone());
        found
    }
}

/// Whether an open text is a description: by its name, or a text that has no file yet.
fn is_description(path: &Path, configuration: &str) -> bool {
    match path.extension() {
        Some(extension) => extension == "quirk",
        None => !path.is_absolute() && path.file_name().is_some_and(|name| name != configuration),
    }
}
