//! Manual pages and completions lie beside the documentation, and are what the program says.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Shells whose completions are kept.
const SHELLS: [(&str, &str); 3] = [("bash", "quirkc.bash"), ("fish", "quirkc.fish"), ("zsh", "_quirkc")];

fn quirkc(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_quirkc")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

fn files(folder: &Path) -> BTreeMap<String, String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return BTreeMap::new() };
    let file = |path: PathBuf| {
        (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap())
    };
    entries.map(|entry| file(entry.unwrap().path())).collect()
}

/// `QUIRK_BLESS=1` writes them; look at the difference before you commit it.
fn compare(folder: &Path, current: &BTreeMap<String, String>) {
    let kept = files(folder);
    if std::env::var_os("QUIRK_BLESS").is_some() {
        std::fs::create_dir_all(folder).unwrap();
        kept.keys()
            .filter(|name| !current.contains_key(*name))
            .for_each(|name| std::fs::remove_file(folder.join(name)).unwrap());
        current.iter().for_each(|(name, text)| std::fs::write(folder.join(name), text).unwrap());
        return;
    }
    let names = kept.keys().chain(current.keys());
    let stale: Vec<&String> = names.filter(|name| kept.get(*name) != current.get(*name)).collect();
    assert!(
        stale.is_empty(),
        "not what the program says: {stale:?}; run QUIRK_BLESS=1 cargo test -p quirkc --test generated"
    );
}

#[test]
fn manual_pages_are_current() {
    let folder = tempfile::tempdir().unwrap();
    quirkc(&["man", "--output", folder.path().to_str().unwrap()]);
    let pages = files(folder.path());
    assert!(pages.len() > 10 && pages.contains_key("quirkc.1"), "{:?}", pages.keys());
    assert_eq!(quirkc(&["man"]), pages["quirkc.1"]);
    assert_eq!(quirkc(&["man", "plan"]), pages["quirkc-plan.1"]);
    compare(&docs().join("man"), &pages);
}

#[test]
fn completions_are_current() {
    let current = SHELLS.map(|(shell, name)| (name.to_owned(), quirkc(&["completions", shell])));
    compare(&docs().join("completions"), &BTreeMap::from(current));
}

/// bash itself reads them, where it is installed.
#[test]
fn bash_completes_verbs_and_options() {
    let script = "source docs/completions/quirkc.bash && COMP_WORDS=(quirkc pl) COMP_CWORD=1 && _quirkc quirkc pl quirkc && echo \"${COMPREPLY[@]}\"";
    let root = docs().join("..");
    let Ok(output) = Command::new("bash").args(["-c", script]).current_dir(root).output() else {
        eprintln!("skipped: there is no bash");
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(said.trim(), "plan", "{}", String::from_utf8_lossy(&output.stderr));
}
