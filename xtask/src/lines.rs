//! Counts the hand-written code of the product, by crate: lines that are neither empty nor a comment, without tests, generated
//! files and the texts of the catalogue. A folder as argument counts another checkout, for a comparison.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders that are no product: tests, measurements, and what makes generated files.
const OTHER: [&str; 7] = ["tests", "benches", "fuzz", "xtask", "target", "cases", "ui"];

/// Counts a checkout, this one unless another is named.
pub(crate) fn run(folder: Option<&str>) -> Result<String, String> {
    let root = folder.map_or_else(|| crate::workspace::root().map(Path::to_path_buf), |folder| Ok(folder.into()))?;
    let mut files = Vec::new();
    walk(&root, &mut files)?;
    let texts: Vec<(PathBuf, String)> = files
        .into_iter()
        .map(|path| fs::read_to_string(&path).map(|text| (path, text)))
        .collect::<Result<_, _>>()
        .map_err(|error| error.to_string())?;
    let tests: BTreeSet<PathBuf> = texts.iter().flat_map(|(path, text)| test_modules(path, text)).collect();
    let mut counts: BTreeMap<PathBuf, usize> = BTreeMap::new();
    for (path, text) in &texts {
        let is_test = path.ancestors().any(|above| tests.contains(above) || tests.contains(&above.with_extension("")));
        if !is_test {
            *counts.entry(package(&root, path)).or_default() += lines(text);
        }
    }
    let mut out = String::new();
    for (folder, count) in &counts {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{count:>7} {}", folder.display());
    }
    let _ = write!(out, "{:>7} all", counts.values().sum::<usize>());
    Ok(out)
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("`{}`: {error}", folder.display()))?;
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() {
            if !OTHER.contains(&name) && !name.starts_with('.') {
                walk(&path, files)?;
            }
        } else if name.ends_with(".rs") && !matches!(name, "generated.rs" | "tests.rs") && !is_catalogue(&path) {
            files.push(path);
        }
    }
    Ok(())
}

/// The files of rules hold texts alone.
fn is_catalogue(path: &Path) -> bool {
    let inside = path.parent().is_some_and(|folder| folder.ends_with("catalogue"));
    inside && !["mod.rs", "rule.rs", "page.rs", "collect.rs"].iter().any(|name| path.ends_with(name))
}

/// The modules that a file declares for tests alone, without their ending.
fn test_modules(path: &Path, text: &str) -> Vec<PathBuf> {
    let of_folder = path.ends_with("mod.rs") || path.ends_with("lib.rs") || path.ends_with("main.rs");
    let folder = if of_folder { path.with_file_name("") } else { path.with_extension("") };
    let mut is_test = false;
    let mut modules = Vec::new();
    for line in text.lines().map(str::trim) {
        let declared =
            line.trim_start_matches("pub(crate) ").strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';'));
        modules.extend(declared.filter(|_| is_test).map(|name| folder.join(name)));
        is_test = line.starts_with("#[cfg(") && line.contains("test") || is_test && line.starts_with("#[");
    }
    modules
}

/// The folder of the crate that a file belongs to, from the root.
fn package(root: &Path, path: &Path) -> PathBuf {
    let folder = path.ancestors().skip(1).find(|above| above.join("Cargo.toml").exists()).unwrap_or(root);
    folder.strip_prefix(root).unwrap_or(folder).to_path_buf()
}

/// Lines of code before the tests of a file.
fn lines(text: &str) -> usize {
    let mut count = 0;
    let mut rest = text.lines().peekable();
    while let Some(line) = rest.next() {
        let line = line.trim();
        if line == "#[cfg(test)]" && rest.peek().is_some_and(|next| next.starts_with("mod ") && next.ends_with('{')) {
            break;
        }
        count += usize::from(!line.is_empty() && !line.starts_with("//"));
    }
    count
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{lines, test_modules};

    #[test]
    fn comments_empty_lines_and_tests_do_not_count() {
        assert_eq!(lines("//! a\n\nfn a() {}\n    // b\nfn b() {}\n#[cfg(test)]\nmod tests {\n    fn c() {}\n}\n"), 2);
        assert_eq!(lines("#[cfg(test)]\nuse a;\nfn b() {}\n"), 3);
    }

    #[test]
    fn modules_for_tests_are_found() {
        let text = "mod a;\n#[cfg(test)]\nmod b;\n#[cfg(test)]\n#[path = \"x.rs\"]\nmod c;\nmod d;\n";
        let in_folder = |names: [&str; 2]| names.map(|name| PathBuf::from("src/x").join(name));
        assert_eq!(test_modules(Path::new("src/x.rs"), text), in_folder(["b", "c"]));
        assert_eq!(test_modules(Path::new("src/x/mod.rs"), text), in_folder(["b", "c"]));
    }
}
