//! From paths to parsed files: reads what was asked for and what that uses, each file once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use core::sync::atomic::AtomicU32;

use quirk_dsl::{Read, Text, ast};

use crate::catalogue;
use crate::diagnostic::{Applicability, Diagnostic, Edit};
use crate::files::Files;
use crate::model::{Allowance, Device, NameKind};
use crate::options::Options;
use crate::source::{FileId, Place, Sources};
use crate::syntax;

/// How many files may use each other in a row.
const DEEPEST: usize = 64;

/// Something to compile.
#[derive(Clone, Debug)]
pub enum Input {
    /// A file.
    Path(PathBuf),
    /// A text that is called so.
    Text(PathBuf, String),
}

/// One parsed file.
#[derive(Debug)]
pub(crate) struct Unit {
    /// Which.
    pub(crate) file: FileId,
    /// What it says.
    pub(crate) ast: ast::File,
    /// The unit that each `use` names, in the order of the text; none where there is none.
    pub(crate) uses: Vec<Option<usize>>,
    /// It was asked for, not just used.
    pub(crate) asked_for: bool,
    /// All names that it declares, where a part of a program is looked at: some of their items are left out.
    pub(crate) declared: Arc<[(NameKind, String)]>,
    /// What was understood of its parts when they were read. The items of these devices say nothing any more.
    pub(crate) early: Vec<Early>,
    /// The items that are not understood yet, ascending.
    open: Vec<usize>,
}

impl Unit {
    /// What a file says, and what is understood of it already.
    pub(crate) fn new(file: FileId, ast: ast::File, early: Vec<Early>) -> Self {
        let mut open: Vec<usize> = Vec::new();
        if early.is_empty() {
            open.extend(0..ast.items.len());
        }
        let mut before = 0;
        for part in &early {
            open.extend(part.open.iter().map(|item| before + item));
            before += part.items;
        }
        Self { file, ast, uses: vec![], asked_for: false, declared: Arc::default(), early, open }
    }

    /// The items that are not understood yet, with their numbers.
    pub(crate) fn open(&self) -> impl Iterator<Item = (usize, &ast::Item)> {
        self.open.iter().map(|item| (*item, &self.ast.items[*item]))
    }

    /// How many items that are not understood are before one that is not either.
    pub(crate) fn place_of_open(&self, item: usize) -> Option<usize> {
        self.open.binary_search(&item).ok()
    }
}

/// What a device says.
pub(crate) type Said = Vec<ast::Statement<ast::DeviceStatementKind>>;

/// What is understood of a part of a file while the rest is being read.
#[derive(Debug, Default)]
pub(crate) struct Early {
    /// How many items the part has.
    pub(crate) items: usize,
    /// Those that are not understood yet, ascending.
    pub(crate) open: Vec<usize>,
    /// Devices, by their items in the part.
    pub(crate) devices: Vec<(usize, Box<Device>)>,
    /// What the items allow, all of them.
    pub(crate) allowances: Vec<Allowance>,
    /// A statement of one of these devices is lost.
    pub(crate) lost: bool,
    pub(crate) found: Vec<Diagnostic>,
}

/// Understands what it can of a part of a file, alone.
pub(crate) type Understand = fn(FileId, &mut ast::File, &AtomicU32) -> Early;

/// All parsed files, those that are used before those that use them.
#[derive(Debug, Default)]
pub(crate) struct Program {
    pub(crate) units: Vec<Unit>,
    /// Whence the numbers of nodes are.
    pub(crate) nodes: AtomicU32,
}

impl Program {
    /// Takes what the devices of each unit say, for each item that is not understood.
    pub(crate) fn take_said(&mut self) -> Vec<Vec<Said>> {
        let said = |item: &mut ast::Item| match &mut item.kind {
            ast::ItemKind::Device(device) => core::mem::take(&mut device.statements),
            _ => vec![],
        };
        let of_unit = |unit: &mut Unit| unit.open.iter().map(|item| said(&mut unit.ast.items[*item])).collect();
        self.units.iter_mut().map(of_unit).collect()
    }

    /// Takes what is understood already of each unit.
    pub(crate) fn take_early(&mut self) -> Vec<Vec<Early>> {
        self.units.iter_mut().map(|unit| core::mem::take(&mut unit.early)).collect()
    }
}

/// Reads and parses the inputs and what they use.
pub(crate) fn load(
    inputs: Vec<Input>,
    options: &Options,
    files: &dyn Files,
    understand: Understand,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Program {
    let mut loader = Loader {
        options,
        files,
        understand,
        sources,
        diagnostics,
        program: Program::default(),
        known: BTreeMap::new(),
        open: vec![],
        heights: vec![],
    };
    for input in inputs {
        let (path, text) = match input {
            Input::Path(path) => (path, None),
            Input::Text(path, text) => (path, Some(text)),
        };
        let identity = files.identity(&path).unwrap_or_else(|_| path.clone());
        if let Some(unit) = loader.unit(&path, identity, text) {
            loader.program.units[unit].asked_for = true;
        }
    }
    loader.program
}

struct Loader<'l> {
    options: &'l Options,
    files: &'l dyn Files,
    understand: Understand,
    sources: &'l mut Sources,
    diagnostics: &'l mut Vec<Diagnostic>,
    program: Program,
    /// Units by the identity of their file; none for one that cannot be read.
    known: BTreeMap<PathBuf, Option<usize>>,
    /// Files whose `use`s are being followed, with the place of the `use` that is.
    open: Vec<(PathBuf, Option<Place>)>,
    /// Of each unit, how many files use each other in the longest row from it on.
    heights: Vec<usize>,
}

impl Loader<'_> {
    /// The unit of a file, read at first sight.
    fn unit(&mut self, path: &Path, identity: PathBuf, text: Option<String>) -> Option<usize> {
        if let Some(&unit) = self.known.get(&identity) {
            return unit;
        }
        let text = text.map_or_else(|| self.read(path), Some);
        let unit = text.map(|text| self.parse(path, &identity, text));
        self.known.insert(identity, unit);
        unit
    }

    fn read(&mut self, path: &Path) -> Option<String> {
        let failed = |loader: &mut Self, rule, message: String| {
            let file = loader.sources.add(path, "");
            let place = Place { file, span: quirk_dsl::Span::default() };
            loader.diagnostics.push(Diagnostic::new(rule, place, message));
        };
        match self.files.read(path) {
            Err(error) => failed(self, &catalogue::UNREADABLE_FILE, format!("cannot read the file: {error}")),
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => return Some(text),
                Err(error) => {
                    let at = error.utf8_error().valid_up_to();
                    failed(self, &catalogue::NOT_TEXT, format!("the file is not UTF-8 text: see byte {at}"));
                }
            },
        }
        None
    }

    fn parse(&mut self, path: &Path, identity: &Path, text: String) -> usize {
        let text = Text::from(text);
        let file = self.sources.take(path.to_owned(), text.clone());
        let (understand, nodes) = (self.understand, &self.program.nodes);
        let (parsed, early) = quirk_dsl::read_and(text, self.options.threads(), |part| understand(file, part, nodes));
        self.diagnostics.extend(syntax_in(file, &parsed));
        let mut unit = Unit::new(file, parsed.file, early);
        editions(file, &unit.ast, unit.open(), self.diagnostics);
        self.open.push((identity.to_owned(), None));
        let mut uses = Vec::new();
        for (_, item) in unit.open() {
            if let ast::ItemKind::Use(used) = &item.kind {
                uses.push(self.follow(file, path, used));
            }
        }
        self.open.pop();
        let below = uses.iter().flatten().map(|&unit| self.heights[unit]).max();
        self.heights.push(1 + below.unwrap_or(0));
        unit.uses = uses;
        self.program.units.push(unit);
        self.program.units.len() - 1
    }

    /// The unit that a `use` names.
    fn follow(&mut self, file: FileId, path: &Path, used: &ast::Use) -> Option<usize> {
        let place = Place { file, span: used.path.span };
        let Some((found, identity)) = self.find(path, &used.path.value) else {
            self.not_found(path, place, &used.path.value);
            return None;
        };
        if let Some(open) = self.open.last_mut() {
            open.1 = Some(place);
        }
        if let Some(first) = self.open.iter().position(|(open, _)| *open == identity) {
            let message = format!("`{}` is used by a file that it uses itself", used.path.value);
            let mut cycle = Diagnostic::new(&catalogue::USE_CYCLE, place, message).label("this closes the circle");
            for (_, step) in &self.open[first..self.open.len() - 1] {
                if let Some(step) = step {
                    cycle = cycle.also(*step, "through this `use`");
                }
            }
            self.diagnostics.push(cycle.help("move what both files need to a third one"));
            return None;
        }
        let deep = self.known.get(&identity).copied().flatten().map_or(1, |unit| self.heights[unit]);
        if self.open.len() + deep > DEEPEST {
            let message = format!("more than {DEEPEST} files use each other in a row");
            self.diagnostics.push(Diagnostic::new(&catalogue::USE_CYCLE, place, message));
            return None;
        }
        self.unit(&found, identity, None)
    }

    /// Beside the file first, then in the library folders.
    fn find(&self, path: &Path, name: &str) -> Option<(PathBuf, PathBuf)> {
        let beside = path.parent().unwrap_or(Path::new(""));
        let folders = core::iter::once(beside).chain(self.options.libraries.iter().map(PathBuf::as_path));
        folders.map(|folder| folder.join(name)).find_map(|path| {
            let identity = self.files.identity(&path).ok()?;
            Some((path, identity))
        })
    }

    fn not_found(&mut self, path: &Path, place: Place, name: &str) {
        let mut searched = BTreeSet::from([path.parent().unwrap_or(Path::new("")).to_owned()]);
        searched.extend(self.options.libraries.iter().cloned());
        let searched: Vec<String> = searched
            .iter()
            .map(|folder| if folder.as_os_str().is_empty() { ".".to_owned() } else { folder.display().to_string() })
            .collect();
        let known: Vec<String> = self
            .sources
            .iter()
            .filter_map(|source| Some(source.path().file_name()?.to_string_lossy().into_owned()))
            .collect();
        let searched = searched.join(", ");
        let found = Diagnostic::new(&catalogue::FILE_NOT_FOUND, place, format!("there is no file `{name}`"));
        let mut found = found.meant_path(name, known.iter().map(String::as_str));
        let hint = found.help.take().map_or_else(String::new, |hint| hint + " ");
        self.diagnostics.push(found.help(format!("{hint}searched in: {searched}")));
    }
}

/// What is wrong with the text of a file, whatever the others say.
pub(crate) fn wrong_in(file: FileId, read: &Read) -> Vec<Diagnostic> {
    let mut diagnostics = syntax_in(file, read);
    editions(file, &read.file, read.file.items.iter().enumerate(), &mut diagnostics);
    diagnostics
}

/// What of the text of a file could not be read.
pub(crate) fn syntax_in(file: FileId, read: &Read) -> Vec<Diagnostic> {
    read.errors.iter().map(|error| syntax::diagnostic(error, file)).collect()
}

/// `edition` stands first, once, and is one that is known.
fn editions<'a>(
    file: FileId,
    ast: &ast::File,
    open: impl Iterator<Item = (usize, &'a ast::Item)>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut first = true;
    for (at, item) in open {
        let ast::ItemKind::Edition(number) = &item.kind else { continue };
        let place = Place { file, span: number.span };
        if !first || at != 0 {
            let place = Place { file, span: item.span };
            let message = "`edition` does not stand at the beginning of the file";
            let found = Diagnostic::new(&catalogue::EDITION_NOT_FIRST, place, message);
            diagnostics.push(found.remove(Applicability::Unsafe, "take it away", place));
        } else if number.value != 1 {
            let message = format!("edition {} is not known", number.value);
            let help = "this compiler knows edition 1: `edition 1;`";
            let found = Diagnostic::new(&catalogue::UNSUPPORTED_EDITION, place, message).help(help);
            let edit = Edit { place, text: "1".to_owned() };
            diagnostics.push(found.fix(Applicability::Unsafe, "write `1`", edit));
        }
        first = false;
    }
    // What could not be read may have said it.
    if first && !ast.poisoned {
        let start = ast.items.first().map_or(0, |item| item.docs.first().map_or(item.span.start, |doc| doc.span.start));
        let place = Place { file, span: quirk_dsl::Span::new(start, start) };
        let insert = Edit { place, text: "edition 1;\n".to_owned() };
        diagnostics.push(
            Diagnostic::new(&catalogue::MISSING_EDITION, place, "the file does not say its edition")
                .help("begin it with `edition 1;`")
                .fix(Applicability::Safe, "begin the file with `edition 1;`", insert),
        );
    }
}
