//! What a configuration says.

use std::path::PathBuf;

use quirk_compiler::catalogue::{Level, Rule};

use crate::diff::rule::BreakingRule;

/// What a configuration says.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Config {
    /// Search paths, from where the program runs.
    pub(super) libraries: Vec<PathBuf>,
    /// Rules whose level is not their own.
    pub(super) levels: Vec<(&'static Rule, Level)>,
    /// Breaking rules of `diff` whose level is not their own.
    pub(super) diff: Vec<(BreakingRule, Level)>,
    /// Where pages of `doc` lead to.
    pub(super) playground: Option<String>,
}
