//! `quirkc check` as a user meets it: what it reads, prints, and answers with.
#![expect(clippy::unwrap_used, reason = "tests")]

mod checked;

use std::process::Command;

use checked::{check, folder, text};
use serde_json::Value;

const SOUND: &str = "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    allow missing-test \"an example\";
}
";

/// Sound but for a test that is missing.
const WARNED: &str = "edition 1;
device shaker {
    name \"Shaker\";
    match pci(0xfffe, 0x1002);
}
";

const WRONG: &str = "edition 1;
device feeder {
    name \"Feeder\";
    match pci(0xfffe, 0x1003);
    layout { ext atss @ 0x220; }
    allow missing-test \"an example\";
}
";

#[test]
fn a_clean_folder_ends_with_0_and_says_nothing() {
    let folder = folder(&[("a.quirk", SOUND), ("notes.txt", "not a description"), ("deep/er/b.quirk", "edition 1;\n")]);
    let output = check(folder.path(), &["."], "");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stdout), "");
    assert_eq!(text(&output.stderr), "no findings in 2 files\n");
}

#[test]
fn an_ignore_file_is_heeded() {
    let folder = folder(&[("a.quirk", SOUND), ("b.quirk", WRONG), (".ignore", "b.quirk\n")]);
    assert_eq!(check(folder.path(), &["."], "").status.code(), Some(0));
    assert_eq!(check(folder.path(), &["b.quirk"], "").status.code(), Some(1));
}

#[test]
fn findings_end_with_1_and_have_code_place_and_way_out() {
    let folder = folder(&[("a.quirk", WRONG)]);
    let output = check(folder.path(), &["a.quirk", "--format", "concise"], "");
    assert_eq!(output.status.code(), Some(1));
    let expected = "a.quirk:5:18: error[QK0309 unknown-capability]: there is no `ext` capability `atss`\n  \
                    help: did you mean `ats`?\n";
    assert_eq!(text(&output.stdout), expected);
    assert_eq!(text(&output.stderr), "1 error in 1 file\n");
}

#[test]
fn the_full_format_shows_the_text() {
    let folder = folder(&[("a.quirk", WRONG)]);
    let shown = text(&check(folder.path(), &["a.quirk"], "").stdout);
    for part in ["QK0309 unknown-capability", "a.quirk:5:18", "layout { ext atss @ 0x220; }", "did you mean `ats`?"] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
    assert!(!shown.contains('\u{1b}'), "colours are for terminals: {shown}");
}

#[test]
fn warnings_alone_end_with_0_unless_denied() {
    let folder = folder(&[("a.quirk", WARNED)]);
    let output = check(folder.path(), &["."], "");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stderr), "1 warning in 1 file\n");
    assert_eq!(check(folder.path(), &[".", "--deny", "warnings"], "").status.code(), Some(1));
}

#[test]
fn json_has_everything() {
    let folder = folder(&[("a.quirk", WRONG), ("b.quirk", WARNED)]);
    let output = check(folder.path(), &[".", "--format", "json"], "");
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["version"], 1);
    let findings = report["diagnostics"].as_array().unwrap();
    let codes: Vec<_> = findings.iter().map(|found| (found["code"].as_str(), found["severity"].as_str())).collect();
    assert_eq!(codes, [(Some("QK0309"), Some("error")), (Some("QK0601"), Some("warning"))]);
    let place = |field| findings[0][field].as_u64();
    assert_eq!(["line", "column", "end_line", "end_column"].map(place), [Some(5), Some(18), Some(5), Some(22)]);
    assert_eq!(findings[0]["help"], "did you mean `ats`?");
}

#[test]
fn standard_input_is_a_file_with_a_name() {
    let folder = folder(&[("lib/ids.quirk", "edition 1;\nconst DEVICE = 0x1004;\n")]);
    let using = "edition 1;
use \"ids.quirk\" as ids;
device user { name \"User\"; match pci(0xfffe, ids::DEVICE); allow missing-test \"an example\"; }
";
    let beside = check(folder.path(), &["-", "--stdin-filename", "lib/user.quirk"], using);
    assert_eq!(beside.status.code(), Some(0), "{}", text(&beside.stdout));
    let library = check(folder.path(), &["-", "--library", "lib"], using);
    assert_eq!(library.status.code(), Some(0), "{}", text(&library.stdout));
    let neither = check(folder.path(), &["-", "--format", "concise"], using);
    assert_eq!(neither.status.code(), Some(1));
    assert!(text(&neither.stdout).starts_with("stdin.quirk:2:5: error[QK0204 file-not-found]"));
}

#[test]
fn what_cannot_be_read_ends_with_2() {
    let folder = folder(&[("a.quirk", SOUND)]);
    std::fs::write(folder.path().join("bytes.quirk"), [0xff, 0xfe]).unwrap();
    for arguments in
        [&["absent.quirk"][..], &["bytes.quirk"], &[], &["a.quirk", "--format", "xml"], &["--deny", "all", "."]]
    {
        let output = check(folder.path(), arguments, "");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", text(&output.stderr));
    }
}

#[test]
fn after_a_hundred_findings_the_rest_is_counted_by_rule() {
    use std::fmt::Write;

    let mut text = String::from("edition 1;\n");
    for at in 1..=150 {
        writeln!(text, "device d{at} {{ match pci(0xfffe, {at:#x}); }}").unwrap();
    }
    let folder = folder(&[("many.quirk", &text), ("one.quirk", WARNED)]);
    let shown = |arguments: &[&str]| {
        let out = check(folder.path(), &[arguments, &["many.quirk", "one.quirk"]].concat(), "");
        String::from_utf8(out.stdout).unwrap()
    };
    let first = shown(&[]);
    assert_eq!(first.matches("╭─[many.quirk:").count(), 100);
    assert!(first.contains("many.quirk: 200 more findings; `quirkc check --all` shows all:\n"), "{first}");
    assert!(first.contains("\n   100 QK0214 missing-statement\n   100 QK0601 missing-test\n"), "{first}");
    assert!(first.contains("╭─[one.quirk:"), "each file has its own hundred");
    let all = shown(&["--all"]);
    assert_eq!(all.matches("╭─[many.quirk:").count(), 300);
    assert!(!all.contains("more finding"));
    assert_eq!(shown(&["--format", "concise"]).lines().filter(|line| line.starts_with("many.quirk:")).count(), 300);
}

#[test]
fn what_is_shown_of_long_lines_and_places_is_bounded() {
    let folder = folder(&[("braces.quirk", &"}".repeat(8_000))]);
    let shown = check(folder.path(), &["--all", "braces.quirk"], "").stdout;
    assert!(shown.len() < 8_000 * 1_000, "{}", shown.len());
    let far = format!("edition 1;\n{}{}{}", "\n".repeat(5_000), SOUND.replace("edition 1;\n", ""), "\n".repeat(5_000));
    let twice = far + &SOUND.replace("edition 1;\n", "");
    let folder = self::folder(&[("far.quirk", &twice)]);
    let out = check(folder.path(), &["far.quirk"], "");
    let shown = String::from_utf8(out.stdout).unwrap();
    assert!(shown.contains("[far.quirk:5002:1]") || shown.contains("[far.quirk:5002:8]"), "{shown}");
    assert!(shown.lines().count() < 60, "{}", shown.lines().count());
}

#[test]
fn without_a_path_the_folder_is_looked_at() {
    let folder = folder(&[("sound.quirk", SOUND), ("inner/wrong.quirk", WRONG)]);
    let out = check(folder.path(), &["--format", "concise"], "");
    let said = String::from_utf8(out.stdout).unwrap();
    assert_eq!(out.status.code(), Some(1));
    assert!(said.contains("inner/wrong.quirk:5:"), "{said}");
    std::fs::remove_file(folder.path().join("inner/wrong.quirk")).unwrap();
    for args in
        [&["fmt"][..], &["fmt", "--check"], &["build", "--emit", "json", "-o", "-"], &["test"], &["doc", "-o", "site"]]
    {
        let out = Command::new(env!("CARGO_BIN_EXE_quirkc")).args(args).current_dir(folder.path()).output().unwrap();
        assert_eq!(out.status.code(), Some(0), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
    }
}
