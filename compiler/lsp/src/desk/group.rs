//! Files that are compiled together: what was found in them, kept up as their texts change.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use quirk_compiler::diagnostic::{Diagnostic, Severity};
use quirk_compiler::{Compilation, FileId, Input, Sources, Workspace, compile};

use super::groups::Plan;
use crate::files::{File, Files};
use crate::program::Settings;
use crate::text::Text;
use crate::world::{Open, World, key};

/// Files that are compiled together, with what they use.
#[derive(Debug)]
pub(crate) struct Group {
    pub(super) plan: Plan,
    pub(crate) settings: Settings,
    workspace: Workspace,
    pub(crate) files: Files,
    ids: HashMap<FileId, PathBuf>,
    /// What was found in each file in which something was.
    found: HashMap<FileId, Vec<Diagnostic>>,
    /// The disk and the open texts that it was made from.
    disk: u64,
    stamps: BTreeMap<PathBuf, Option<u64>>,
}

impl Group {
    pub(super) fn new(plan: Plan, settings: Settings, world: &World, old: Option<&Files>) -> Self {
        let inputs = plan.inputs.iter().cloned().map(Input::Path).collect();
        let workspace = Workspace::open(inputs, settings.options(), world);
        Self::of(plan, settings, workspace, world, old)
    }

    fn of(plan: Plan, settings: Settings, workspace: Workspace, world: &World, old: Option<&Files>) -> Self {
        let (mut files, mut ids, mut stamps) = (Files::default(), HashMap::new(), BTreeMap::new());
        for (id, source) in workspace.sources().entries() {
            let key = key(source.path());
            let open = world.open.get(&key);
            stamps.insert(key.clone(), open.map(|open| open.stamp));
            ids.insert(id, key.clone());
            let same = |text: &&Arc<Text>| text.as_str() == source.text();
            let known = open.map(|open| &open.text).filter(same);
            let known = known.or_else(|| old?.files.get(&key).map(|file| &file.text).filter(same));
            let text = known.map_or_else(|| Arc::new(Text::new(source.shared_text())), Arc::clone);
            files.files.insert(key, File { id, path: source.path().to_owned(), text, uses: BTreeMap::new() });
        }
        for file in files.files.values_mut() {
            for (name, used) in workspace.uses(file.id) {
                if let Some(key) = ids.get(&used) {
                    file.uses.entry(name.to_owned()).or_insert_with(|| key.clone());
                }
            }
        }
        let mut found: HashMap<FileId, Vec<Diagnostic>> = HashMap::new();
        for each in workspace.diagnostics() {
            found.entry(each.primary.place.file).or_default().push(each);
        }
        Self { plan, settings, disk: world.disk, workspace, files, ids, found, stamps }
    }

    /// Takes in what is written in an open text now. Says of which files something else is told; none if that may be all.
    pub(super) fn edit(&mut self, key: &Path, open: &Open, world: &World) -> Option<BTreeSet<PathBuf>> {
        let Some(file) = self.files.files.get_mut(key) else { return Some(BTreeSet::new()) };
        file.text = Arc::clone(&open.text);
        self.stamps.insert(key.to_owned(), Some(open.stamp));
        let told = self.workspace.edit(file.id, open.text.shared(), world)?;
        for id in &told {
            let found = self.workspace.findings(*id);
            if found.is_empty() {
                self.found.remove(id)
            } else {
                self.found.insert(*id, found)
            };
        }
        Some(told.iter().filter_map(|id| self.ids.get(id).cloned()).collect())
    }

    /// The same group, after all was looked at again.
    pub(super) fn again(self, world: &World) -> Self {
        Self::of(self.plan, self.settings, self.workspace, world, Some(&self.files))
    }

    /// The files that were asked for, as the compiler takes them.
    pub(crate) fn inputs(&self) -> Vec<Input> {
        self.plan.inputs.iter().cloned().map(Input::Path).collect()
    }

    /// The texts.
    pub(crate) fn sources(&self) -> &Sources {
        self.workspace.sources()
    }

    /// The identity of a file of it.
    pub(crate) fn key(&self, file: FileId) -> Option<&Path> {
        self.ids.get(&file).map(PathBuf::as_path)
    }

    /// What was found in a file.
    pub(super) fn found(&self, key: &Path) -> &[Diagnostic] {
        let found = self.files.files.get(key).and_then(|file| self.found.get(&file.id));
        found.map_or(&[], Vec::as_slice)
    }

    /// Whether something is an error.
    pub(crate) fn has_errors(&self) -> bool {
        self.found.values().flatten().any(|found| found.severity == Severity::Error)
    }

    pub(super) fn asked_for(&self, key: &Path) -> bool {
        self.plan.keys.contains(key)
    }

    /// The items of one file, compiled with what they need.
    pub(crate) fn part(&self, key: &Path) -> Option<Compilation> {
        self.workspace.part(self.files.files.get(key)?.id)
    }

    /// What a file of it declares, without reading it: the keyword of each item and its name.
    pub(crate) fn declares(&self, file: FileId) -> impl Iterator<Item = (&'static str, &str)> {
        self.workspace.declares(file)
    }

    /// All of it, with its database.
    pub(crate) fn whole(&self, world: &World) -> Compilation {
        compile(self.inputs(), &self.settings.options(), world)
    }

    pub(super) fn is_current(&self, plan: &Plan, world: &World) -> bool {
        let stamp = |key: &PathBuf| world.open.get(key).map(|open| open.stamp);
        self.plan == *plan && self.disk == world.disk && self.stamps.iter().all(|(key, known)| *known == stamp(key))
    }
}
