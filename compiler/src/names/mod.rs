//! What each name of each file stands for.

mod evaluate;
mod known;

use core::cell::Cell;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use quirk_dsl::Ordered as _;
use quirk_dsl::ast::{self, ItemKind, Path};
use quirk_dsl::{Meant, Span, meant};

use self::known::Known;
use crate::catalogue;
use crate::diagnostic::Diagnostic;
use crate::load::{Program, Unit};
pub(crate) use crate::model::NameKind;
use crate::source::Place;

/// An item by its unit and its index there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ItemId {
    pub(crate) unit: usize,
    pub(crate) item: usize,
}

#[derive(Clone, Copy, Debug)]
struct Declared {
    kind: NameKind,
    item: u32,
    /// The unit that a namespace names, if it could be read.
    behind: Option<u32>,
}

impl Declared {
    fn item(self) -> usize {
        self.item as usize
    }

    fn behind(self) -> Option<usize> {
        self.behind.map(|unit| unit as usize)
    }

    /// Where it is named, in its unit.
    fn place(self, unit: &Unit) -> Place {
        let item = &unit.ast.items[self.item()];
        Place { file: unit.file, span: NameKind::of(item).map_or(item.span, |(_, name)| name.span) }
    }
}

/// How far a constant has come.
#[derive(Clone, Copy, Debug)]
enum Constant {
    /// Its expression is being evaluated.
    Open,
    /// Its value, if it has one.
    Known(Option<u64>),
}

/// The names of all files, and the values of constants that were needed so far.
pub(crate) struct Names<'p> {
    pub(crate) program: &'p Program,
    pub(crate) diagnostics: Vec<Diagnostic>,
    scopes: Vec<HashMap<&'p str, Declared>>,
    /// Some of the namespaces of each file: those whose files are looked through for a name that it lacks.
    namespaces: Vec<Vec<&'p str>>,
    /// The names of a kind that a file declares, once one of them was sought in vain.
    known: HashMap<(usize, NameKind), Known<'p>>,
    constants: HashMap<ItemId, Constant>,
    /// Sources that evidence names.
    used_sources: HashSet<ItemId>,
    /// A name was asked for.
    asked: Cell<bool>,
}

impl<'p> Names<'p> {
    /// No names, for a part of a program that needs none: see [`Names::take_asked`].
    pub(crate) fn none(program: &'p Program) -> Self {
        Self {
            program,
            diagnostics: vec![],
            scopes: vec![],
            namespaces: vec![],
            known: HashMap::new(),
            constants: HashMap::new(),
            used_sources: HashSet::new(),
            asked: Cell::new(false),
        }
    }

    /// Whether a name was asked for since this was asked.
    pub(crate) fn take_asked(&self) -> bool {
        self.asked.take()
    }

    /// Collects what the files declare.
    pub(crate) fn collect(program: &'p Program) -> Self {
        let mut names = Self { namespaces: program.units.iter().map(namespaces).collect(), ..Self::none(program) };
        for unit in &program.units {
            let scope = names.scope(unit);
            names.scopes.push(scope);
        }
        names
    }

    fn scope(&mut self, unit: &'p Unit) -> HashMap<&'p str, Declared> {
        let mut scope: HashMap<&str, Declared> = HashMap::with_capacity(unit.ast.items.len());
        let mut uses = unit.uses.iter();
        for (item, node) in unit.ast.items.iter().enumerate() {
            let Some((kind, name)) = NameKind::of(node) else { continue };
            let behind = if kind == NameKind::Namespace { uses.next().copied().flatten() } else { None };
            let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            let place = Place { file: unit.file, span: name.span };
            match kind {
                NameKind::Constant => self.diagnostics.extend(reserved(&name.value, place)),
                NameKind::Source => self.diagnostics.extend(reserved_source(&name.value, place)),
                _ => {}
            }
            match scope.entry(&name.value) {
                Entry::Occupied(first) => {
                    self.diagnostics.push(duplicate(&name.value, place, first.get().place(unit)));
                }
                Entry::Vacant(entry) => {
                    entry.insert(Declared { kind, item: number(item), behind: behind.map(number) });
                }
            }
        }
        scope
    }

    /// The item of the wanted kind that a path names. What is wrong with the path is reported.
    pub(crate) fn resolve(&mut self, unit: usize, path: &Path, wanted: NameKind) -> Option<ItemId> {
        let file = self.program.units[unit].file;
        let mut target = unit;
        if let Some(namespace) = &path.namespace {
            let place = Place { file, span: namespace.span };
            let declared = self.find(unit, &namespace.value, place, NameKind::Namespace)?;
            target = declared.behind()?;
        }
        let place = Place { file, span: path.name.span };
        let declared = self.find(target, &path.name.value, place, wanted)?;
        Some(ItemId { unit: target, item: declared.item() })
    }

    /// The same, where nothing is to be said of a path that names none.
    pub(crate) fn declared(&self, unit: usize, path: &Path, wanted: NameKind) -> Option<ItemId> {
        self.asked.set(true);
        let find = |unit: usize, name: &str, kind| self.scopes.get(unit)?.get(name).filter(|found| found.kind == kind);
        let target = match &path.namespace {
            Some(namespace) => find(unit, &namespace.value, NameKind::Namespace)?.behind()?,
            None => unit,
        };
        Some(ItemId { unit: target, item: find(target, &path.name.value, wanted)?.item() })
    }

    fn find(&mut self, unit: usize, name: &str, place: Place, wanted: NameKind) -> Option<Declared> {
        self.asked.set(true);
        let Some(&declared) = self.scopes.get(unit)?.get(name) else {
            // What could not be read may have declared it.
            let ast = &self.program.units[unit].ast;
            if !(if wanted == NameKind::Namespace { ast.lost_use } else { ast.poisoned }) {
                let unknown = self.unknown(unit, name, place, wanted);
                self.diagnostics.push(unknown);
            }
            return None;
        };
        if declared.kind != wanted {
            let (is, needed) = (declared.kind.article(), wanted.article());
            let message = format!("`{name}` is {is}, but {needed} is needed here");
            let wrong = Diagnostic::new(&catalogue::WRONG_KIND, place, message);
            self.diagnostics.push(wrong.also(declared.place(&self.program.units[unit]), "it is declared here"));
            return None;
        }
        Some(declared)
    }

    fn unknown(&mut self, unit: usize, name: &str, place: Place, wanted: NameKind) -> Diagnostic {
        let keyword = self.keyword(unit, place.span).filter(|_| wanted == NameKind::Constant);
        let declared = self.near(unit, name, wanted);
        let Meant { words, mut certain } = meant(name, declared.into_iter().chain(keyword));
        let mut near: Vec<String> = words.into_iter().map(str::to_owned).collect();
        for namespace in &self.namespaces[unit] {
            let behind = self.scopes[unit].get(namespace).and_then(|declared| declared.behind());
            if behind.is_some_and(|unit| self.has(unit, name, wanted)) {
                near.push(format!("{namespace}::{name}"));
                certain = false;
            }
        }
        if wanted == NameKind::Constant {
            // One constant is easily another's neighbour, and an id would change with it.
            certain &= keyword.is_some_and(|keyword| near == [keyword]);
            if near.is_empty() {
                near.extend(digits(name));
            }
        }
        near.order();
        let kind = wanted.article().split_once(' ').map_or("", |(_, kind)| kind);
        let message = format!("there is no {kind} `{name}` here");
        let near: Vec<&str> = near.iter().map(String::as_str).collect();
        Diagnostic::new(&catalogue::UNKNOWN_NAME, place, message).meant(&near, certain)
    }

    /// The keyword that may stand in the place of a number, where one may.
    pub(crate) fn keyword(&self, unit: usize, place: Span) -> Option<&'static str> {
        let words = &self.program.units[unit].ast.words;
        let at = words.partition_point(|word| word.span < place);
        words.get(at).filter(|word| word.span == place).map(|word| word.value)
    }

    /// Whether a file declares a name.
    pub(crate) fn is_declared(&self, unit: usize, name: &str) -> bool {
        self.scopes[unit].contains_key(name)
    }

    /// Whether a file declares a name of a kind, in an item that is looked at or in another.
    fn has(&self, unit: usize, name: &str, wanted: NameKind) -> bool {
        let elsewhere = &self.program.units[unit].declared;
        match self.scopes[unit].get(name) {
            Some(declared) => declared.kind == wanted,
            None => elsewhere.iter().any(|(kind, other)| (*kind, other.as_str()) == (wanted, name)),
        }
    }

    /// The names of a kind in a file that may be near a word, ascending.
    pub(crate) fn near(&mut self, unit: usize, word: &str, wanted: NameKind) -> Vec<&'p str> {
        let scope = &self.scopes[unit];
        let elsewhere = &self.program.units[unit].declared;
        let of_kind = || {
            let here = scope.iter().filter(|(_, declared)| declared.kind == wanted).map(|(name, _)| *name);
            let others = elsewhere.iter().filter(|(kind, _)| *kind == wanted).map(|(_, name)| name.as_str());
            here.chain(others.filter(|name| !scope.contains_key(name)))
        };
        self.known.entry((unit, wanted)).or_insert_with(|| Known::new(of_kind())).near(word)
    }

    /// Where a file declares a constant.
    pub(crate) fn constant_place(&self, unit: usize, name: &str) -> Option<Place> {
        let declared = self.scopes[unit].get(name)?;
        (declared.kind == NameKind::Constant).then(|| declared.place(&self.program.units[unit]))
    }

    /// The source that a path names, from now on one that is used.
    pub(crate) fn source(&mut self, unit: usize, path: &Path) -> Option<ItemId> {
        let id = self.resolve(unit, path, NameKind::Source)?;
        self.used_sources.insert(id);
        Some(id)
    }

    /// Whether evidence names a source.
    pub(crate) fn is_used(&self, source: ItemId) -> bool {
        self.used_sources.contains(&source)
    }

    /// The parsed item.
    pub(crate) fn item(&self, id: ItemId) -> &'p ast::Item {
        &self.program.units[id.unit].ast.items[id.item]
    }
}

/// What a word says with the prefix of a hexadecimal number, if it is the digits of one.
fn digits(word: &str) -> Option<String> {
    let fits = (2..=4).contains(&word.len()) && word.bytes().all(|digit| digit.is_ascii_hexdigit());
    fits.then(|| format!("0x{}", word.to_ascii_lowercase()))
}

/// The first namespaces of a file.
fn namespaces(unit: &Unit) -> Vec<&str> {
    let used = unit.open().filter_map(|(_, item)| match &item.kind {
        ItemKind::Use(used) => Some(used.name.value.as_str()),
        _ => None,
    });
    used.take(MOST_NAMESPACES).collect()
}

/// In how many of the files that a file uses a name is looked for that it lacks.
const MOST_NAMESPACES: usize = 64;

/// Words that stand where a number could, and mean something else there: a number of that name would be passed over.
const RESERVED: [&str; 3] = ["any", "device", "free"];

/// What is wrong with such a word as the name of a number.
pub(crate) fn reserved(name: &str, place: Place) -> Option<Diagnostic> {
    RESERVED.contains(&name).then(|| {
        let message = format!("a number cannot be called `{name}`: where it could stand, the word has its own meaning");
        Diagnostic::new(&catalogue::RESERVED_NAME, place, message).help("give it another name")
    })
}

/// Kinds of evidence: a source of that name could not be told from one.
const EVIDENCE: [&str; 5] = ["datasheet", "vendor", "driver", "dump", "probe"];

fn reserved_source(name: &str, place: Place) -> Option<Diagnostic> {
    EVIDENCE.contains(&name).then(|| {
        let message = format!("a source cannot be called `{name}`: it is a kind of evidence");
        Diagnostic::new(&catalogue::RESERVED_NAME, place, message).help("give it another name")
    })
}

pub(crate) fn duplicate(name: &str, place: Place, first: Place) -> Diagnostic {
    Diagnostic::new(&catalogue::DUPLICATE_NAME, place, format!("`{name}` is declared twice"))
        .also(first, "it is declared here first")
}
