//! Compiled files, kept between questions: which belong together, what each moment's findings are, and what can be kept of the
//! moment before.

mod group;
mod groups;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use quirk_compiler::Sources;
use quirk_compiler::diagnostic::Diagnostic;
use serde_json::Value;

pub(crate) use self::group::Group;
use self::groups::Planner;
use crate::answers::Refusal;
use crate::program::{Program, Settings, Wrong};
use crate::text::Text;
use crate::uri;
use crate::world::{Open, World, key};

/// Files of which something else is told than before.
#[derive(Debug)]
pub(crate) enum Changed {
    All,
    Some(BTreeSet<PathBuf>),
}

impl Changed {
    fn add(&mut self, told: BTreeSet<PathBuf>) {
        if let Self::Some(files) = self {
            files.extend(told);
        }
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
    /// The disk and the open texts of the last moment.
    last: Option<(u64, BTreeMap<PathBuf, Arc<Open>>)>,
    changed: Changed,
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
            last: None,
            changed: Changed::All,
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

    /// Takes in a moment.
    fn refresh(&mut self, world: &World) {
        if !self.take_in(world) {
            self.plan(world);
            self.changed = Changed::All;
        }
        self.last = Some((world.disk, world.open.clone()));
    }

    /// Takes in texts that have changed, where nothing else has. Says whether that is so.
    fn take_in(&mut self, world: &World) -> bool {
        let Some((disk, before)) = &self.last else { return false };
        let is_configuration =
            |open: &Open| open.path.file_name().is_some_and(|name| name == self.program.configuration());
        if *disk != world.disk || before.len() != world.open.len() {
            return false;
        }
        let mut edits = Vec::new();
        for ((key, old), (other, new)) in before.iter().zip(&world.open) {
            if key != other || !Arc::ptr_eq(old, new) && is_configuration(new) {
                return false;
            }
            if !Arc::ptr_eq(old, new) {
                edits.push((key, new));
            }
        }
        for (key, open) in edits {
            for at in 0..self.groups.len() {
                // A group that somebody else looks at is made anew.
                let Some(group) = Arc::get_mut(&mut self.groups[at]) else { return false };
                if let Some(told) = group.edit(key, open, world) {
                    self.changed.add(told);
                } else {
                    let Some(group) = Arc::into_inner(self.groups.remove(at)) else { return false };
                    self.groups.insert(at, Arc::new(group.again(world)));
                    self.changed = Changed::All;
                }
            }
        }
        true
    }

    /// The files of which something else is told than when this was asked last.
    pub(crate) fn take_changed(&mut self, world: &World) -> Changed {
        self.groups(world);
        core::mem::replace(&mut self.changed, Changed::Some(BTreeSet::new()))
    }

    fn plan(&mut self, world: &World) {
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
                Arc::new(Group::new(plan, settings, world, old.map(|old| &old.files)))
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
            let one = only.and_then(|only| group.files.files.get_key_value(only));
            let all = group.files.files.iter().filter(|_| only.is_none());
            for (key, file) in one.into_iter().chain(all) {
                let counts = group.asked_for(key) || !owned(key);
                let entry = judged.entry(key).or_insert_with(|| Judged {
                    key: key.clone(),
                    path: file.path.clone(),
                    findings: Vec::new(),
                });
                if !counts {
                    continue;
                }
                let sources = group.sources();
                for found in group.found(key) {
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
