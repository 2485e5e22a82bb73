//! The formatter and the fixer on every description of the repository, broken ones among them.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};

use quirk_compiler::files::Disk;
use quirk_compiler::fix::fix;
use quirk_compiler::{Input, Options};

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            walk(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "quirk") {
            found.push(path);
        }
    }
}

fn descriptions() -> Vec<PathBuf> {
    let mut found = Vec::new();
    walk(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap(), &mut found);
    found.sort();
    assert!(found.len() > 30, "{}", found.len());
    found
}

/// All that means something: no white space, and no comma, which may stand at the end of a list or not.
fn solid(text: &str) -> String {
    text.trim_start_matches('\u{feff}').chars().filter(|letter| !letter.is_whitespace() && *letter != ',').collect()
}

#[test]
fn formatting_loses_nothing_and_is_done_once() {
    let mut formatted = 0;
    for path in descriptions() {
        let text = std::fs::read_to_string(&path).unwrap();
        let Ok(once) = quirk_dsl::format(&text) else { continue };
        assert_eq!(solid(&once), solid(&text), "{}", path.display());
        assert_eq!(quirk_dsl::format(&once).unwrap(), once, "{}", path.display());
        formatted += 1;
    }
    assert!(formatted > 25, "{formatted}");
}

#[test]
fn fixing_loses_no_comment_and_is_done_once() {
    let comments = |text: &str| -> Vec<String> {
        let ends = text.lines().filter_map(|line| line.split_once("// "));
        // What is not seen of one may go.
        let is_unseen = |sign: char| matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        ends.map(|(_, comment)| comment.trim().replace(is_unseen, "")).collect()
    };
    let options = Options { libraries: vec![], ..Options::default() };
    for path in descriptions() {
        let name = path.display();
        for also_unsafe in [false, true] {
            let fixed = fix(vec![Input::Path(path.clone())], &options, &Disk, also_unsafe);
            let Some(change) = fixed.changes.first() else { continue };
            // More may come: what was written `/* .. */`, and documentation of nothing.
            let after = comments(&change.after);
            let lost: Vec<_> =
                comments(&change.before).into_iter().filter(|comment| !after.contains(comment)).collect();
            assert!(lost.is_empty(), "{name}: {lost:?}");
            let again = fix(vec![Input::Text(path.clone(), change.after.clone())], &options, &Disk, also_unsafe);
            assert_eq!(again.changes, [], "{name}");
        }
    }
}
