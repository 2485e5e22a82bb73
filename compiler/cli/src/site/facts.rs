//! What the pages say, in words.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use quirk_compiler::Compilation;
use quirk_map::{Owner, Region, Sheet};
use quirk_runtime::Database;
use quirk_runtime::tables::{Device, Layer, Permission, Place, PlaceKind};

use super::names;
use crate::clause;
use quirk_dsl::Ordered as _;

/// All of it.
pub(super) struct Site {
    pub(super) title: String,
    pub(super) devices: Vec<DevicePage>,
    pub(super) layers: Vec<LayerLine>,
}

/// One device.
pub(super) struct DevicePage {
    /// The name of its page, without the ending.
    pub(super) file: String,
    pub(super) name: String,
    pub(super) title: String,
    /// `file:line`
    pub(super) source: String,
    /// Each `match`, in the words of the language.
    pub(super) matches: Vec<String>,
    /// Where PASID goes, in a word or two.
    pub(super) pasid: String,
    /// What else is said of PASID.
    pub(super) limits: Vec<String>,
    pub(super) regions: Vec<Region>,
    /// What is declared, in the order of the space.
    pub(super) owners: Vec<Owner>,
    pub(super) tests: Vec<TestLine>,
    /// Where the playground has its text.
    pub(super) link: Option<String>,
}

/// One layer.
pub(super) struct LayerLine {
    pub(super) name: String,
    pub(super) source: String,
    pub(super) matches: Vec<String>,
    pub(super) default_on: bool,
}

/// One test and what came of it.
pub(super) struct TestLine {
    pub(super) title: String,
    /// `file:line`
    pub(super) source: String,
    pub(super) passed: bool,
}

impl Site {
    pub(super) fn new(title: &str, database: Database<'_>, compilation: &Compilation) -> Self {
        let mut clauses: BTreeMap<(bool, u32), Vec<String>> = BTreeMap::new();
        for each in database.clauses() {
            clauses.entry((each.layer, each.owner)).or_default().push(clause::text(database, &each));
        }
        clauses.values_mut().for_each(|texts| texts.order());
        let mut tests = tests(compilation);
        let text = |text| database.text(text).to_owned();
        let files = names::files(database.all::<Device>().map(|device| database.text(device.name)));
        let devices = database.all::<Device>().zip(files).zip(0..);
        let mut devices: Vec<DevicePage> = devices
            .map(|((device, file), index)| {
                let matches = clauses.remove(&(false, index)).unwrap_or_default();
                let tests = tests.remove(database.text(device.name)).unwrap_or_default();
                DevicePage::new(database, device, file, matches, tests)
            })
            .collect();
        devices.order_by(|one, other| (&one.title, &one.name).cmp(&(&other.title, &other.name)));
        let layers = database.all::<Layer>().zip(0..).map(|(layer, index)| LayerLine {
            name: text(layer.name),
            source: text(layer.source),
            matches: clauses.remove(&(true, index)).unwrap_or_default(),
            default_on: layer.default_on,
        });
        let mut layers: Vec<LayerLine> = layers.collect();
        layers.order_by(|one, other| one.name.cmp(&other.name));
        Self { title: title.to_owned(), devices, layers }
    }

    /// Names files from where they were found, so that the pages say nothing of where that is.
    pub(super) fn name_files(&mut self, paths: &[PathBuf]) {
        let sources = self.devices.iter_mut().flat_map(|device| {
            std::iter::once(&mut device.source).chain(device.tests.iter_mut().map(|test| &mut test.source))
        });
        for source in sources.chain(self.layers.iter_mut().map(|layer| &mut layer.source)) {
            if let Some(inner) = within(Path::new(source.as_str()), paths) {
                *source = inner.to_string_lossy().replace('\\', "/");
            }
        }
    }

    /// How many tests failed.
    pub(super) fn failed(&self) -> usize {
        self.devices.iter().flat_map(|device| &device.tests).filter(|test| !test.passed).count()
    }
}

/// The tests by the device that their function is found to be.
fn tests(compilation: &Compilation) -> BTreeMap<String, Vec<TestLine>> {
    let mut tests: BTreeMap<String, Vec<TestLine>> = BTreeMap::new();
    for test in compilation.tests() {
        let outcome = test.run();
        let Some(entry) = outcome.decision.as_ref().and_then(|decision| decision.entry) else { continue };
        let line = compilation.sources().position(test.place()).line;
        tests.entry(entry.name.to_owned()).or_default().push(TestLine {
            title: test.title().to_owned(),
            source: format!("{}:{line}", test.file()),
            passed: outcome.passed(),
        });
    }
    tests
}

impl DevicePage {
    /// Where its page lies in the site.
    pub(super) fn path(&self) -> String {
        format!("device/{}.html", self.file)
    }

    fn new(database: Database<'_>, device: Device, file: String, matches: Vec<String>, tests: Vec<TestLine>) -> Self {
        let text = |text| database.text(text).to_owned();
        let (pasid, limits) = pasid(database, &device);
        let (name, title, source) = (text(device.name), text(device.title), text(device.source));
        let states = Sheet::declared(database, &device).states;
        let regions = states.into_iter().next().map(|state| state.regions).unwrap_or_default();
        let mut owners: Vec<Owner> = regions.iter().filter_map(|region| region.declared.clone()).collect();
        owners.order_by(|one, other| (one.start, one.end, &one.name).cmp(&(other.start, other.end, &other.name)));
        owners.dedup();
        Self { file, name, title, source, matches, pasid, limits, regions, owners, tests, link: None }
    }
}

/// An absolute path, counted from the folder among some that it is in; of any other, the name alone.
fn within<'s>(source: &'s Path, paths: &[PathBuf]) -> Option<&'s Path> {
    let is_inside = |path: &&PathBuf| path.is_dir() && source.starts_with(path);
    let folder = paths.iter().filter(is_inside).max_by_key(|path| path.components().count());
    let inner = folder.and_then(|folder| source.strip_prefix(folder).ok());
    inner.or_else(|| source.file_name().map(Path::new)).filter(|_| source.is_absolute())
}

/// Where PASID goes, and what is said of it beside that.
fn pasid(database: Database<'_>, device: &Device) -> (String, Vec<String>) {
    if device.forbids_pasid {
        return ("none: the device must not have it".to_owned(), Vec::new());
    }
    let mut places = database.list(device.places).map(|Place { kind, offset }| match kind {
        PlaceKind::Native => format!("native, at {offset:#05x}"),
        PlaceKind::Free | PlaceKind::At => format!("at {offset:#05x}"),
    });
    let Some(first) = places.next() else { return ("nothing is said".to_owned(), Vec::new()) };
    let mut limits: Vec<String> = places.map(|place| format!("else {place}")).collect();
    limits.push(format!("at most {} bits", device.max_width));
    for (word, permission) in [("execute", device.execute), ("privileged", device.privileged)] {
        limits.extend((permission == Permission::Deny).then(|| format!("{word} denied")));
    }
    (first, limits)
}
