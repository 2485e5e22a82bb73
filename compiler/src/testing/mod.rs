//! Runs the `test` blocks of descriptions on the runtime itself, on functions made from layouts.
//!
//! [`Compilation::tests`](crate::Compilation::tests) lists them, `Test::run` runs one and gives its `Outcome`: data,
//! nothing is printed. `docs/testing.md` says what the function of a test looks like. Without the feature `testing` they are listed, and not run.

#[cfg(feature = "testing")]
mod bits;
#[cfg(feature = "testing")]
mod device;
#[cfg(feature = "testing")]
mod expect;
#[cfg(feature = "testing")]
mod identity;
#[cfg(feature = "testing")]
mod image;
#[cfg(feature = "testing")]
mod outcome;
#[cfg(feature = "testing")]
mod run;
#[cfg(feature = "testing")]
mod suite;

#[cfg(feature = "testing")]
pub use outcome::{Failure, Outcome};
#[cfg(feature = "testing")]
pub use suite::{Failed, Suite};

use crate::compilation::Compilation;
use crate::model;
use crate::source::Place;
use quirk_dsl::Ordered as _;

/// One `test`.
#[derive(Clone, Copy, Debug)]
pub struct Test<'c> {
    compilation: &'c Compilation,
    database: &'c [u8],
    test: &'c model::Test,
}

impl Compilation {
    /// The tests of the files that were asked for, by file and place; none if there were errors.
    #[must_use]
    pub fn tests(&self) -> Vec<Test<'_>> {
        Test::all(self)
    }
}

impl<'c> Test<'c> {
    /// All tests of the files that were asked for, in the order of the texts; none if there were errors.
    fn all(compilation: &'c Compilation) -> Vec<Self> {
        let Some(database) = compilation.database() else { return vec![] };
        let asked_for = compilation.model().tests.iter().filter(|test| test.asked_for);
        let mut tests: Vec<Self> = asked_for.map(|test| Self { compilation, database, test }).collect();
        let sources = compilation.sources();
        tests.order_by_key(|test| (sources.get(test.place().file).path(), test.place().span));
        tests
    }

    /// What it states.
    #[must_use]
    pub fn title(&self) -> &'c str {
        &self.test.title
    }

    /// Its keyword and title.
    #[must_use]
    pub fn place(&self) -> Place {
        self.test.head
    }

    /// The file that holds it.
    #[must_use]
    pub fn file(&self) -> String {
        let name = self.compilation.sources().get(self.place().file).name();
        name.strip_prefix("./").map_or_else(|| name.clone(), str::to_owned)
    }
}
