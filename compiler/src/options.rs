//! What a compilation can be told.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::thread;

use crate::catalogue::{Level, Rule};
use crate::diagnostic::Diagnostic;
use crate::severity::Severity;

/// What a compilation can be told.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Folders where `use` looks for files that do not lie beside the one that names them.
    pub libraries: Vec<PathBuf>,
    /// Rules that are not looked at.
    pub off: Vec<&'static Rule>,
    /// How many threads share the work; 0 for as many as the machine has. What comes out is the same.
    pub threads: usize,
    /// Rules whose level is not their own; the last of a rule counts. A level that the rule may not have makes no difference.
    pub levels: Vec<(&'static Rule, Level)>,
    /// The tables keep who vouches for what, and how often it was seen, but not the words that say where a stranger finds it.
    pub without_evidence: bool,
}

impl Options {
    /// How many threads there are to be.
    pub(crate) fn threads(&self) -> NonZeroUsize {
        // The answer takes reading files about control groups, so it is asked for once.
        static PROCESSORS: OnceLock<NonZeroUsize> = OnceLock::new();
        let processors = || *PROCESSORS.get_or_init(|| thread::available_parallelism().unwrap_or(NonZeroUsize::MIN));
        NonZeroUsize::new(self.threads).unwrap_or_else(processors)
    }

    /// Gives a finding the severity that its rule has here; says whether it counts at all.
    pub(crate) fn judge(&self, found: &mut Diagnostic) -> bool {
        let level = self.levels.iter().rev().find(|(rule, level)| *rule == found.rule && rule.may_be(*level));
        found.severity = match level {
            Some((_, Level::Off)) => return false,
            Some((_, Level::Warn)) => Severity::Warning,
            Some((_, Level::Error)) => Severity::Error,
            None => found.severity,
        };
        true
    }
}
