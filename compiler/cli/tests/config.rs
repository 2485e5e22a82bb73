//! `quirkc.toml`: where it is found, what it changes, and what is said when it is wrong.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;
use std::process::{Command, Output};

use quirk_compiler::catalogue::{self, Rule};
use quirk_compiler::diagnostic::Severity;
use serde_json::Value;
use tempfile::TempDir;
use toml::de::{DeTable, DeValue};

/// Sound but for a test that is missing.
const WARNED: &str = "edition 1;
device shaker {
    name \"Shaker\";
    match pci(0xfffe, 0x1002);
}
";

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn quirkc(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_quirkc")).args(arguments).current_dir(folder).output().unwrap()
}

/// Exit code, and what is printed on both.
fn checked(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = quirkc(folder, &[&["check", "--format", "concise"], arguments].concat());
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

#[test]
fn a_rule_has_the_level_that_it_is_given() {
    let with = |level: &str| {
        let config = format!("[rules]\nmissing-test = \"{level}\"\n");
        let folder = folder(&[("quirkc.toml", &config), ("deep/er/a.quirk", WARNED)]);
        checked(folder.path(), &["deep"])
    };
    let (code, text) = with("error");
    assert_eq!(code, 1, "{text}");
    assert!(text.starts_with("deep/er/a.quirk:2:1: error[QK0601 missing-test]"), "{text}");
    let (code, text) = with("warn");
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("warning[QK0601"), "{text}");
    assert_eq!(with("off"), (0, "no findings in 1 file\n".to_owned()));
}

#[test]
fn an_error_that_may_be_a_warning_does_not_keep_tables_from_being_made() {
    let wide = "edition 1;
device feeder {
    name \"Feeder\";
    match pci(0xfffe, 0x1003);
    layout { ext pri @ 0x200 len 8; }
    allow missing-test \"an example\";
}
";
    let folder = folder(&[("a.quirk", wide)]);
    let build = ["build", "a.quirk", "--emit", "json", "-o", "-"];
    assert_eq!(quirkc(folder.path(), &build).status.code(), Some(1));
    std::fs::write(folder.path().join("quirkc.toml"), "[rules]\nlength-too-short = \"warn\"\n").unwrap();
    let output = quirkc(folder.path(), &build);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stderr).contains("warning[QK0304"));
    assert_eq!(checked(folder.path(), &["a.quirk", "--deny", "warnings"]).0, 1);
}

#[test]
fn folders_of_the_configuration_are_searched_from_where_it_lies() {
    let user = "edition 1;\nuse \"ids.quirk\" as ids;\n";
    let files = [
        ("quirkc.toml", "library = [\"shared\"]\n"),
        ("shared/ids.quirk", "edition 1;\n"),
        ("vendor/a.quirk", user),
        ("other.toml", ""),
    ];
    let folder = folder(&files);
    assert_eq!(checked(folder.path(), &["vendor"]).0, 0);
    assert_eq!(checked(&folder.path().join("vendor"), &["a.quirk"]).0, 0);
    let not_found = |arguments: &[&str]| {
        let (code, text) = checked(folder.path(), arguments);
        assert!(code == 1 && text.contains("QK0204"), "{text}");
    };
    not_found(&["vendor", "--no-config"]);
    not_found(&["vendor", "--config", "other.toml"]);
    assert_eq!(checked(folder.path(), &["vendor", "--no-config", "-L", "shared"]).0, 0);
}

#[test]
fn the_nearest_configuration_counts_and_two_are_refused() {
    let files = [
        ("quirkc.toml", "[rules]\nmissing-test = \"error\"\n"),
        ("a/a.quirk", WARNED),
        ("b/quirkc.toml", ""),
        ("b/b.quirk", WARNED),
    ];
    let folder = folder(&files);
    assert_eq!(checked(folder.path(), &["a"]).0, 1);
    assert_eq!(checked(folder.path(), &["b"]).0, 0);
    let (code, text) = checked(folder.path(), &["a", "b"]);
    assert_eq!(code, 2);
    assert!(text.contains("`a/a.quirk` is under `quirkc.toml`, `b/b.quirk` is under `b/quirkc.toml`"), "{text}");
    assert!(text.contains("--no-config"), "{text}");
}

#[test]
fn all_that_is_wrong_is_said_with_its_place() {
    let config =
        "libary = []\n[rules]\noverlapp = \"off\"\nmisaligned = \"warn\"\nmissing-test = 1\nQK0601 = \"off\"\n";
    let folder = folder(&[("quirkc.toml", config), ("a.quirk", WARNED)]);
    let (code, text) = checked(folder.path(), &["a.quirk"]);
    assert_eq!(code, 2);
    let expected = "error: the configuration is wrong
quirkc.toml:1:1: error[QK0905 unknown-configuration]: there is no setting `libary`
  help: did you mean `library`?
quirkc.toml:3:1: error[QK0907 configured-rule]: there is no rule `overlapp`
  help: did you mean `overlap`?
quirkc.toml:4:1: error[QK0907 configured-rule]: `misaligned` is always an error: no tables can be made where it is broken
quirkc.toml:5:16: error[QK0906 setting-value]: expected `\"off\"`, `\"warn\"` or `\"error\"`, found integer
quirkc.toml:6:1: error[QK0907 configured-rule]: there is no rule `QK0601`
  help: it is called `missing-test` here
";
    assert_eq!(text, expected);
    let (code, text) = checked(folder.path(), &["a.quirk", "--config", "absent.toml"]);
    assert!(code == 2 && text.contains("absent.toml: the configuration cannot be read"), "{text}");
}

/// The files of an example.
fn files(example: &str) -> Vec<(&str, String)> {
    let mut files = vec![("main.quirk", String::new())];
    for line in example.lines() {
        match line.strip_prefix("//# ") {
            Some(path) => files.push((path, String::new())),
            None => files.last_mut().unwrap().1 += &format!("{line}\n"),
        }
    }
    files
}

fn on_the_disk() -> impl Iterator<Item = &'static Rule> {
    catalogue::all().filter(|rule| rule.code / 100 == 9 && !rule.failing.is_empty())
}

#[test]
fn an_example_breaks_its_rule_alone_and_the_corrected_one_none() {
    assert!(on_the_disk().count() >= 5);
    for rule in on_the_disk() {
        let run = |example: &str| {
            let files = files(example);
            let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
            let folder = folder(&files);
            checked(folder.path(), &["main.quirk"])
        };
        let (code, text) = run(rule.failing);
        assert_eq!((code, text.matches("[QK").count()), (2, 1), "{}: {text}", rule.name);
        assert!(text.contains(&rule.code()), "{}: {text}", rule.name);
        let (code, text) = run(rule.corrected);
        assert_eq!((code, text.contains("[QK")), (0, false), "{}: {text}", rule.name);
    }
}

/// TOML as the schema sees it.
fn value(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Array(items) => items.iter().map(|item| self::value(item.get_ref())).collect(),
        DeValue::Table(table) => self::table(table),
        _ => Value::Null,
    }
}

fn table(table: &DeTable<'_>) -> Value {
    table.iter().map(|(key, item)| (key.get_ref().to_string(), value(item.get_ref()))).collect()
}

#[test]
fn the_schema_says_the_same() {
    let schema: Value = serde_json::from_str(include_str!("../../../docs/schema/quirkc.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let valid = |text: &str| schema.is_valid(&table(DeTable::parse(text).unwrap().get_ref()));
    let config = |example: &'static str| files(example).into_iter().find(|(name, _)| *name == "quirkc.toml");
    let mut compared = 0;
    for rule in on_the_disk().filter(|rule| rule.code != catalogue::CONFIGURATION_SYNTAX.code) {
        if let (Some((_, wrong)), Some((_, right))) = (config(rule.failing), config(rule.corrected)) {
            assert!(!valid(&wrong), "{}: {wrong}", rule.name);
            assert!(valid(&right), "{}: {right}", rule.name);
            compared += 1;
        }
    }
    assert!(compared >= 3, "{compared}");
    for rule in catalogue::all() {
        let says = |level: &str| valid(&format!("[rules]\n{} = \"{level}\"\n", rule.name));
        let may = rule.silenceable || rule.severity == Severity::Warning;
        assert_eq!([says("off"), says("warn"), says("error")], [may, may, true]);
    }
}
