//! Why a scenario failed, in words.

use std::fmt;
use std::io;

use quirk_vfio_user::ServeError;

/// Why a scenario failed.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(crate) fn io(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |error| Self(format!("{what}: {error}"))
    }

    pub(crate) fn during(self, step: &str) -> Self {
        Self(format!("{step}: {}", self.0))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Self {
        Self(format!("vfio-user server: {error}"))
    }
}

/// Fails with both values unless they are equal.
pub(crate) fn equal<T: PartialEq + fmt::Debug + ?Sized>(what: &str, found: &T, expected: &T) -> Result<(), Failure> {
    if found == expected { Ok(()) } else { Err(Failure(format!("{what}: found {found:?}, expected {expected:?}"))) }
}

/// Fails with `what` unless it is so.
pub(crate) fn ensure(holds: bool, what: impl FnOnce() -> String) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(Failure(what())) }
}

/// Fails with the text unless it contains all of the words.
pub(crate) fn contains(what: &str, text: &str, words: &[&str]) -> Result<(), Failure> {
    match words.iter().find(|word| !text.contains(**word)) {
        None => Ok(()),
        Some(word) => Err(Failure(format!("{what} lacks `{word}`: {text}"))),
    }
}
