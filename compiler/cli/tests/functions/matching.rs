//! `quirkc match`: which entry wins, which lose and why. What attaches a function is the judge: `plan` must agree.

use serde_json::Value;

use crate::fixture::{Folder, Run, Space, quirkc};

const QUIRK: &str = "edition 1;\n\
    device wide { name \"Wide\"; match pci(0xfffe, [0x1000..=0x10ff]); }\n\
    device exact { name \"Exact\"; match pci(0xfffe, 0x1001); }\n\
    device early { name \"Early\"; match pci(0xfffe, 0x1001) { revision 0x00..=0x0f; } }\n\
    device board { name \"Board\"; match pci(0xfffe, 0x1001) { subsystem 0x1234, 0x0007; } }\n\
    device strapped { name \"Strapped\"; match pci(0xfffe, 0x1002) { config u8 @ 0x48 == 0x5a mask 0x7e; } }\n\
    device virt { name \"Virtual\"; match pci(0xfffe, 0x1003) { function virtual; } }\n\
    layer every { match pci(any, any); default on; hide ext sriov; }\n\
    layer asked { match pci(0xfffe, 0x1001) { class 0x088000; } hide ext ats; }\n\
    layer other { match pci(0xfffd, any); hide ext ats; }\n";

fn run(args: &[&str]) -> Run {
    let files = Folder::new();
    let quirk = files.file("devices.quirk", QUIRK);
    quirkc(&[&["match"], args, &["--only-quirks", quirk.to_str().unwrap()]].concat())
}

fn json(args: &[&str]) -> (i32, Value) {
    let run = run(&[args, &["--format", "json"]].concat());
    assert_eq!(run.stderr, "");
    let value = serde_json::from_str(&run.stdout).unwrap();
    let schema = include_str!("../../../../docs/match.schema.json");
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let errors: Vec<_> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    (run.code, value)
}

/// Name and verdict of each entry, in the order in which they are listed.
fn verdicts(function: &Value, what: &str) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    function[what].as_array().unwrap().iter().map(|each| (text(&each["name"]), text(&each["verdict"]))).collect()
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|&(name, verdict)| (name.to_owned(), verdict.to_owned())).collect()
}

#[test]
fn of_a_dump_the_strongest_entry_wins_and_the_others_say_why_not() {
    let files = Folder::new();
    let dump = files.file("dump.txt", Space::endpoint(&[(0x100, 3)]).text("65:00.0"));
    let (code, report) = json(&[dump.to_str().unwrap()]);
    assert_eq!(code, 0);
    let function = &report["functions"][0];
    let expected = [("early", "applies"), ("exact", "beaten"), ("wide", "beaten"), ("board", "fails")];
    assert_eq!(verdicts(function, "entries"), owned(&expected));
    assert_eq!((&function["applies"], &function["address"]), (&"early".into(), &"65:00.0".into()));
    let board = &function["entries"][3];
    assert_eq!(board["because"][0]["condition"], "subsystem");
    assert_eq!(board["match"], "pci(0xfffe, 0x1001) { subsystem 0x1234, 0x0007; }");
    assert_eq!(verdicts(function, "layers"), owned(&[("every", "applies"), ("asked", "applies")]));
}

#[test]
fn of_ids_alone_what_is_not_said_is_open() {
    let (code, report) = json(&["fffe:1001"]);
    let function = &report["functions"][0];
    let expected = [("board", "open"), ("early", "open"), ("exact", "open"), ("wide", "beaten")];
    assert_eq!((code, verdicts(function, "entries")), (1, owned(&expected)));
    assert_eq!(function["revision"], Value::Null);
    let known = ["fffe:1001", "--subsystem", "1234:0007", "--revision", "10", "--class", "020000"];
    let (code, report) = json(&known);
    let expected = [("board", "applies"), ("exact", "beaten"), ("wide", "beaten"), ("early", "fails")];
    let function = &report["functions"][0];
    assert_eq!((code, verdicts(function, "entries")), (0, owned(&expected)));
    assert_eq!(verdicts(function, "layers"), owned(&[("every", "applies"), ("asked", "fails")]));
    // The bytes of a function are asked last, and by nobody where there are none.
    let (code, report) = json(&["fffe:1002"]);
    let expected = [("strapped", "open"), ("wide", "open")];
    assert_eq!((code, verdicts(&report["functions"][0], "entries")), (1, owned(&expected)));
    let (code, report) = json(&["fffe:1003", "--function-kind", "virtual"]);
    assert_eq!((code, &report["functions"][0]["applies"]), (0, &"virt".into()));
    let (code, report) = json(&["fffd:1003"]);
    assert_eq!((code, verdicts(&report["functions"][0], "entries")), (1, Vec::new()));
}

#[test]
fn the_text_is_for_people() {
    let files = Folder::new();
    let mut space = Space::endpoint(&[(0x100, 3)]);
    space.set(0, 0x1002_fffe);
    let dump = files.file("dump.txt", space.text("65:00.0"));
    let run = run(&[dump.to_str().unwrap()]);
    let expected = "\
65:00.0 System peripheral: Example Mover One (rev 01)
fffe:1002, subsystem 0000:0000, revision 01, class 088000, function unknown
  applies `wide`: Wide (devices.quirk:2)
          match pci(0xfffe, 0x1000..=0x10ff);
  fails   `strapped`: Strapped (devices.quirk:6)
          match pci(0xfffe, 0x1002) { config u8 @ 0x48 == 0x5a mask 0x7e; }
          config: it is for functions with 0x5a at 0x048 in the bits 0x7e, and this one has 0x0
layers, the least specific first
  on      `every` (devices.quirk:8)
          match pci(any, any);
";
    // Without the folder, whose name is another each time.
    let short = |line: &str| match (line.split_once("(/"), line.rsplit_once('/')) {
        (Some((before, _)), Some((_, file))) => format!("{before}({file}\n"),
        _ => format!("{line}\n"),
    };
    let stdout: String = run.stdout.lines().map(short).collect();
    assert_eq!((run.code, stdout.as_str(), run.stderr.as_str()), (0, expected, ""));
}

/// Attaching is what decides; this verb must say the same of any function.
#[test]
fn what_applies_is_what_attaching_takes() {
    let files = Folder::new();
    let quirk = files.file("devices.quirk", QUIRK);
    for (device, revision, subsystem, strap) in [
        (0x1001_u32, 0x01_u32, 0, 0),
        (0x1001, 0x10, 0, 0),
        (0x1001, 0x10, 0x0007_1234, 0),
        (0x1001, 0x00, 0x0008_1234, 0),
        (0x1002, 0x00, 0, 0x5a),
        (0x1002, 0x00, 0, 0xdb),
        (0x1002, 0x00, 0, 0x5c),
        (0x1003, 0x00, 0, 0),
        (0x10ff, 0x00, 0, 0),
        (0x1100, 0x00, 0, 0),
    ] {
        let mut space = Space::endpoint(&[(0x100, 3)]);
        space.set(0, device << 16 | 0xfffe);
        space.set(8, 0x0880_0000 | revision);
        space.set(0x2c, subsystem);
        space.set(0x48, strap);
        let dump = files.file("dump.txt", space.text("65:00.0"));
        let (dump, quirk) = (dump.to_str().unwrap(), quirk.to_str().unwrap());
        let (_, report) = json(&[dump]);
        let plan = quirkc(&["plan", "--config", dump, "--only-quirks", quirk, "--format", "json"]);
        let plan: Value = serde_json::from_str(&plan.stdout).unwrap();
        let name = plan["device"].get("name").cloned().unwrap_or(Value::Null);
        assert_eq!(report["functions"][0]["applies"], name, "{device:x} {revision:x} {subsystem:x} {strap:x}");
    }
}

#[test]
fn bad_usage() {
    for (args, message) in [
        (&["nothing"][..], "there is no such file, and it is neither ids nor an address"),
        (&["fffe:1001", "--function", "65:00.0"], "beside a dump or an address, not beside ids"),
        (&["fffe:1001", "--class", "1000000"], "expected a hex number up to 0xffffff"),
        (&["fffe:1001", "--subsystem", "12:34"], "expected vendor and device id"),
    ] {
        let run = run(args);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{args:?}");
        assert!(run.stderr.contains(message), "{args:?}: {}", run.stderr);
    }
}
