//! Every rule of the catalogue has an example that breaks it alone, and the same example mended.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use quirk_compiler::catalogue::{self, Rule};
use quirk_compiler::diagnostic::Concise;
use quirk_compiler::files::{Files, Memory};
use quirk_compiler::{Compilation, Input, Options, compile};

/// Compiles an example: `main.quirk`, and the files that lines `//# PATH` begin.
fn compiled(example: &str, rule: &Rule) -> Compilation {
    let mut files = Memory::default();
    let mut path = PathBuf::from("main.quirk");
    let mut text = String::new();
    for line in example.lines() {
        if let Some(next) = line.strip_prefix("//# ") {
            files = files.with(&path, core::mem::take(&mut text));
            path = next.into();
        } else {
            text += line;
            text.push('\n');
        }
    }
    files = files.with(&path, text);
    let missing_test = &catalogue::MISSING_TEST;
    let off = if rule == missing_test { vec![] } else { vec![missing_test] };
    compile(vec![Input::Path("main.quirk".into())], &Options { off, ..Options::default() }, &files)
}

fn found(compilation: &Compilation) -> (Vec<String>, String) {
    let sources = compilation.sources();
    let diagnostics = compilation.diagnostics();
    let codes = diagnostics.iter().map(|found| found.rule.code()).collect();
    let text: Vec<String> = diagnostics.iter().map(|diagnostic| Concise { diagnostic, sources }.to_string()).collect();
    (codes, text.join("\n"))
}

/// The others are about folders and configurations: the program's tests try them on the disk.
fn is_about_texts(rule: &Rule) -> bool {
    rule.code / 100 != 9
}

#[test]
fn a_failing_example_breaks_its_rule_alone() {
    let mut wrong = Vec::new();
    for rule in catalogue::all().filter(|rule| is_about_texts(rule) && !rule.failing.is_empty()) {
        let (codes, text) = found(&compiled(rule.failing, rule));
        if codes != [rule.code()] {
            wrong.push(format!("{} {}: {}\n{text}\n{}", rule.code(), rule.name, codes.join(" "), rule.failing));
        }
    }
    assert!(wrong.is_empty(), "{} examples:\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn a_corrected_example_breaks_nothing() {
    let mut wrong = Vec::new();
    for rule in catalogue::all().filter(|rule| is_about_texts(rule) && !rule.corrected.is_empty()) {
        let compilation = compiled(rule.corrected, rule);
        let (codes, text) = found(&compilation);
        if !codes.is_empty() {
            wrong.push(format!("{} {}:\n{text}\n{}", rule.code(), rule.name, rule.corrected));
            continue;
        }
        let database = compilation.database().unwrap();
        if let Err(error) = quirk_runtime::Database::load(database) {
            wrong.push(format!("{} {}: {error}", rule.code(), rule.name));
        }
    }
    assert!(wrong.is_empty(), "{} examples:\n{}", wrong.len(), wrong.join("\n\n"));
}

/// What a text sets in quotation marks after the name of a document.
fn sections(rests_on: &str) -> Vec<(&str, &str)> {
    let named = rests_on.split("`docs/").skip(1).filter_map(|rest| rest.split_once("`, \""));
    named.filter_map(|(document, rest)| Some((document, rest.split_once('"')?.0))).collect()
}

fn folders_of(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_dir()).collect()
}

/// No proof is kept apart from what it finds.
#[test]
fn passes_tell_no_rule() {
    let passes = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/passes");
    for entry in std::fs::read_dir(passes).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let told: Vec<&str> = text.lines().filter(|line| line.contains("Diagnostic::new(&catalogue::")).collect();
        let is_check = path.ends_with("check.rs");
        assert!(
            told.is_empty() || is_check && told.iter().all(|line| line.contains("UNUSED_ALLOW")),
            "{path:?}: {told:?}"
        );
    }
}

#[test]
fn every_folder_is_a_rule_and_says_what_it_rests_on() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rules_folder = here.join("src/rules");
    let (mut folders, mut families) = (BTreeSet::new(), 0);
    for folder in folders_of(&rules_folder) {
        let of_family = folders_of(&folder);
        let is_rule = folder.join("rule.md").is_file();
        // A family has a proof beside its rules; nothing else is a folder without a page.
        assert!(is_rule == of_family.is_empty() && (is_rule || of_family.len() > 1), "{}", folder.display());
        families += usize::from(!is_rule);
        for rule in if is_rule { vec![folder] } else { of_family } {
            assert!(rule.join("rule.md").is_file() && folders_of(&rule).is_empty(), "{}", rule.display());
            folders.insert(rule.file_name().unwrap().to_str().unwrap().to_owned());
        }
    }
    assert!(families > 0);
    let rules: BTreeSet<String> = catalogue::all().map(|rule| rule.name.replace('-', "_")).collect();
    assert_eq!(folders, rules);
    let mut found = 0;
    for rule in catalogue::all() {
        assert!(rule.meaning.ends_with('.') && rule.rests_on.len() > 10, "{}: {}", rule.name, rule.rests_on);
        assert_eq!(rule.failing.is_empty(), rule.corrected.is_empty(), "{}", rule.name);
        for (document, section) in sections(rule.rests_on) {
            let text = std::fs::read_to_string(here.join("../docs").join(document)).unwrap();
            let is_there = text.lines().any(|line| line.starts_with('#') && line.replace('`', "").ends_with(section));
            assert!(is_there, "{} rests on `docs/{document}`, which has no `{section}`", rule.name);
            found += 1;
        }
    }
    assert!(found > 50, "{found} sections");
}

#[test]
fn files_that_cannot_be_read_are_findings() {
    struct Broken;
    impl Files for Broken {
        fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
            match path.to_str() {
                Some("bytes") => Ok(vec![b'a', 0xff]),
                _ => Err(std::io::ErrorKind::NotFound.into()),
            }
        }
        fn identity(&self, path: &Path) -> std::io::Result<PathBuf> {
            Ok(path.to_owned())
        }
    }
    for (path, rule) in [("bytes", &catalogue::NOT_TEXT), ("none", &catalogue::UNREADABLE_FILE)] {
        let compilation = compile(vec![Input::Path(path.into())], &Options::default(), &Broken);
        assert_eq!(found(&compilation).0, [rule.code()], "{path}");
        assert!(compilation.database().is_none());
    }
}
