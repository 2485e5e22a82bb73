//! What came of a test, as data.

use quirk_runtime::{Decision, Image};

use crate::source::Place;

/// What came of a test.
#[derive(Debug)]
pub struct Outcome<'c> {
    /// What was not as expected, in the order of the text; none if the test passed.
    pub failures: Vec<Failure>,
    /// What the runtime decided; none if it could not attach.
    pub decision: Option<Decision<'c>>,
    /// What the guest reads at the end; none if the runtime could not attach.
    pub guest: Option<Image>,
}

impl Outcome<'_> {
    /// Whether everything was as expected.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

/// Something that was not as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The statement.
    pub place: Place,
    /// What was expected.
    pub expected: String,
    /// What was found.
    pub found: String,
    /// The byte of configuration space that it is about, if it is about one.
    pub offset: Option<u16>,
}

/// What comes of a run, which is a failure at `place` if it panics.
pub(super) fn caught<'c>(place: Place, run: impl FnOnce() -> Outcome<'c>) -> Outcome<'c> {
    // Nothing of a run that panicked is looked at again.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
        let found = format!("a panic: {}", text.unwrap_or("no message"));
        let failure = Failure { place, expected: "the test runs".to_owned(), found, offset: None };
        Outcome { failures: vec![failure], decision: None, guest: None }
    })
}

#[cfg(test)]
mod tests {
    use std::panic::panic_any;

    use quirk_dsl::Span;

    use super::{Outcome, caught};
    use crate::source::{Place, Sources};

    #[test]
    #[expect(clippy::panic, reason = "what is tested")]
    fn a_run_that_panics_is_one_failure_that_says_why() {
        let place = Place { file: Sources::default().add("a.quirk", "test"), span: Span::new(0, 1) };
        let panics: [fn() -> Outcome<'static>; 2] = [|| panic_any("of 7".to_owned()), || panic_any("plain")];
        for (run, found) in panics.into_iter().zip(["a panic: of 7", "a panic: plain"]) {
            let outcome = caught(place, run);
            assert!(!outcome.passed());
            assert_eq!(outcome.failures.first().map(|failure| failure.found.as_str()), Some(found));
        }
    }
}
