//! How many findings each rule has, most first.

use quirk_dsl::Ordered as _;
use std::collections::BTreeMap;

use quirk_compiler::Compilation;
use quirk_compiler::diagnostic::Applicability;

/// A line for each rule with findings: how many, which, and how many of them have a fix that needs no thought.
pub(crate) fn statistics(compilation: &Compilation) -> String {
    let mut rules = BTreeMap::new();
    for found in compilation.diagnostics() {
        let (_, count, fixable) = rules.entry(found.rule.code).or_insert((found.rule, 0_usize, 0_usize));
        *count += 1;
        *fixable += usize::from(found.fixes.iter().any(|fix| fix.applicability == Applicability::Safe));
    }
    let mut rules: Vec<_> = rules.into_values().collect();
    rules.order_by_key(|(rule, count, _)| (core::cmp::Reverse(*count), rule.code));
    let line = |(rule, count, fixable)| {
        let rule: &quirk_compiler::catalogue::Rule = rule;
        let fixable = if fixable == 0 { String::new() } else { format!(" ({fixable} fixable)") };
        format!("{count:6} {} {} {}{fixable}\n", rule.severity, rule.code(), rule.name)
    };
    rules.into_iter().map(line).collect()
}
