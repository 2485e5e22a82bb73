//! `quirkc import`: a draft compiles, is formatted, passes its test, and states every capability where lspci sees one.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::fixture::{Folder, Run, Space, quirkc};

/// A function with a hidden capability, one out of the list, a DVSEC, registers and gaps.
fn space() -> Space {
    let mut space = Space::endpoint(&[(0x100, 0x01), (0x200, 0x0f), (0x230, 0x1b), (0x300, 0x23)]);
    space.set(0x234, 0x0000_1406);
    space.set(0x304, 0x0400_fffe);
    space.set(0x308, 0x0000_0042);
    space.set(0x700, 0xdead_beef);
    space.set(0x708, 1);
    space
}

fn import(args: &[&str]) -> Run {
    quirkc(&[&["import"], args].concat())
}

/// The draft of dumps, which compiles, is formatted and passes its test.
fn draft(dumps: &[&str], args: &[&str]) -> String {
    let run = import(&[dumps, args].concat());
    assert!(run.code < 2, "{dumps:?}: {}", run.stderr);
    let files = Folder::new();
    let path = files.file("draft.quirk", &run.stdout);
    let path = path.to_str().unwrap();
    for verb in [&["check", "--no-config"][..], &["fmt", "--check"], &["test", "--no-config"]] {
        let run = quirkc(&[verb, &[path]].concat());
        assert_eq!(run.code, 0, "{verb:?} {dumps:?}: {}{}", run.stdout, run.stderr);
    }
    run.stdout
}

#[test]
fn a_draft_says_what_was_recorded() {
    let files = Folder::new();
    let dump = files.file("dump.txt", space().text("65:00.0"));
    let text = draft(&[dump.to_str().unwrap()], &["--name", "mover"]);
    for line in [
        "source mover_records = dump \"dump.txt\" seen 1;",
        "name \"Example Mover One\";",
        "class 0x08_8000;",
        "revision 0x01;",
        "function physical;",
        "cap pcie @ 0x40",
        "ext aer @ 0x100",
        "ext pasid @ 0x230",
        "ext dvsec(vendor: 0xfffe, id: 0x0042) @ 0x300 len 0x40",
        "register \"unnamed\" @ 0x700..0x70c",
        "// free @ 0x340..0x700 { evidence datasheet",
        "pasid { place native; }",
        "expect pasid @ 0x230;",
    ] {
        let squeeze = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(squeeze(&text).contains(line), "{line}\n{text}");
    }
}

#[test]
fn of_several_records_what_only_some_have_is_optional() {
    let files = Folder::new();
    let mut other = space();
    // Neither in the list nor there.
    other.set(0x200, 0);
    other.set(0x100, 0x2301_0001);
    other.set(0x700, 0x1234_5678);
    other.set(8, 0x0880_0002);
    let one = files.file("one.txt", space().text("65:00.0"));
    let two = files.file("two.txt", other.text("66:00.0"));
    let text = draft(&[one.to_str().unwrap(), two.to_str().unwrap()], &[]);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("// in 1 of 2 records ext ats @ 0x200 optional;"), "{text}");
    assert!(text.contains("and other bytes in other records register \"unnamed\" @ 0x700..0x70c;"), "{text}");
    assert!(text.contains("seen 2;") && text.contains("revision [0x01, 0x02];"), "{text}");
}

#[test]
fn what_the_language_cannot_state_is_a_comment_with_its_reason_and_is_counted() {
    let files = Folder::new();
    let mut looped = space();
    looped.set(0x300, 0x1001_0023);
    let dump = files.file("dump.txt", looped.text("65:00.0"));
    let dump = dump.to_str().unwrap();
    let text = draft(&[dump], &[]);
    assert!(text.contains("// not stated: "), "{text}");
    let run = import(&[dump, "--format", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((run.code, &report["devices"][0]["left_out"]), (1, &1.into()));
    assert_eq!(report["text"].as_str().unwrap(), text);
    let schema = include_str!("../../../../docs/import.schema.json");
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let errors: Vec<_> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn bad_usage_and_functions_that_do_not_answer() {
    let files = Folder::new();
    let gone = files.file("gone.bin", vec![0xff; 4096]);
    let run = import(&[gone.to_str().unwrap()]);
    assert!(run.code == 2 && run.stderr.contains("does not answer"), "{}", run.stderr);
    let dump = files.file("dump.txt", space().text("65:00.0"));
    let dump = dump.to_str().unwrap();
    let run = import(&[dump, "--name", "a-b"]);
    assert!(run.code == 2 && run.stderr.contains("`a-b` is no name"), "{}", run.stderr);
    let out = files.file("out.quirk", "mine");
    let run = import(&[dump, "-o", out.to_str().unwrap()]);
    assert!(run.code == 2 && run.stderr.contains("cannot be written"), "{}", run.stderr);
    assert_eq!(std::fs::read_to_string(out).unwrap(), "mine");
}

/// Offset of each capability as lspci prints it.
fn lspci(dump: &Path) -> Option<BTreeSet<u16>> {
    let output = Command::new("lspci").args(["-vv", "-F"]).arg(dump).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let offset = |line: &str| {
        let rest = line.trim().strip_prefix("Capabilities: [")?;
        // A list that goes in a circle ends where lspci says so.
        let is_one = !line.contains("<chain looped>") && !line.contains("<chain broken>");
        u16::from_str_radix(rest.split([' ', ']']).next()?, 16).ok().filter(|_| is_one)
    };
    Some(text.lines().filter_map(offset).collect())
}

/// Every capability that lspci sees is stated at its offset, or is a comment that says why not. Needs dumps in `QUIRK_CORPUS`;
/// every eighth, or all with `QUIRK_ALL`.
#[test]
fn the_layout_of_real_dumps_agrees_with_lspci() {
    let Some(corpus) = std::env::var_os("QUIRK_CORPUS") else {
        eprintln!("skipped: QUIRK_CORPUS names no folder of dumps");
        return;
    };
    let entries = std::fs::read_dir(Path::new(&corpus).join("hex")).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let step = if std::env::var_os("QUIRK_ALL").is_some() { 1 } else { 32 };
    let (mut compared, mut left_out) = (0, 0);
    for path in paths.iter().step_by(step) {
        let name = path.to_str().unwrap();
        let run = import(&[name, "--format", "json", "--id", "fffe:1001"]);
        if run.stderr.contains("does not answer") {
            continue;
        }
        assert!(run.code < 2, "{name}: {}", run.stderr);
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        let text = draft(&[name], &["--id", "fffe:1001"]);
        assert_eq!(report["text"].as_str().unwrap(), text);
        left_out += report["devices"][0]["left_out"].as_u64().unwrap();
        let stated = |line: &str| {
            let line = line.trim().trim_start_matches("// not stated: ");
            let is_capability = line.starts_with("cap ") || line.starts_with("ext ");
            let offset = line.split("@ 0x").nth(1)?;
            let digits: String = offset.chars().take_while(char::is_ascii_hexdigit).collect();
            u16::from_str_radix(&digits, 16).ok().filter(|_| is_capability)
        };
        let ours: BTreeSet<u16> = text.lines().filter_map(stated).collect();
        let Some(theirs) = lspci(path) else {
            eprintln!("skipped: `lspci` is not installed");
            return;
        };
        let missing: Vec<_> = theirs.difference(&ours).map(|offset| format!("{offset:#x}")).collect();
        assert!(missing.is_empty(), "{name}: {missing:?}\n{text}");
        compared += 1;
    }
    eprintln!("{compared} dumps, {left_out} left out");
    assert!(compared > 10);
}
