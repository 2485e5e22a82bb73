//! The minimum Rust version that a crate states holds for what it pulls in too. Calls of the standard library are clippy's
//! to check (`incompatible_msrv`); what dependencies state, no lint looks at.

#![expect(clippy::expect_used, reason = "a test that cannot read its input fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

/// `1.88.0` as numbers; 0.0 where none is stated.
fn version(package: &Value) -> (u32, u32) {
    let mut parts = text(package, "rust_version").split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

/// What a package pulls in where it is used: not what its tests need.
fn dependencies(node: &Value) -> impl Iterator<Item = &str> {
    let is_used = |dependency: &&Value| list(dependency, "dep_kinds").iter().any(|kind| text(kind, "kind") != "dev");
    list(node, "deps").iter().filter(is_used).map(|dependency| text(dependency, "pkg"))
}

#[test]
fn no_dependency_states_a_newer_rust_than_the_crate_that_pulls_it_in() {
    let metadata = metadata();
    let packages: BTreeMap<&str, &Value> =
        list(&metadata, "packages").iter().map(|package| (text(package, "id"), package)).collect();
    let nodes: BTreeMap<&str, &Value> =
        list(&metadata["resolve"], "nodes").iter().map(|node| (text(node, "id"), node)).collect();
    let members: Vec<&str> = list(&metadata, "workspace_members").iter().filter_map(Value::as_str).collect();
    assert!(members.len() > 10, "the workspace was read");
    let mut newer = Vec::new();
    for member in members {
        let stated = version(packages[member]);
        assert!(stated >= (1, 85), "{member} states no Rust version, or one without its edition");
        let (mut seen, mut open) = (BTreeSet::new(), vec![member]);
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                open.extend(dependencies(nodes[id]));
                if version(packages[id]) > stated {
                    newer.push(format!("{member} states {stated:?}, and {id} {:?}", version(packages[id])));
                }
            }
        }
    }
    assert!(newer.is_empty(), "{newer:#?}");
}
