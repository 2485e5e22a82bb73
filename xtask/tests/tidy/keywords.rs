//! The statements of the language are listed once, in the table of their shapes: everything else reads that list.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{root, walk};

/// So many keywords in a row are a list of them.
const A_LIST: usize = 5;

const TABLE: &str = "dsl/src/shape";

/// What follows `before` up to `after`, wherever it is in a text.
fn between<'t>(text: &'t str, before: &str, after: char) -> Vec<&'t str> {
    text.split(before).skip(1).filter_map(|rest| Some(rest.split_once(after)?.0)).collect()
}

/// The keywords of the table.
fn declared() -> BTreeSet<String> {
    let mut declared = BTreeSet::new();
    for path in walk(&root().join(TABLE), &["rs"]).iter().filter(|path| !path.ends_with("tests.rs")) {
        let text = fs::read_to_string(path).expect("UTF-8 source");
        declared.extend(between(&text, "keyword: \"", '"').into_iter().map(str::to_owned));
    }
    declared
}

/// The longest row of declared words in a text: literals with nothing but signs between them, or the first elements of
/// tuples in a row.
fn longest_row<'t>(text: &'t str, declared: &BTreeSet<String>) -> Vec<&'t str> {
    let mut longest = Vec::new();
    let mut row = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(|first: char| first == '"' || first.is_ascii_alphabetic()) {
        let is_apart = rest[..start].contains(['{', '}', ';', '~', '=']);
        let word = if rest[start..].starts_with('"') {
            let inner = &rest[start + 1..];
            let end = inner.find('"').unwrap_or(inner.len());
            rest = inner.get(end + 1..).unwrap_or_default();
            &inner[..end]
        } else {
            let word = &rest[start..];
            let end = word.find(|each: char| !each.is_ascii_alphanumeric() && each != ':' && each != '_');
            let (word, after) = word.split_at(end.unwrap_or(word.len()));
            rest = after;
            if word.contains("::") { word } else { "" }
        };
        if is_apart || !declared.contains(word) {
            row.clear();
        }
        if declared.contains(word) && !row.contains(&word) {
            row.push(word);
        }
        if row.len() > longest.len() {
            longest.clone_from(&row);
        }
    }
    longest
}

fn is_product(path: &Path) -> bool {
    let inside = path.strip_prefix(root()).expect("a file of the workspace");
    let parts: Vec<&str> = inside.iter().filter_map(|part| part.to_str()).collect();
    !inside.starts_with(TABLE)
        && !inside.ends_with("generated.rs")
        && !parts.iter().any(|part| matches!(*part, "tests" | "benches" | "fuzz" | "tests.rs"))
}

#[test]
fn statements_are_listed_once() {
    let declared = declared();
    assert!(declared.len() > 60, "{}", declared.len());
    let mut lists = Vec::new();
    for path in walk(&root(), &["rs", "pest"]).into_iter().filter(|path| is_product(path)) {
        let text = fs::read_to_string(&path).expect("UTF-8 source");
        let row = longest_row(&text, &declared);
        if row.len() >= A_LIST {
            lists.push(format!("{}: {row:?}", path.display()));
        }
    }
    assert!(lists.is_empty(), "statements are listed a second time, beside `{TABLE}`: {lists:#?}");
}

#[test]
fn a_list_is_found_as_words_and_tuples() {
    let declared = ["layer", "match", "hide", "over", "free"].map(str::to_owned).into_iter().collect();
    assert_eq!(longest_row("[\"layer\", \"match\", \"hide\"]", &declared).len(), 3);
    assert_eq!(longest_row("\"layer\" | \"match\"\n | \"free\" ~ wb", &declared).len(), 3);
    assert_eq!(longest_row("Rule = { \"layer\" ~ x }\nOther = { \"match\" ~ y }", &declared).len(), 1);
    assert_eq!(longest_row("\"layer\" => a(), \"match\" => b(),", &declared).len(), 1);
    assert_eq!(longest_row("(\"layer\", 1), (\"match\", 2), (\"free\", 3)", &declared).len(), 3);
}
