//! `quirkc diff`: each breaking rule on the smallest change that breaks it, and changes that break nobody.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::fixture::{Folder, Run, quirkc};

const OLD: &str = "edition 1;\n\
    device mover { name \"Mover\"; match pci(0xfffe, [0x1001..=0x100f]);\n\
    layout { ext aer @ 0x100; } free @ 0x400..0x500 { evidence vendor \"a mail\"; } pasid { place [@ 0x400, free]; } }\n\
    device other { name \"Other\"; match pci(0xfffe, 0x2001) { revision 0x00..=0x0f; } }\n\
    layer shown { match pci(0xfffe, any); hide ext aer; }\n\
    profile p for mover { pasid @ 0x400 width 20; }\n\
    test \"t\" { given device mover; host pasid width 20; expect pasid @ 0x400; }\n\
    test \"u\" { given device other; expect no pasid; }\n";

fn run(old: &str, new: &str, args: &[&str]) -> Run {
    let files = Folder::new();
    let old = files.file("old.quirk", old);
    let new = files.file("new.quirk", new);
    quirkc(&[&["diff", old.to_str().unwrap(), new.to_str().unwrap()], args].concat())
}

fn json(old: &str, new: &str, args: &[&str]) -> (i32, Value) {
    let run = run(old, new, &[args, &["--format", "json"]].concat());
    assert_eq!(run.stderr, "");
    let value = serde_json::from_str(&run.stdout).unwrap();
    let schema = include_str!("../../../../docs/diff.schema.json");
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let errors: Vec<_> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    (run.code, value)
}

/// The breaking rules of a change of the text.
fn rules(from: &str, to: &str) -> Vec<String> {
    assert!(OLD.contains(from), "{from}");
    let (code, report) = json(OLD, &OLD.replace(from, to), &[]);
    let changes = report["changes"].as_array().unwrap();
    let rules = changes.iter().filter(|change| change["level"] == "error");
    let rules: Vec<String> = rules.map(|change| change["rule"].as_str().unwrap().to_owned()).collect();
    assert_eq!((code == 1, report["breaking"].as_u64().unwrap()), (!rules.is_empty(), rules.len() as u64));
    assert!(!changes.is_empty());
    rules
}

#[test]
fn the_same_is_no_change_whatever_its_order_and_its_comments() {
    let mut items: Vec<&str> = OLD.lines().collect();
    items[1..].sort_unstable();
    assert_eq!(json(OLD, OLD, &[]), (0, serde_json::json!({ "version": 1, "breaking": 0, "changes": [] })));
    let (_, report) = json(OLD, &OLD.replace("layer shown", "// a word\nlayer shown"), &[]);
    assert_eq!(report["changes"], serde_json::json!([]));
    let run = run(OLD, OLD, &[]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "no change\n"));
}

#[test]
fn each_breaking_rule_is_found() {
    let moved = "place [@ 0x408, free]";
    assert_eq!(rules("place [@ 0x400, free]", moved), ["offset-moved"]);
    assert_eq!(rules("{ pasid @ 0x400 width 20; }", "{ pasid @ 0x408 width 20; }"), ["offset-moved"]);
    assert_eq!(rules("profile p for", "profile q for"), ["profile-lost"]);
    assert_eq!(rules("layer shown", "layer hidden"), ["layer-lost"]);
    assert_eq!(rules("revision 0x00..=0x0f", "revision 0x00..=0x0e"), ["match-lost"]);
    assert_eq!(rules("[0x1001..=0x100f]", "[0x1001..=0x100e]"), ["match-lost"]);
    // Another device takes functions: by a wider match that ranks higher.
    let taken = "match pci(0xfffe, 0x2001) { revision 0x00..=0x0f; } match pci(0xfffe, 0x1007);";
    assert_eq!(rules("match pci(0xfffe, 0x2001) { revision 0x00..=0x0f; }", taken), ["match-taken"]);
}

#[test]
fn a_device_that_is_gone_is_told_once_and_a_taken_place_too() {
    let without: String = OLD.lines().filter(|line| !line.contains("other")).map(|line| format!("{line}\n")).collect();
    let (code, report) = json(OLD, &without, &[]);
    let rules: Vec<_> = report["changes"].as_array().unwrap().iter().map(|change| change["rule"].clone()).collect();
    assert_eq!((code, rules), (1, vec![Value::from("device-lost")]));
    let from = "free @ 0x400..0x500 { evidence vendor \"a mail\"; } pasid { place [@ 0x400, free]; }";
    let old = "edition 1;\ndevice d { name \"D\"; match pci(0xfffe, 1);\nfree @ 0x400..0x500 { evidence vendor \"a mail\"; } \
        pasid { place free; } }\ntest \"t\" { given device d; expect no pasid; }\n";
    let new = old.replace("0x400..0x500", "0x480..0x500");
    assert!(OLD.contains(from));
    let (_, report) = json(old, &new, &[]);
    let rules: Vec<_> = report["changes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|change| change["level"] == "error")
        .map(|change| change["rule"].clone())
        .collect();
    assert_eq!(rules, ["offset-moved", "free-shrunk"].map(Value::from));
    let (_, report) = json(
        old,
        &old.replace("free @ 0x400..0x500 { evidence vendor \"a mail\"; } pasid { place free; }", "pasid none;"),
        &[],
    );
    let rules: Vec<_> = report["changes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|change| change["level"] == "error")
        .map(|change| change["rule"].clone())
        .collect();
    assert!(rules.contains(&Value::from("pasid-forbidden")), "{rules:?}");
}

#[test]
fn what_breaks_nobody_is_a_change() {
    assert_eq!(rules("\"Mover\"", "\"Mover 2\""), [""; 0]);
    assert_eq!(rules("free @ 0x400..0x500", "free @ 0x400..0x480"), [""; 0]);
    assert_eq!(rules("[0x1001..=0x100f]", "[0x1001..=0x101f]"), [""; 0]);
    assert_eq!(rules("ext aer @ 0x100;", "ext aer @ 0x100; ext ats @ 0x200;"), [""; 0]);
    assert_eq!(rules("hide ext aer", "hide ext ats"), [""; 0]);
}

#[test]
fn levels_come_from_the_command_line_and_the_configuration() {
    let new = OLD.replace("layer shown", "layer hidden");
    let (code, report) = json(OLD, &new, &["--level", "layer-lost=warn"]);
    assert_eq!((code, &report["changes"][0]["level"]), (0, &"warn".into()));
    let (code, report) = json(OLD, &new, &["--level", "layer-lost=off"]);
    assert_eq!((code, &report["breaking"]), (0, &0.into()));
    let files = Folder::new();
    files.file("quirkc.toml", "[diff]\nlayer-lost = \"warn\"\n");
    let old = files.file("old.quirk", OLD);
    let path = files.file("new.quirk", &new);
    let (old, path) = (old.to_str().unwrap(), path.to_str().unwrap());
    assert_eq!(quirkc(&["diff", old, path]).code, 0);
    assert_eq!(quirkc(&["diff", old, path, "--no-config"]).code, 1);
    assert_eq!(quirkc(&["diff", old, path, "--level", "layer-lost=error"]).code, 1);
    files.file("quirkc.toml", "[diff]\nlayer-gone = \"warn\"\n");
    let run = quirkc(&["diff", old, path]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("there is no rule `layer-gone`"), "{}", run.stderr);
    let run = quirkc(&["diff", old, path, "--level", "x=error"]);
    assert!(run.code == 2 && run.stderr.contains("there is no rule `x`"), "{}", run.stderr);
}

#[test]
fn the_text_is_for_people() {
    let new = OLD.replace("place [@ 0x400, free]", "place [@ 0x408, free]").replace("\"Other\"", "\"Another\"");
    let run = run(OLD, &new, &[]);
    let lines: Vec<String> = run.stdout.lines().map(|line| line.split(" (/").next().unwrap().to_owned()).collect();
    let expected = "\
breaking[offset-moved]: device `mover`: PASID was at 0x400, and is at 0x408
  a guest that is resumed finds the capability elsewhere

device `mover` changed
  pasid: no longer place 1: an offset, 0x400
  pasid: now place 1: an offset, 0x408
device `other` changed
  name: no longer \"Other\"
  name: now \"Another\"

5 changes, 1 breaking";
    assert_eq!((run.code, lines.join("\n")), (1, expected.to_owned()));
}

fn git(folder: &Path, args: &[&str]) -> bool {
    let who = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"];
    Command::new("git").current_dir(folder).args(who).args(args).output().is_ok_and(|output| output.status.success())
}

#[test]
fn folders_databases_and_revisions_of_git_are_sides_too() {
    let files = Folder::new();
    let folder = files.0.path().join("q");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("a.quirk"), OLD).unwrap();
    let new = OLD.replace("layer shown", "layer hidden");
    let db = files.0.path().join("new.db");
    let path = files.file("new.quirk", &new);
    let build = quirkc(&["build", path.to_str().unwrap(), "--emit", "db", "-o", db.to_str().unwrap()]);
    assert_eq!(build.code, 0, "{}", build.stderr);
    let run = quirkc(&["diff", folder.to_str().unwrap(), db.to_str().unwrap()]);
    assert!(run.code == 1 && run.stdout.contains("breaking[layer-lost]"), "{}{}", run.stdout, run.stderr);
    if !git(files.0.path(), &["init", "-q"]) {
        eprintln!("skipped: `git` is not installed");
        return;
    }
    assert!(git(files.0.path(), &["add", "q"]) && git(files.0.path(), &["commit", "-qm", "one"]));
    std::fs::write(folder.join("a.quirk"), &new).unwrap();
    let run = |old: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_quirkc"))
            .current_dir(files.0.path())
            .args(["diff", old, "q"])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        (output.status.code().unwrap(), text)
    };
    let (code, text) = run("HEAD:q");
    assert!(code == 1 && text.contains("layer `shown`: it is gone (HEAD:q/a.quirk:5)"), "{text}");
    for (old, message) in [
        ("none:q", "git knows no `none` here"),
        ("HEAD:missing", "has no `.quirk` file below `missing`"),
        ("missing", "there is no such file or folder"),
        ("--output=x:q", "expected"),
    ] {
        let (code, text) = run(old);
        assert!(code == 2 && (text.contains(message) || message == "expected"), "{old}: {text}");
    }
}
