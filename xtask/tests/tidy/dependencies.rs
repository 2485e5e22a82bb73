//! No manifest names a dependency that its crate does not use, and the workspace none that no crate has.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::{root, walk};

/// The names in each section of a manifest.
fn sections(manifest: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut sections: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut current = "";
    for line in manifest.lines() {
        if let Some(header) = line.strip_prefix('[') {
            current = header.trim_end_matches(']');
        } else if let Some((name, _)) = line.split_once('=')
            && !line.starts_with([' ', '#'])
        {
            sections.entry(current).or_default().push(name.trim().trim_end_matches(".workspace"));
        }
    }
    sections
}

fn manifests() -> Vec<(PathBuf, String)> {
    let manifests: Vec<PathBuf> =
        walk(&root(), &["toml"]).into_iter().filter(|path| path.ends_with("Cargo.toml")).collect();
    assert!(manifests.len() > 15, "the walk found the crates");
    manifests.into_iter().map(|path| (path.clone(), fs::read_to_string(path).expect("UTF-8 manifest"))).collect()
}

/// The code of a crate, without its comments, and that of files elsewhere that it takes as its own; crates in folders below it have
/// manifests of their own.
fn code(folder: &Path, is_wanted: impl Fn(&Path) -> bool) -> String {
    let is_own = |path: &Path| path.ancestors().skip(1).find(|above| above.join("Cargo.toml").exists()) == Some(folder);
    let files = walk(folder, &["rs"]).into_iter().filter(|path| is_own(path) && is_wanted(path));
    let mut code = String::new();
    let mut files: Vec<PathBuf> = files.collect();
    while let Some(path) = files.pop() {
        let text = fs::read_to_string(&path).expect("UTF-8 source");
        let beside = path.parent().expect("a folder");
        let taken = text.lines().filter_map(|line| line.trim().strip_prefix("#[path = \"")?.strip_suffix("\"]"));
        // What lies in the crate is among its files already.
        files.extend(
            taken
                .map(|taken| beside.join(taken))
                .filter(|taken| taken.components().any(|part| part.as_os_str() == "..")),
        );
        text.lines().filter(|line| !line.trim_start().starts_with("//")).for_each(|line| code.extend([line, "\n"]));
    }
    code
}

/// Whether code names a dependency. What a build script generates names the runtime.
fn names(code: &str, dependency: &str) -> bool {
    if dependency == "quirk-runtime" && code.contains("env!(\"OUT_DIR\")") {
        return true;
    }
    let name = dependency.replace('-', "_");
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    code.match_indices(&name)
        .any(|(at, found)| !code[..at].ends_with(is_word) && !code[at + found.len()..].starts_with(is_word))
}

#[test]
fn no_dependency_is_unused() {
    let mut unused = Vec::new();
    for (path, manifest) in manifests() {
        let folder = path.parent().expect("a folder");
        let sections = sections(&manifest);
        let mut check = |section: &str, is_wanted: &dyn Fn(&Path) -> bool| {
            let code = code(folder, is_wanted);
            let names = sections.get(section).into_iter().flatten().filter(|name| !names(&code, name));
            unused.extend(names.map(|name| format!("{}: `{name}` in `[{section}]`", path.display())));
        };
        check("dependencies", &|file| !file.strip_prefix(folder).is_ok_and(|file| file.starts_with("tests")));
        check("build-dependencies", &|file| file.ends_with("build.rs"));
        check("dev-dependencies", &|_| true);
    }
    assert!(unused.is_empty(), "no code names {unused:#?}");
}

#[test]
fn the_workspace_names_what_a_crate_has() {
    let manifests = manifests();
    let workspace = fs::read_to_string(root().join("Cargo.toml")).expect("the workspace's manifest");
    let sections = sections(&workspace);
    let is_used = |name: &str| {
        let has = [format!("\n{name}.workspace = true"), format!("\n{name} = {{ workspace = true")];
        manifests.iter().any(|(_, manifest)| has.iter().any(|line| manifest.contains(line)))
    };
    let unused: Vec<_> = sections["workspace.dependencies"].iter().filter(|name| !is_used(name)).collect();
    assert!(unused.is_empty(), "no crate has {unused:#?}");
}
