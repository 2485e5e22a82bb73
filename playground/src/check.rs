//! What the compiler says of a text, and what it makes of it.

use quirk_compiler::diagnostic::json::Report;
use quirk_compiler::{Compilation, fix};
use quirk_dsl::{ColumnUnit, LineIndex};
use quirk_runtime::Database;
use serde::Serialize;

use crate::refusal::Refusal;
use crate::texts::{self, Texts};

/// Findings, and the devices where there is no error.
#[derive(Debug, Serialize)]
pub(crate) struct Checked {
    /// What `quirkc check --format json` prints, as far as it was asked for.
    report: Report,
    /// All of them, listed or not.
    errors: usize,
    warnings: usize,
    devices: Vec<Device>,
    layers: usize,
    tests: usize,
    /// Bytes of the database; none where there are errors.
    database: Option<usize>,
}

#[derive(Debug, Serialize)]
struct Device {
    name: String,
    title: String,
}

pub(crate) fn check(texts: &Texts, most: Option<usize>) -> Result<Checked, Refusal> {
    let compilation = texts.compiled()?;
    let bytes = compilation.database();
    let database = bytes.map(Database::from_static);
    let devices = database.into_iter().flat_map(|database| {
        database.all::<quirk_runtime::tables::Device>().map(move |device| {
            let text = |text| database.text(text).to_owned();
            Device { name: text(device.name), title: text(device.title) }
        })
    });
    let (found, errors) = (compilation.diagnostics(), compilation.errors());
    let listed = most.map_or(found, |most| &found[..most.min(found.len())]);
    Ok(Checked {
        report: Report::new(listed, compilation.sources()),
        errors,
        warnings: found.len() - errors,
        devices: devices.collect(),
        layers: database.map_or(0, |database| database.all::<quirk_runtime::tables::Layer>().count()),
        tests: compilation.tests().len(),
        database: bytes.map(<[u8]>::len),
    })
}

/// What came of the tests.
#[derive(Debug, Serialize)]
pub(crate) struct Tested {
    passed: usize,
    failed: usize,
    tests: Vec<Test>,
}

#[derive(Debug, Serialize)]
struct Test {
    title: String,
    file: String,
    line: u32,
    passed: bool,
    failures: Vec<Failure>,
}

#[derive(Debug, Serialize)]
struct Failure {
    line: u32,
    expected: String,
    found: String,
    offset: Option<u16>,
}

pub(crate) fn test(texts: &Texts) -> Result<Tested, Refusal> {
    let compilation = without_errors(texts)?;
    let sources = compilation.sources();
    let of = |test: quirk_compiler::testing::Test<'_>| {
        let outcome = test.run();
        let passed = outcome.passed();
        let failure = |failure: quirk_compiler::testing::Failure| Failure {
            line: sources.position(failure.place).line,
            expected: failure.expected,
            found: failure.found,
            offset: failure.offset,
        };
        let failures = outcome.failures.into_iter().map(failure).collect();
        let (title, file, line) = (test.title().to_owned(), test.file(), sources.position(test.place()).line);
        Test { title, file, line, passed, failures }
    };
    let tests: Vec<Test> = compilation.tests().into_iter().map(of).collect();
    let failed = tests.iter().filter(|test| !test.passed).count();
    Ok(Tested { passed: tests.len() - failed, failed, tests })
}

/// The compilation of texts that have no errors.
pub(crate) fn without_errors(texts: &Texts) -> Result<Compilation, Refusal> {
    let compilation = texts.compiled()?;
    match compilation.errors() {
        0 => Ok(compilation),
        1 => Err(Refusal::new("the description has an error").help("mend what is listed below the text")),
        errors => Err(Refusal::new(format_args!("the description has {errors} errors"))
            .help("mend what is listed below the text")),
    }
}

/// A text that took another's place.
#[derive(Debug, Serialize)]
pub(crate) struct Rewritten {
    text: String,
    /// How many fixes were made.
    fixes: usize,
}

pub(crate) fn format(text: &str) -> Result<Rewritten, Refusal> {
    texts::is_small(text.len())?;
    let formatted = quirk_dsl::format(text).map_err(|errors| {
        let refusal = Refusal::new("not formatted: the text cannot be read without errors");
        match errors.first() {
            Some(first) => {
                let line = LineIndex::new(text).locate(text, first.span.start, ColumnUnit::Chars).line + 1;
                refusal.help(format_args!("line {line}: {}", first.message))
            }
            None => refusal,
        }
    })?;
    Ok(Rewritten { text: formatted, fixes: 0 })
}

/// Makes fixes in the text that is asked for; what it uses is not touched.
pub(crate) fn fix(texts: &Texts, also_unsafe: bool) -> Result<Rewritten, Refusal> {
    let (main, files) = texts.files()?;
    let inputs = vec![quirk_compiler::Input::Path(main.clone())];
    let fixed = fix::fix(inputs, &texts::options(), &files, also_unsafe);
    let after = fixed.changes.into_iter().find(|change| change.path == main).map(|change| change.after);
    let before = || {
        let sources = fixed.compilation.sources();
        sources.iter().find(|source| source.path() == main).map_or_else(String::new, |source| source.text().to_owned())
    };
    Ok(Rewritten { text: after.unwrap_or_else(before), fixes: fixed.fixes })
}
