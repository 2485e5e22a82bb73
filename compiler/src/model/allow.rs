//! `allow RULE "reason";`: which findings an item silences.

use crate::catalogue::Rule;
use crate::source::Place;

/// One `allow`.
#[derive(Debug)]
pub(crate) struct Allowance {
    /// What is silenced.
    pub(crate) rule: &'static Rule,
    /// The name of the rule, where it stands.
    pub(crate) place: Place,
    /// All of the statement.
    pub(crate) statement: Place,
    /// Its file was asked for, not just used by another.
    pub(crate) asked_for: bool,
    /// The item in which it holds.
    pub(crate) item: Place,
}
