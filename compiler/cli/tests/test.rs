//! `quirkc test` as a user meets it: what it runs, prints, and answers with.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const MOVER: &str = "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    layout { cap pcie @ 0x40; ext aer @ 0x100; ext ats @ 0x220; }
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
    pasid;
}
test \"PASID lands in the gap\" {
    given device mover;
    host pasid width 20;
    expect pasid @ 0x400 width 20;
}
test \"nothing without a host\" { given device mover; expect no pasid; }
";

const WRONG: &str = "edition 1;
use \"mover.quirk\" as lib;
test \"PASID <lands> elsewhere\" {
    given device lib::mover;
    host pasid width 20;
    expect pasid @ 0x404 width 20;
    expect chain ext [0x100];
    expect reason no-room;
}
";

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn test(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_quirkc")).arg("test").args(arguments).current_dir(folder).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn both() -> TempDir {
    folder(&[("mover.quirk", MOVER), ("wrong.quirk", WRONG)])
}

#[test]
fn what_passes_ends_with_0() {
    let folder = folder(&[("mover.quirk", MOVER)]);
    let output = test(folder.path(), &[]);
    let expected =
        "mover.quirk\n  ok    PASID lands in the gap\n  ok    nothing without a host\n\n2 tests: 2 passed, 0 failed\n";
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(0), expected.to_owned()));
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn what_fails_ends_with_1_and_is_shown_with_its_place() {
    let folder = both();
    let output = test(folder.path(), &["."]);
    assert_eq!(output.status.code(), Some(1));
    let shown = text(&output.stdout);
    for part in [
        "  FAIL  PASID <lands> elsewhere\n",
        "  wrong.quirk:6:5\n      expect pasid @ 0x404 width 20;\n    expected  PASID at 0x404, width 20\n    found     PASID at 0x400, width 20\n",
        "      400 PPffffffffffffff",
        "    expected  chain ext [0x100]\n    found     [0x100 aer, 0x220 ats, 0x400 pasid]\n",
        "    expected  the reason `no-room`\n",
        "\n3 tests: 2 passed, 1 failed\n",
    ] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
    // Three lines of the space, and no others.
    assert!(!shown.contains("      600 ") && !shown.contains('\u{1b}'), "{shown}");
}

#[test]
fn filters_choose_by_title() {
    let folder = both();
    let run = |arguments: &[&str]| {
        let output = test(folder.path(), arguments);
        (output.status.code(), text(&output.stdout).lines().last().unwrap_or_default().to_owned())
    };
    assert_eq!(run(&["--filter", "without"]), (Some(0), "1 test: 1 passed, 0 failed, 2 left out".to_owned()));
    assert_eq!(run(&["--filter", "PASID"]), (Some(1), "2 tests: 1 passed, 1 failed, 1 left out".to_owned()));
    let two = ["--filter", "gap", "--filter", "host"];
    assert_eq!(run(&two), (Some(0), "2 tests: 2 passed, 0 failed, 1 left out".to_owned()));
    let exact = ["--exact", "--filter", "PASID lands in the gap"];
    assert_eq!(run(&exact), (Some(0), "1 test: 1 passed, 0 failed, 2 left out".to_owned()));
    assert_eq!(run(&["--exact", "--filter", "PASID"]).0, Some(2));
}

#[test]
fn a_list_runs_nothing() {
    let folder = both();
    let output = test(folder.path(), &["--list", "--filter", "PASID"]);
    let expected = "mover.quirk:9: PASID lands in the gap\nwrong.quirk:3: PASID <lands> elsewhere\n";
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(0), expected.to_owned()));
}

#[test]
fn json_fits_its_schema() {
    let schema = include_str!("../../../docs/test.schema.json");
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let json = |folder: &TempDir| -> Value {
        let value = serde_json::from_slice(&test(folder.path(), &["--format", "json"]).stdout).unwrap();
        let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new(), "{value:#}");
        value
    };
    let report = json(&both());
    assert_eq!((&report["version"], &report["passed"], &report["failed"]), (&1.into(), &2.into(), &1.into()));
    let failed = &report["tests"][2];
    assert_eq!((&failed["title"], &failed["line"]), (&"PASID <lands> elsewhere".into(), &3.into()));
    let first = &failed["failures"][0];
    assert_eq!((&first["line"], &first["column"], &first["end_column"]), (&6.into(), &5.into(), &35.into()));
    assert_eq!((&first["offset"], &first["found"]), (&0x400.into(), &"PASID at 0x400, width 20".into()));
    assert_eq!(failed["failures"][2]["offset"], Value::Null);
    let broken = json(&folder(&[("a.quirk", "edition 1;\nconst A = B;\n")]));
    assert_eq!((&broken["tests"], &broken["diagnostics"][0]["code"]), (&Value::Array(vec![]), &"QK0207".into()));
}

#[test]
fn junit_has_a_case_for_each_test() {
    let output = test(both().path(), &["--format", "junit"]);
    assert_eq!(output.status.code(), Some(1));
    let xml = text(&output.stdout);
    for part in [
        "<testsuites name=\"quirkc test\" tests=\"3\" failures=\"1\" errors=\"0\">",
        "<testsuite name=\"mover.quirk\" tests=\"2\" failures=\"0\" errors=\"0\" skipped=\"0\">",
        "<testcase classname=\"mover.quirk\" name=\"PASID lands in the gap\" file=\"mover.quirk\" line=\"9\"/>",
        "<testcase classname=\"wrong.quirk\" name=\"PASID &lt;lands&gt; elsewhere\" file=\"wrong.quirk\" line=\"3\">",
        "message=\"expected PASID at 0x404, width 20, found PASID at 0x400, width 20\">",
    ] {
        assert!(xml.contains(part), "{part}\n{xml}");
    }
    assert_eq!(xml.matches("<failure").count(), 1);
}

#[test]
fn errors_in_descriptions_end_with_1_and_run_nothing() {
    let folder = folder(&[("a.quirk", &MOVER.replace("no pasid", "no pasd"))]);
    let output = test(folder.path(), &["a.quirk"]);
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1));
    assert!(shown.contains("a.quirk:14:63") && shown.ends_with("nothing was run: 1 error in 1 file\n"), "{shown}");
}

#[test]
fn bad_usage_ends_with_2() {
    let folder = folder(&[("a.quirk", MOVER)]);
    for arguments in [
        &["absent.quirk"][..],
        &["--exact"],
        &["--filter", "nobody"],
        &["--format", "xml"],
        &["--list", "--format", "json"],
    ] {
        let output = test(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", text(&output.stderr));
    }
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(test(empty.path(), &[]).status.code(), Some(2), "a folder without descriptions");
}
