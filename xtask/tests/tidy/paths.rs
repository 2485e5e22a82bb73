//! A file or folder that documentation names exists.

use std::fs;

use super::{root, walk};

/// What a text sets in backticks, outside blocks of code.
fn quoted(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, prose) in text.split("```").enumerate() {
        if at % 2 == 0 {
            found.extend(prose.split('`').skip(1).step_by(2));
        }
    }
    found
}

/// Whether this is written as a path, and not as code, a pattern or a command.
fn is_path(word: &str) -> bool {
    !word.starts_with('/')
        && !word.contains("/VENDOR/")
        && word.chars().all(|each| each.is_ascii_alphanumeric() || "/._-".contains(each))
}

#[test]
fn the_map_of_the_code_names_what_is_there() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("the map");
    let is_named =
        |word: &&str| is_path(word) && (word.contains('/') || word.ends_with(".rs") || word.ends_with(".md"));
    let named: Vec<&str> = quoted(&text).into_iter().filter(is_named).collect();
    assert!(named.len() > 40, "the map names {} paths", named.len());
    let missing: Vec<_> = named.into_iter().filter(|path| !root().join(path).exists()).collect();
    assert!(missing.is_empty(), "ARCHITECTURE.md names what is not there: {missing:#?}");
}

#[test]
fn documentation_names_what_is_there() {
    let mut missing = Vec::new();
    for path in walk(&root(), &["md"]) {
        let text = fs::read_to_string(&path).expect("UTF-8 text");
        for word in quoted(&text).into_iter().filter(|word| is_path(word)) {
            // Only what begins with a folder of the workspace is surely one of its paths. A crate's own page counts from there.
            let is_ours = word.split_once('/').is_some_and(|(first, _)| root().join(first).is_dir());
            let is_there = root().join(word).exists() || path.with_file_name(word).exists();
            if is_ours && !is_there {
                missing.push(format!("{}: `{word}`", path.display()));
            }
        }
    }
    assert!(missing.is_empty(), "documentation names what is not there: {missing:#?}");
}
