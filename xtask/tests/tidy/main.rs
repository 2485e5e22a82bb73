//! House rules that no lint knows: every file says what it is for, none grows beyond what one can read, the crates' arrows
//! point down, no dependency is unused, what documentation names exists, and the words are those of the field.

#![expect(clippy::expect_used, reason = "a test that cannot read its input fails")]

mod dependencies;
mod keywords;
mod paths;
mod words;

use std::fs;
use std::path::{Path, PathBuf};

const LONGEST: usize = 800;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace's folder").to_path_buf()
}

/// The files below a folder with one of these endings, in order.
fn walk(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if path.is_dir() && name != "target" && !name.starts_with('.') {
                folders.push(path);
            } else if path
                .extension()
                .and_then(|extension| extension.to_str())
                .is_some_and(|each| endings.contains(&each))
            {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn sources() -> Vec<(PathBuf, String)> {
    let found = walk(&root(), &["rs"]);
    assert!(found.len() > 20, "the walk found the workspace");
    found
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).expect("UTF-8 source");
            (path, text)
        })
        .collect()
}

fn is_generated_or_case(path: &Path) -> bool {
    path.ends_with("generated.rs")
        || path.ends_with("examples/checked-in/src/quirks.rs")
        || path.components().any(|part| matches!(part.as_os_str().to_str(), Some("cases" | "ui")))
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent: Vec<_> = sources()
        .into_iter()
        .filter(|(path, text)| !is_generated_or_case(path) && !text.starts_with("//!"))
        .map(|(path, _)| path)
        .collect();
    assert!(silent.is_empty(), "no `//!` in the first line of {silent:#?}");
}

#[test]
fn no_file_is_too_long_to_read() {
    let long: Vec<_> = sources()
        .into_iter()
        .filter(|(path, text)| !is_generated_or_case(path) && text.lines().count() > LONGEST)
        .map(|(path, text)| (path, text.lines().count()))
        .collect();
    assert!(long.is_empty(), "more than {LONGEST} lines: {long:#?}");
}

#[test]
fn unsafe_blocks_stand_where_they_must_and_say_why_they_are_sound() {
    let places =
        ["runtime/vfio", "runtime/capi/src/boundary.rs", "runtime/rust-vmm/src/region.rs", "benches/src/mapped.rs"]
            .map(|place| root().join(place));
    for (path, text) in sources() {
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if !code.contains(concat!("unsafe", " {")) {
                continue;
            }
            let may = places.iter().any(|place| path.starts_with(place));
            assert!(may, "{}:{}: unsafe code where it must not be", path.display(), at + 1);
            let said = lines[at.saturating_sub(6)..=at].iter().any(|line| line.contains("SAFETY:"));
            assert!(said, "{}:{}: an unsafe block without `SAFETY:`", path.display(), at + 1);
        }
    }
}

#[test]
fn arrows_between_crates_point_down() {
    let forbidden = [
        ("dsl/Cargo.toml", &["quirk-runtime", "quirk-compiler"][..]),
        ("runtime/Cargo.toml", &["quirk-dsl", "quirk-compiler", "quirk-vfio"]),
        ("compiler/Cargo.toml", &["quirk-db", "quirkc", "quirk-macros", "quirk-recorded"]),
    ];
    for (manifest, crates) in forbidden {
        let text = fs::read_to_string(root().join(manifest)).expect("a manifest");
        let dependencies = text.split("[dev-dependencies]").next().unwrap_or_default();
        for each in crates {
            assert!(!dependencies.contains(&format!("\n{each}")), "{manifest} must not depend on `{each}`");
        }
    }
}
