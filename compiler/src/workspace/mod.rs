//! Files that are looked at again after every edit, as far as it reaches: what it cannot have changed keeps its findings.
//!
//! An edit concerns the items that it changed, those that speak of them, and those that match a function together with them.
//! They are looked at with all that they speak of, by the same passes that look at whole programs; what is found in them is what
//! would be found in them among all. Where that cannot be told, all is looked at again.

mod change;
mod edit;
mod functions;
mod part;
mod reach;
mod reading;
mod state;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use self::functions::Functions;
use self::state::{At, File, Item, Kind};
use crate::compilation::Compilation;
use crate::diagnostic::Diagnostic;
use crate::doubts::{Doubts, is_error};
use crate::files::Files;
use crate::load::{self, Input, Program};
use crate::lower;
use crate::model::{Clause, NameKind};
use crate::options::Options;
use crate::passes::{PASSES, Pass};
use crate::pipeline::{Understood, finish, in_order, understand};
use crate::source::{FileId, Sources};

/// Of so many conditions on bytes the passes tell all apart.
const MOST_CONDITIONS: usize = 8;

/// Files, what is known of them, and what was found.
#[derive(Debug)]
pub struct Workspace {
    inputs: Vec<Input>,
    options: Options,
    sources: Sources,
    /// In an order in which each comes after those that it uses.
    files: Vec<File>,
    of_file: HashMap<FileId, usize>,
    /// What was found in files that could not be read.
    unread: Vec<Diagnostic>,
    functions: Functions,
    /// The numbers of all layers.
    layers: BTreeSet<u32>,
    /// The files of items, by their numbers.
    homes: HashMap<u32, usize>,
    /// The bytes on which there are conditions.
    conditions: BTreeSet<(u16, u8, u32)>,
    doubts: Doubts,
    /// The number of the next item.
    next: u32,
    /// How many items were looked at last.
    looked_at: usize,
}

impl Workspace {
    /// Compiles files, with all that they use.
    #[must_use]
    pub fn open(inputs: Vec<Input>, options: Options, files: &dyn Files) -> Self {
        let mut sources = Sources::default();
        let mut wrong = Vec::new();
        let program = load::load(inputs.clone(), &options, files, lower::alone, &mut sources, &mut wrong);
        let mut workspace = Self {
            inputs,
            options,
            sources,
            files: Vec::new(),
            of_file: HashMap::new(),
            unread: Vec::new(),
            functions: Functions::default(),
            layers: BTreeSet::new(),
            homes: HashMap::new(),
            conditions: BTreeSet::new(),
            doubts: Doubts::default(),
            next: 0,
            looked_at: 0,
        };
        workspace.survey(&program);
        let passes: Vec<&Pass> = PASSES.iter().collect();
        let Understood { model, plans, mut diagnostics } = understand(program, &wrong, &workspace.options, &passes);
        workspace.read(wrong);
        finish(&mut diagnostics, &workspace.sources, &workspace.options);
        in_order(&mut diagnostics);
        let part = workspace.sorted(model, plans);
        for (at, clauses) in part.clauses {
            workspace.matches(at, clauses);
        }
        for at in part.lost_sources {
            workspace.files[at.0].items[at.1].lost_source = true;
        }
        for found in diagnostics {
            match workspace.owner(found.primary.place) {
                Some(at) => workspace.files[at.0].items[at.1].findings.push(found),
                None => workspace.unread.push(found),
            }
        }
        workspace.looked_at = workspace.files.iter().map(|file| file.items.len()).sum();
        workspace.doubts = doubts(&workspace.files, &workspace.unread);
        workspace
    }

    /// Takes in the text of a file. `files` gives it too, where all must be read again. Says of which files something else is told
    /// now; none if that may be all.
    pub fn edit(&mut self, file: FileId, text: Arc<str>, files: &dyn Files) -> Option<BTreeSet<FileId>> {
        let told = self.take_in(file, text.into());
        if told.is_none() {
            *self = Self::open(core::mem::take(&mut self.inputs), core::mem::take(&mut self.options), files);
        }
        told
    }

    /// The texts.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// How many items were looked at for the last edit, or when all were.
    #[must_use]
    pub fn looked_at(&self) -> usize {
        self.looked_at
    }

    /// What a file declares: the keyword of each item that has a name, and the name.
    pub fn declares(&self, file: FileId) -> impl Iterator<Item = (&'static str, &str)> {
        let items = self.of_file.get(&file).into_iter().flat_map(|at| &self.files[*at].items);
        items.filter_map(|item| match item.kind {
            Kind::Named(kind) => Some((kind.keyword(), item.name.as_str())),
            Kind::Edition | Kind::Test => None,
        })
    }

    /// The namespaces of a file with the files that they name. Of two of one name the first counts.
    pub fn uses(&self, file: FileId) -> impl Iterator<Item = (&str, FileId)> {
        let file = self.of_file.get(&file).map(|at| &self.files[*at]);
        let names = file.into_iter().flat_map(|file| file.items.iter().filter(|item| item.is(NameKind::Namespace)));
        let used = file.into_iter().flat_map(|file| &file.uses);
        names.zip(used).filter_map(|(item, used)| Some((item.name.as_str(), self.files[(*used)?].id)))
    }

    /// What was found, as a compilation of all finds it.
    #[must_use]
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let files: BTreeMap<FileId, usize> = self.of_file.iter().map(|(id, file)| (*id, *file)).collect();
        let mut all = self.unread.clone();
        all.extend(files.into_values().flat_map(|file| self.of(&self.files[file])));
        in_order(&mut all);
        all
    }

    /// What was found in one file.
    #[must_use]
    pub fn findings(&self, file: FileId) -> Vec<Diagnostic> {
        let Some(&at) = self.of_file.get(&file) else {
            return self.unread.iter().filter(|found| found.primary.place.file == file).cloned().collect();
        };
        let mut found = self.of(&self.files[at]);
        in_order(&mut found);
        found
    }

    fn of(&self, file: &File) -> Vec<Diagnostic> {
        let found = file.told.iter().chain(file.items.iter().flat_map(|item| &item.findings));
        found.filter(|found| !self.doubts.silence(found)).cloned().collect()
    }

    /// The items of one file, compiled with what they speak of and what they are shown beside. There is no database of it.
    #[must_use]
    pub fn part(&self, file: FileId) -> Option<Compilation> {
        let at = *self.of_file.get(&file)?;
        let mut wanted: BTreeSet<At> = (0..self.files[at].items.len()).map(|item| (at, item)).collect();
        if wanted.iter().any(|at| self.item(*at).is(NameKind::Layer)) {
            wanted.extend(self.around_layers());
        }
        let part = self.look(&self.needed(&wanted, &BTreeSet::new()), None)?;
        let diagnostics = part.found.into_values().flatten().collect();
        Some(Compilation::new(self.sources.clone(), diagnostics, part.model, part.plans, false).without_database())
    }

    /// Takes in the items of a program.
    fn survey(&mut self, program: &Program) {
        for (at, unit) in program.units.iter().enumerate() {
            let numbers = self.next..;
            let items: Vec<Item> =
                unit.ast.items.iter().zip(numbers).map(|(item, number)| Item::new(item, number)).collect();
            self.next += u32::try_from(items.len()).unwrap_or(u32::MAX);
            self.homes.extend(items.iter().map(|item| (item.number, at)));
            self.layers.extend(items.iter().filter(|item| item.is(NameKind::Layer)).map(|item| item.number));
            let mut file = File {
                id: unit.file,
                uses: unit.uses.clone(),
                users: vec![],
                asked_for: unit.asked_for,
                poisoned: unit.ast.poisoned,
                lost_use: unit.ast.lost_use,
                wrong: vec![],
                told: vec![],
                items,
                names: HashMap::new(),
                declared: Arc::default(),
            };
            file.name();
            self.files.push(file);
            self.of_file.insert(unit.file, at);
        }
        for user in 0..self.files.len() {
            let uses: BTreeSet<usize> = self.files[user].uses.iter().flatten().copied().collect();
            for used in uses {
                self.files[used].users.push(user);
            }
        }
    }

    /// Keeps what was found when files were read.
    fn read(&mut self, wrong: Vec<Diagnostic>) {
        for found in wrong {
            match self.of_file.get(&found.primary.place.file) {
                Some(&file) => self.files[file].wrong.push(found),
                None => self.unread.push(found),
            }
        }
        for file in &mut self.files {
            file.told = file.wrong.clone();
            finish(&mut file.told, &self.sources, &self.options);
        }
        finish(&mut self.unread, &self.sources, &self.options);
    }

    /// An item matches these functions. Gives those that it matched before.
    fn matches(&mut self, at: At, clauses: Vec<Clause>) -> Vec<Clause> {
        let item = &mut self.files[at.0].items[at.1];
        if item.is(NameKind::Device) {
            self.functions.remove(&item.clauses, item.number);
            self.functions.add(&clauses, item.number);
        }
        let guards = clauses.iter().flat_map(|clause| &clause.guards);
        self.conditions.extend(guards.map(|guard| (guard.offset, guard.width, guard.mask)));
        core::mem::replace(&mut item.clauses, clauses)
    }
}

/// What may be somewhere in some files and is not known.
fn doubts(files: &[File], unread: &[Diagnostic]) -> Doubts {
    let found = files.iter().flat_map(|file| file.told.iter().chain(file.items.iter().flat_map(|item| &item.findings)));
    Doubts {
        items: files.iter().any(|file| file.poisoned),
        evidence: files.iter().any(File::is_doubtful),
        errors: found.chain(unread).any(is_error),
    }
}
