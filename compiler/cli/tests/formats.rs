//! Findings as CI systems read them, and fixes as they are made.
#![expect(clippy::unwrap_used, reason = "tests")]

mod checked;

use checked::{check, folder, text};
use serde_json::{Value, json};

/// A file that does not say its edition, and whose capability is spelt wrongly.
const WRONG: &str = "device feeder {
    name \"Feeder\";
    match pci(0xfffe, 0x1003);
    layout { ext attss @ 0x220; }
    allow missing-test \"an example\";
}
";

fn shown(format: &str) -> String {
    let folder = folder(&[("a b.quirk", WRONG)]);
    let output = check(folder.path(), &[".", "--format", format], "");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert_eq!(text(&output.stderr), "", "only people need a summary");
    text(&output.stdout)
}

#[test]
fn github_gets_a_command_a_finding() {
    let expected = "\
::error file=a b.quirk,line=1,col=1,endColumn=1,title=QK0201 missing-edition::\
the file does not say its edition%0Ahelp: begin it with `edition 1;`
::error file=a b.quirk,line=4,col=18,endColumn=23,title=QK0309 unknown-capability::\
there is no `ext` capability `attss`%0Ahelp: did you mean `ats`?
";
    assert_eq!(shown("github"), expected);
}

#[test]
fn sarif_has_rules_regions_and_fixes() {
    let log: Value = serde_json::from_str(&shown("sarif")).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    for result in results {
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        assert_eq!(rule["defaultConfiguration"]["level"], result["level"]);
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
    }
    let place = &results[1]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"], json!({ "uri": "a%20b.quirk" }));
    assert_eq!(place["region"], json!({ "startLine": 4, "startColumn": 18, "endLine": 4, "endColumn": 23 }));
    let start = json!({ "startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1 });
    let replacement = json!([{ "deletedRegion": start, "insertedContent": { "text": "edition 1;\n" } }]);
    assert_eq!(results[0]["fixes"][0]["artifactChanges"][0]["replacements"], replacement);
}

#[test]
fn a_fingerprint_stays_when_lines_before_it_come() {
    let fingerprints = |text: &str| -> Vec<String> {
        let folder = folder(&[("a.quirk", text)]);
        let output = check(folder.path(), &["a.quirk", "--format", "gitlab"], "");
        let issues: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(issues[1]["location"]["path"], "a.quirk");
        assert_eq!(issues[1]["severity"], "major");
        issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap().to_owned()).collect()
    };
    let before = fingerprints(WRONG);
    assert_ne!(before[0], before[1]);
    assert_eq!(before, fingerprints(&format!("// A comment.\n{WRONG}")));
}

#[test]
fn junit_has_a_failure_a_finding() {
    let document = shown("junit");
    let file = "<testsuite name=\"./a b.quirk\" tests=\"2\" failures=\"2\" errors=\"0\" skipped=\"0\">";
    assert!(document.contains(file), "{document}");
    assert_eq!(document.matches("<failure type=").count(), 2);
    assert_eq!(document.matches("</testcase>").count(), 2);
}

#[test]
fn a_safe_fix_is_made_once_and_the_rest_is_shown() {
    let folder = folder(&[("a.quirk", WRONG)]);
    let output = check(folder.path(), &["a.quirk", "--fix", "--format", "concise"], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).starts_with("a.quirk:5:18: error[QK0309 unknown-capability]"));
    assert_eq!(text(&output.stderr), "made 1 fix in 1 file\n1 error in 1 file\n");
    let mended = std::fs::read_to_string(folder.path().join("a.quirk")).unwrap();
    assert_eq!(mended, format!("edition 1;\n{WRONG}"));
    let again = check(folder.path(), &["a.quirk", "--fix"], "");
    assert!(text(&again.stderr).starts_with("made 0 fixes in 0 files\n"));
    assert_eq!(std::fs::read_to_string(folder.path().join("a.quirk")).unwrap(), mended);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left in the folder");
}

#[test]
fn diff_shows_and_writes_nothing() {
    let folder = folder(&[("a.quirk", WRONG)]);
    let output = check(folder.path(), &["a.quirk", "--diff"], "");
    assert_eq!(output.status.code(), Some(1));
    let diff = text(&output.stdout);
    assert!(
        diff.starts_with("--- a/a.quirk\n+++ b/a.quirk\n@@ -1,3 +1,4 @@\n+edition 1;\n device feeder {\n"),
        "{diff}"
    );
    assert_eq!(std::fs::read_to_string(folder.path().join("a.quirk")).unwrap(), WRONG);
}

#[test]
fn fixed_standard_input_goes_to_standard_output() {
    let folder = folder(&[]);
    let output = check(folder.path(), &["-", "--fix", "--format", "concise"], "const SIZE = 8;\n");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stdout), "edition 1;\nconst SIZE = 8;\n");
}

#[test]
fn a_fix_stays_out_of_files_that_are_only_used() {
    let user = "edition 1;\nuse \"used.quirk\" as used;\n";
    let folder = folder(&[("user.quirk", user), ("used.quirk", "const SIZE = 8;\n")]);
    let output = check(folder.path(), &["user.quirk", "--fix"], "");
    assert!(text(&output.stderr).starts_with("made 0 fixes in 0 files\n"), "{}", text(&output.stderr));
    assert_eq!(std::fs::read_to_string(folder.path().join("used.quirk")).unwrap(), "const SIZE = 8;\n");
}

#[test]
fn statistics_count_findings_by_rule() {
    let folder = folder(&[("a.quirk", WRONG), ("b.quirk", WRONG.replace("1003", "1004").as_str())]);
    let output = check(folder.path(), &[".", "--statistics"], "");
    let counts = text(&output.stdout);
    assert!(counts.starts_with("     2 error QK0201 missing-edition (2 fixable)\n"), "{counts}");
}
