//! Every pass has inputs that hold its work linear.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot read its input fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn text(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace's folder");
    fs::read_to_string(root.join(path)).expect("a readable file")
}

/// The passes that the compiler runs, by their modules.
fn passes() -> BTreeSet<String> {
    let source = text("compiler/src/passes/mod.rs");
    let passes: BTreeSet<String> =
        source.lines().filter_map(|line| line.trim().strip_suffix("::PASS,")).map(str::to_owned).collect();
    assert!(passes.len() > 30, "the passes were found: {passes:?}");
    passes
}

#[test]
fn every_pass_has_a_row() {
    let rows = text("tests/linear/rows");
    let rows = rows.lines().filter(|line| !line.starts_with('#')).map(|line| line.split(' ').collect::<Vec<_>>());
    let inputs = text("tests/linear/inputs");
    let mut with_rows = BTreeSet::new();
    for row in rows {
        let [subject, kind, n] = row.as_slice() else { panic!("a subject, a kind and a number: {row:?}") };
        assert!(n.parse::<u32>().is_ok_and(|n| n >= 500), "{row:?}");
        assert!(inputs.contains(&format!("\nkind == \"{kind}\" {{")), "`inputs` makes no `{kind}`");
        with_rows.insert((*subject).to_owned());
    }
    let without: Vec<String> = passes().difference(&with_rows).cloned().collect();
    assert!(without.is_empty(), "no row of tests/linear/rows has something for these passes to look at: {without:?}");
}

#[test]
fn every_kind_of_input_has_a_row() {
    let rows = text("tests/linear/rows");
    let inputs = text("tests/linear/inputs");
    let kinds = inputs.lines().filter_map(|line| line.strip_prefix("kind == \"")?.split('"').next());
    let without: Vec<&str> = kinds.filter(|kind| !rows.contains(&format!(" {kind} "))).collect();
    assert!(without.is_empty(), "no row counts {without:?}");
}
