//! Every crate that is published says what a registry shows of it and carries its licences, and one constant says where the
//! project is.

#![expect(clippy::expect_used, reason = "a test that cannot read its input fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace's folder").to_path_buf()
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(root()).output().expect("cargo runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn members() -> Vec<Value> {
    let text = cargo(&["metadata", "--format-version", "1", "--locked", "--offline", "--no-deps"]);
    let metadata: Value = serde_json::from_str(&text).expect("JSON");
    metadata["packages"].as_array().expect("packages").clone()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn is_published(package: &Value) -> bool {
    package["publish"].is_null()
}

/// `workspace.package.repository`, as a member has it.
fn repository() -> String {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("the workspace's manifest");
    let line = manifest.lines().find_map(|line| line.strip_prefix("repository = "));
    line.expect("the constant").trim_matches('"').to_owned()
}

#[test]
fn a_published_crate_says_what_a_registry_shows() {
    let (members, repository) = (members(), repository());
    let published: Vec<&Value> = members.iter().filter(|package| is_published(package)).collect();
    assert!(published.len() > 12, "the workspace was read");
    for package in published {
        let name = text(package, "name");
        for key in ["description", "license", "rust_version", "readme"] {
            assert!(!text(package, key).is_empty(), "{name}: no `{key}`");
        }
        assert_eq!(text(package, "repository"), repository, "{name}");
        let (keywords, categories) = (list(package, "keywords"), list(package, "categories"));
        // As crates.io has it.
        assert!((1..=5).contains(&keywords.len()) && (1..=5).contains(&categories.len()), "{name}");
        let is_keyword = |word: &str| {
            word.len() <= 20
                && word.starts_with(|first: char| first.is_ascii_alphabetic())
                && word.chars().all(|each| each.is_ascii_alphanumeric() || "_-+".contains(each))
        };
        assert!(keywords.iter().all(|word| word.as_str().is_some_and(is_keyword)), "{name}: {keywords:?}");
        let readme = Path::new(text(package, "manifest_path")).with_file_name(text(package, "readme"));
        let readme = fs::read_to_string(&readme).expect("the file that `readme` names");
        assert!(readme.starts_with("# "), "{name}: its README has no title");
    }
}

#[test]
fn a_package_holds_readme_and_licences_and_nothing_recorded() {
    for package in members().iter().filter(|package| is_published(package)) {
        let name = text(package, "name");
        let files = cargo(&["package", "--list", "--allow-dirty", "--locked", "--offline", "--package", name]);
        let files: BTreeSet<&str> = files.lines().collect();
        for file in ["Cargo.toml", "README.md", "LICENSE-APACHE", "LICENSE-BSD-3-Clause"] {
            assert!(files.contains(file), "{name}: its package has no `{file}`");
        }
        for licence in ["LICENSE-APACHE", "LICENSE-BSD-3-Clause"] {
            let own = Path::new(text(package, "manifest_path")).with_file_name(licence);
            let (own, ours) = (fs::read_to_string(own), fs::read_to_string(root().join(licence)));
            assert_eq!(own.expect("a text"), ours.expect("a text"), "{name}: `{licence}` is another text");
        }
    }
}

#[test]
fn a_published_crate_depends_on_published_ones() {
    let members = members();
    let kept: BTreeSet<&str> =
        members.iter().filter(|package| !is_published(package)).map(|package| text(package, "name")).collect();
    for package in members.iter().filter(|package| is_published(package)) {
        // A dependency of tests counts where it names a version: then it is in the manifest that is published.
        let needed = list(package, "dependencies").iter().filter(|each| text(each, "req") != "*");
        let wrong: Vec<_> = needed.map(|each| text(each, "name")).filter(|name| kept.contains(name)).collect();
        assert!(wrong.is_empty(), "{} depends on {wrong:?}", text(package, "name"));
    }
}

/// Every `HOST/OWNER/quirk` and `uses: OWNER/quirk@` of a text.
fn named(text: &str) -> Vec<&str> {
    let ends =
        |rest: &str| rest.find(|each: char| each.is_whitespace() || "@`)\"'>".contains(each)).unwrap_or(rest.len());
    let urls = text.match_indices("https://github.com/").map(|(at, _)| &text[at..]);
    let urls = urls.map(|rest| &rest[..ends(rest)]).filter(|url| url.ends_with("/quirk") || url.contains("/quirk/"));
    let actions = text.match_indices("uses: ").map(|(at, found)| &text[at + found.len()..]);
    urls.chain(actions.map(|rest| &rest[..ends(rest)]).filter(|name| name.ends_with("/quirk"))).collect()
}

#[test]
fn pages_name_the_repository_that_the_workspace_names() {
    let repository = repository();
    let short = repository.strip_prefix("https://github.com/").expect("a repository whose action can be used");
    let mut found = 0;
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if path.is_dir() && name != "target" && name != ".git" {
                folders.push(path);
            } else if [".md", ".yml", ".yaml", ".toml", ".txt", ".1"].iter().any(|ending| name.ends_with(ending)) {
                let text = fs::read_to_string(&path).unwrap_or_default();
                for named in named(&text) {
                    let is_it = named == repository || named == short || named.starts_with(&format!("{repository}/"));
                    assert!(is_it, "{}: `{named}`, and the workspace says `{repository}`", path.display());
                    found += 1;
                }
            }
        }
    }
    assert!(found > 1, "the pages that name it were read");
}

#[test]
fn a_name_is_found_where_a_page_has_one() {
    let text = "- uses: a/quirk@1\n  - repo: https://github.com/b/quirk\n(https://github.com/c/quirk/issues), https://github.com/c/other";
    assert_eq!(named(text), ["https://github.com/b/quirk", "https://github.com/c/quirk/issues", "a/quirk"]);
}
