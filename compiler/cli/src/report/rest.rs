//! What is said of findings that are not shown: how many there are, and of which rules.

use std::collections::BTreeMap;

use quirk_compiler::Sources;
use quirk_compiler::diagnostic::Diagnostic;

use super::part::{count, path};

/// A line for a file's findings that are not shown, and one for each rule; nothing if all are.
pub(super) fn rest(rest: &[Diagnostic], sources: &Sources) -> String {
    let Some(first) = rest.first() else { return String::new() };
    let mut rules = BTreeMap::new();
    for found in rest {
        rules.entry(found.rule.code).or_insert((found.rule, 0_usize)).1 += 1;
    }
    let file = path(first.primary.place, sources);
    let more = count(rest.len(), "more finding");
    let lines = rules.into_values().map(|(rule, count)| format!("{count:6} {} {}\n", rule.code(), rule.name));
    format!("{file}: {more}; `quirkc check --all` shows all:\n{}\n", lines.collect::<String>())
}
