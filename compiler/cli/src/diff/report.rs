//! What `diff` says: the object that `--format json` prints. `docs/diff.md` is its documentation.

use quirk_compiler::catalogue::Level;
use serde::Serialize;

use super::compare::Change;
use super::rule::BreakingRule;
use quirk_dsl::Ordered as _;

/// The version of the object. It changes when a field goes or changes its meaning, not when one is added.
const VERSION: u32 = 1;

/// What `diff` says.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    version: u32,
    pub(super) breaking: usize,
    pub(super) changes: Vec<Entry>,
}

/// One change.
#[derive(Debug, Serialize)]
pub(super) struct Entry {
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) change: &'static str,
    pub(super) source: String,
    /// The breaking rule, if it is one.
    pub(super) rule: Option<&'static str>,
    pub(super) level: &'static str,
    pub(super) message: String,
    /// Whom it breaks.
    pub(super) breaks: Option<&'static str>,
}

impl Report {
    pub(super) fn new(changes: Vec<Change>, level: impl Fn(BreakingRule) -> Level) -> Self {
        let mut entries: Vec<Entry> = changes.into_iter().map(|change| Entry::new(change, &level)).collect();
        // What breaks somebody comes first, and what happened to one item together.
        entries.order_by(|a, b| {
            let key = |entry: &Entry| (order(entry.level), entry.kind, entry.name.clone());
            key(a).cmp(&key(b))
        });
        let breaking = entries.iter().filter(|entry| entry.level == "error").count();
        Self { version: VERSION, breaking, changes: entries }
    }

    pub(super) const fn breaks(&self) -> bool {
        self.breaking != 0
    }
}

fn order(level: &str) -> u8 {
    match level {
        "error" => 0,
        "warn" => 1,
        _ => 2,
    }
}

impl Entry {
    fn new(change: Change, level: &impl Fn(BreakingRule) -> Level) -> Self {
        let Change { kind, name, what, source, rule, message } = change;
        let level = rule.map_or("none", |rule| match level(rule) {
            Level::Off => "none",
            other => other.word(),
        });
        let (change, breaks) = (what.word(), rule.filter(|_| level != "none").map(BreakingRule::says));
        Self { kind, name, change, source, rule: rule.map(BreakingRule::word), level, message, breaks }
    }
}
