//! Compiled files, kept between questions: which belong together, what each moment's findings are, and what can be kept of the
//! moment before.

mod groups;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use quirk_compiler::diagnostic::Diagnostic;
use quirk_compiler::facts::Device;
use quirk_compiler::{Compilation, FileId, Input, Place, Sources, compile};
use serde_json::Value;

use self::groups::{Plan, Planner};
use crate::answers::Refusal;
use crate::files::{File, Files};
use crate::program::{Program, Settings, Wrong};
use crate::text::Text;
use crate::uri;
use crate::world::{World, key};

/// Files that are compiled together, with what they use.
#[derive(Debug)]
pub(crate) struct Group {
    plan: Plan,
    pub(crate) settings: Settings,
    pub(crate) compilation: Compilation,
    pub(crate) files: Files,
    ids: HashMap<FileId, PathBuf>,
    /// The disk and the open texts that it was made from.
    disk: u64,
    stamps: BTreeMap<PathBuf, Option<u64>>,
}

impl Group {
    /// The files that were asked for, as the compiler takes them.
    pub(crate) fn inputs(&self) -> Vec<Input> {
        self.plan.inputs.iter().cloned().map(Input::Path).collect()
    }

    /// The identity of a file of it.
    pub(crate) fn key(&self, file: FileId) -> Option<&Path> {
        self.ids.get(&file).map(PathBuf::as_path)
    }

    fn asked_for(&self, key: &Path) -> bool {
        self.plan.keys.contains(key)
    }

    /// The device around a byte of a file.
    pub(crate) fn device_around(&self, file: &Path, offset: u32) -> Option<Device<'_>> {
        let around =
            |place: Place| self.key(place.file) == Some(file) && (place.span.start..=place.span.end).contains(&offset);
        self.compilation.devices().find(|device| around(device.item))
    }

    /// The device of a name in a file.
    pub(crate) fn device(&self, file: &Path, name: &str) -> Option<Device<'_>> {
        self.compilation.devices().find(|device| device.name == name && self.key(device.item.file) == Some(file))
    }

    fn is_current(&self, plan: &Plan, world: &World) -> bool {
        let stamp = |key: &PathBuf| world.open.get(key).map(|open| open.stamp);
        self.plan == *plan && self.disk == world.disk && self.stamps.iter().all(|(key, known)| *known == stamp(key))
    }
}

/// What is wrong with one file, and where its places are to be looked up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Finding<'d> {
    pub(crate) found: &'d Diagnostic,
    pub(crate) sources: &'d Sources,
    /// None for a configuration.
    pub(crate) group: Option<&'d Group>,
}

/// A file with its findings.
#[derive(Debug)]
pub(crate) struct Judged<'d> {
    pub(crate) key: PathBuf,
    pub(crate) path: PathBuf,
    pub(crate) findings: Vec<Finding<'d>>,
}

/// What is kept between questions.
pub(crate) struct Desk {
    pub(crate) program: Arc<dyn Program>,
    planner: Planner,
    revision: Option<u64>,
    groups: Vec<Arc<Group>>,
    configurations: BTreeMap<PathBuf, Wrong>,
    /// The last settings of each configuration that made sense.
    good: BTreeMap<PathBuf, Settings>,
    /// Messages to the client, beside the answer.
    pub(crate) notes: Vec<Value>,
}

impl Desk {
    pub(crate) fn new(program: Arc<dyn Program>) -> Self {
        Self {
            program,
            planner: Planner::default(),
            revision: None,
            groups: Vec::new(),
            configurations: BTreeMap::new(),
            good: BTreeMap::new(),
            notes: Vec::new(),
        }
    }

    /// All groups of a moment.
    pub(crate) fn groups(&mut self, world: &World) -> &[Arc<Group>] {
        if self.revision != Some(world.revision) {
            self.refresh(world);
            self.revision = Some(world.revision);
        }
        &self.groups
    }

    fn refresh(&mut self, world: &World) {
        let plans = self.planner.plans(world, self.program.configuration());
        let mut before = core::mem::take(&mut self.groups);
        self.configurations.clear();
        for plan in plans {
            let settings = self.settings(plan.configuration.as_deref(), world);
            let kept = before.iter().position(|group| group.is_current(&plan, world));
            let group = if let Some(at) = kept {
                before.swap_remove(at)
            } else {
                let old = before.iter().find(|group| group.plan.is_of_same_files(&plan));
                Arc::new(made(plan, settings, world, old.map(|old| &old.files)))
            };
            self.groups.push(group);
        }
    }

    /// What a configuration says, or said when it last made sense.
    fn settings(&mut self, path: Option<&Path>, world: &World) -> Settings {
        let Some(path) = path else { return Settings::default() };
        let text =
            quirk_compiler::files::Files::read(world, path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        match self.program.settings(path, &text.unwrap_or_default()) {
            Ok(settings) => {
                self.good.insert(path.to_owned(), settings.clone());
                settings
            }
            Err(wrong) => {
                self.configurations.insert(path.to_owned(), wrong);
                self.good.get(path).cloned().unwrap_or_default()
            }
        }
    }

    /// The group that a file is asked for in, or else one that uses it.
    pub(crate) fn group(&mut self, world: &World, file: &Path) -> Option<Arc<Group>> {
        let groups = self.groups(world);
        let asked = groups.iter().find(|group| group.asked_for(file));
        asked.or_else(|| groups.iter().find(|group| group.files.files.contains_key(file))).cloned()
    }

    /// The group of an open text, its identity and the text.
    pub(crate) fn opened(&mut self, world: &World, uri: &str) -> Result<(Arc<Group>, PathBuf, Arc<Text>), Refusal> {
        let key = key(&uri::path(uri));
        let unknown = || Refusal::params(format!("`{uri}` is not open, and no open file uses it"));
        let group = self.group(world, &key).ok_or_else(unknown)?;
        let text = Arc::clone(&group.files.files.get(&key).ok_or_else(unknown)?.text);
        Ok((group, key, text))
    }

    /// Every file, or one of them, with its findings: of a file that is asked for, those of its own groups.
    pub(crate) fn judged(&mut self, world: &World, only: Option<&Path>) -> Vec<Judged<'_>> {
        self.groups(world);
        let is_wanted = |key: &Path| only.is_none_or(|only| only == key);
        let mut judged: BTreeMap<&Path, Judged<'_>> = BTreeMap::new();
        let owned = |key: &Path| self.groups.iter().any(|group| group.asked_for(key));
        for group in &self.groups {
            for (key, file) in group.files.files.iter().filter(|(key, _)| is_wanted(key)) {
                let counts = group.asked_for(key) || !owned(key);
                let entry = judged.entry(key).or_insert_with(|| Judged {
                    key: key.clone(),
                    path: file.path.clone(),
                    findings: Vec::new(),
                });
                if !counts {
                    continue;
                }
                let here = |found: &&Diagnostic| group.key(found.primary.place.file) == Some(key);
                let sources = group.compilation.sources();
                for found in group.compilation.diagnostics().iter().filter(here) {
                    let is_known = entry.findings.iter().any(|known| same(known.found, found));
                    if !is_known {
                        entry.findings.push(Finding { found, sources, group: Some(group) });
                    }
                }
            }
        }
        let mut judged: Vec<Judged<'_>> = judged.into_values().collect();
        for (path, wrong) in self.configurations.iter().filter(|(path, _)| is_wanted(&key(path))) {
            let findings = wrong.found.iter().map(|found| Finding { found, sources: &wrong.sources, group: None });
            judged.push(Judged { key: key(path), path: path.clone(), findings: findings.collect() });
        }
        judged
    }
}

/// Whether two compilations found the same.
fn same(one: &Diagnostic, other: &Diagnostic) -> bool {
    (one.rule, one.severity, &one.message, one.primary.place.span)
        == (other.rule, other.severity, &other.message, other.primary.place.span)
}

fn made(plan: Plan, settings: Settings, world: &World, old: Option<&Files>) -> Group {
    let inputs = plan.inputs.iter().cloned().map(Input::Path).collect();
    let compilation = compile(inputs, &settings.options(), world);
    let (mut files, mut ids, mut stamps) = (Files::default(), HashMap::new(), BTreeMap::new());
    for (id, source) in compilation.sources().entries() {
        let key = key(source.path());
        let open = world.open.get(&key);
        stamps.insert(key.clone(), open.map(|open| open.stamp));
        ids.insert(id, key.clone());
        let same = |text: &&Arc<Text>| text.as_str() == source.text();
        let known = open.map(|open| &open.text).filter(same);
        let known = known.or_else(|| old?.files.get(&key).map(|file| &file.text).filter(same));
        let text = known.map_or_else(|| Arc::new(Text::new(source.text())), Arc::clone);
        files.files.insert(key, File { path: source.path().to_owned(), text, uses: BTreeMap::new() });
    }
    let uses: Vec<(PathBuf, BTreeMap<String, PathBuf>)> =
        files.files.iter().map(|(key, file)| (key.clone(), uses(file, &settings, &files))).collect();
    for (key, uses) in uses {
        if let Some(file) = files.files.get_mut(&key) {
            file.uses = uses;
        }
    }
    Group { plan, settings, disk: world.disk, compilation, files, ids, stamps }
}

/// The files after the namespaces of a file: beside it, else in a library.
fn uses(file: &File, settings: &Settings, files: &Files) -> BTreeMap<String, PathBuf> {
    let beside = file.path.parent().unwrap_or(Path::new(""));
    let folders = || core::iter::once(beside).chain(settings.libraries.iter().map(PathBuf::as_path));
    let found = |path: &str| folders().map(|folder| key(&folder.join(path))).find(|key| files.files.contains_key(key));
    // The first namespace of a name counts, as it does for the compiler.
    let uses = file.text.index().uses.iter().rev();
    uses.filter_map(|used| Some((used.name.clone(), found(&used.path)?))).collect()
}
