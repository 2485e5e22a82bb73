//! SARIF as its own schema wants it, and places that are the same in every format: on all that the compiler can find.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;
use std::process::Command;

use quirk_compiler::catalogue;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The schema of SARIF 2.1.0, see `schema/README.md`.
const SCHEMA: &str = include_str!("schema/sarif-2.1.0.json");

fn validator() -> jsonschema::Validator {
    let mut schema: Value = serde_json::from_str(SCHEMA).unwrap();
    // The pattern of this property, which is never written here, is no regular expression: a `]` closes nothing in it.
    for owner in ["run", "toolComponent"] {
        let language = schema.pointer_mut(&format!("/definitions/{owner}/properties/language")).unwrap();
        language.as_object_mut().unwrap().remove("pattern").unwrap();
    }
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

/// A folder with the failing example of every rule, each in a folder of its own.
fn examples() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    // Those of 09 are about folders and configurations, and stop a run.
    for rule in catalogue::all().filter(|rule| rule.code / 100 != 9 && !rule.failing.is_empty()) {
        let own = folder.path().join(rule.code());
        std::fs::create_dir(&own).unwrap();
        let mut name = "main.quirk";
        let mut files = vec![(name, String::new())];
        for line in rule.failing.lines() {
            if let Some(path) = line.strip_prefix("//# ") {
                name = path;
                files.push((name, String::new()));
            } else {
                files.last_mut().unwrap().1 += &format!("{line}\n");
            }
        }
        for (name, text) in files {
            std::fs::write(own.join(name), text).unwrap();
        }
    }
    // Characters of several bytes before a finding, and a name that a URI cannot hold as it is.
    std::fs::write(folder.path().join("a b é.quirk"), "edition 1; /* é€😀 */ const Ä = 8; const A = B;\n").unwrap();
    std::fs::write(folder.path().join("bytes.quirk"), [0xff]).unwrap();
    folder
}

fn shown(folder: &Path, format: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quirkc"));
    let output = command.args(["check", ".", "--format", format]).current_dir(folder).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn what_is_found_is_valid_by_the_schema_of_oasis() {
    let folder = examples();
    let log: Value = serde_json::from_str(&shown(folder.path(), "sarif")).unwrap();
    let errors: Vec<String> =
        validator().iter_errors(&log).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert!(results.len() > 70, "{}", results.len());
    assert!(results.iter().any(|result| result["fixes"].is_array() && result["relatedLocations"].is_array()));

    let nothing = tempfile::tempdir().unwrap();
    std::fs::write(nothing.path().join("a.quirk"), "edition 1;\n").unwrap();
    let log: Value = serde_json::from_str(&shown(nothing.path(), "sarif")).unwrap();
    assert!(validator().is_valid(&log));
    assert_eq!(log["runs"][0]["results"], json!([]));
}

#[test]
fn the_schema_refuses_what_is_not_sarif() {
    let folder = examples();
    let log: Value = serde_json::from_str(&shown(folder.path(), "sarif")).unwrap();
    let broken = |path: &str, value: Value| {
        let mut log = log.clone();
        *log.pointer_mut(path).unwrap() = value;
        !validator().is_valid(&log)
    };
    assert!(broken("/version", json!("2.0.0")));
    assert!(broken("/runs/0/results/0/level", json!("fatal")));
    assert!(broken("/runs/0/results/0/locations/0/physicalLocation/region/startLine", json!(0)));
    assert!(broken("/runs/0/tool/driver", json!({})));
}

/// File, line and column of each finding.
type Places = Vec<(String, u64, u64)>;

#[test]
fn every_format_shows_a_finding_in_the_same_place() {
    let folder = examples();
    let concise: Places = shown(folder.path(), "concise")
        .lines()
        .filter(|line| !line.starts_with(' '))
        .map(|line| {
            let mut parts = line.splitn(4, ':');
            let file = parts.next().unwrap().trim_start_matches("./").to_owned();
            (file, parts.next().unwrap().parse().unwrap(), parts.next().unwrap().parse().unwrap())
        })
        .collect();
    let log: Value = serde_json::from_str(&shown(folder.path(), "sarif")).unwrap();
    let sarif = log["runs"][0]["results"].as_array().unwrap().iter().map(|result| {
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        let file = uri.replace("a%20b%20%C3%A9", "a b é");
        (file, place["region"]["startLine"].as_u64().unwrap(), place["region"]["startColumn"].as_u64().unwrap())
    });
    let sarif: Places = sarif.collect();
    assert_eq!(sarif, concise);
    let github: Vec<(String, u64)> = shown(folder.path(), "github")
        .lines()
        .map(|line| {
            let (_, rest) = line.split_once("file=").unwrap();
            let (file, rest) = rest.split_once(",line=").unwrap();
            let number = rest.split(|letter: char| !letter.is_ascii_digit()).next().unwrap();
            (file.to_owned(), number.parse().unwrap())
        })
        .collect();
    assert_eq!(github, concise.into_iter().map(|(file, line, _)| (file, line)).collect::<Vec<_>>());
}
