//! What is told of one test, in every format.

use quirk_compiler::testing::{self, Outcome, Test};
use quirk_compiler::{Compilation, Position, Sources};
use quirk_map::Map;
use quirk_runtime::tables::Device;
use quirk_runtime::{Database, Image};

/// One test and what came of it.
pub(super) struct Report {
    pub(super) file: String,
    pub(super) line: u32,
    pub(super) title: String,
    pub(super) failures: Vec<Failure>,
}

/// Something that was not as expected.
pub(super) struct Failure {
    pub(super) file: String,
    pub(super) start: Position,
    pub(super) end: Position,
    /// The statement as it stands in the text.
    pub(super) statement: String,
    pub(super) expected: String,
    pub(super) found: String,
    pub(super) offset: Option<u16>,
    /// What the guest sees, if the failure is about one place of it.
    pub(super) map: Option<Map>,
}

impl Report {
    /// Runs a test.
    pub(super) fn of(test: &Test<'_>, compilation: &Compilation) -> Self {
        let outcome = test.run();
        let sources = compilation.sources();
        let map = outcome.guest.as_ref().and_then(|guest| map(guest, &outcome, compilation));
        let failures = outcome.failures.iter().map(|failure| Failure::of(failure, test, sources, map.as_ref()));
        Self {
            file: test.file(),
            line: sources.position(test.place()).line,
            title: test.title().to_owned(),
            failures: failures.collect(),
        }
    }

    pub(super) fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

impl Failure {
    fn of(failure: &testing::Failure, test: &Test<'_>, sources: &Sources, map: Option<&Map>) -> Self {
        let source = sources.get(failure.place.file);
        let span = failure.place.span;
        Self {
            file: test.file(),
            start: source.position(span.start),
            end: source.position(span.end),
            statement: source.text().get(span.range()).unwrap_or_default().to_owned(),
            expected: failure.expected.clone(),
            found: failure.found.clone(),
            offset: failure.offset,
            map: failure.offset.and_then(|offset| Some(map?.around(offset))),
        }
    }

    /// `file:line:column`
    pub(super) fn place(&self) -> String {
        format!("{}:{}:{}", self.file, self.start.line, self.start.column)
    }
}

/// What the guest sees at the end, with what its description and the decision say.
fn map(guest: &Image, outcome: &Outcome<'_>, compilation: &Compilation) -> Option<Map> {
    let mut map = Map::of(guest).ok()?;
    let Some(decision) = &outcome.decision else { return Some(map) };
    let database = Database::from_static(compilation.database()?);
    let name = decision.entry.map(|entry| entry.name);
    if let Some(device) = database.all::<Device>().find(|device| Some(database.text(device.name)) == name) {
        map = map.with_entry(database, &device);
    }
    Some(map.with_decision(decision))
}
