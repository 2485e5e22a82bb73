//! `quirkc verify`: one change of a function, or of its description, for each rule.

use std::path::Path;

use serde_json::Value;

use crate::fixture::sysfs::{FakeSysfs, link};
use crate::fixture::{Folder, Run, Space, quirkc};

const QUIRK: &str = "edition 1;\n\
    device mover {\n\
    name \"Mover\";\n\
    match pci(0xfffe, 0x1001);\n\
    layout {\n\
    cap pcie @ 0x40;\n\
    ext dsn @ 0x100;\n\
    ext ltr @ 0x140 optional;\n\
    ext dvsec(vendor: 0xfffe, id: 0x0001) @ 0x180 len 0x10;\n\
    register \"mailbox\" @ 0x200..0x210 { evidence vendor \"a mail\"; }\n\
    }\n\
    free @ 0x400..0x500 { evidence vendor \"a mail\"; }\n\
    }\n";

/// A function of which the description is true.
fn space() -> Space {
    let mut space = Space::endpoint(&[(0x100, 3), (0x180, 0x23)]);
    space.set(0x184, 0x0100_fffe);
    space.set(0x188, 0x0000_0001);
    space.set(0x204, 0xffff_ffff);
    space
}

fn run(quirk: &str, what: &[&str]) -> Run {
    let files = Folder::new();
    let quirk = files.file("mover.quirk", quirk);
    quirkc(&[&["verify"], what, &["--only-quirks", quirk.to_str().unwrap()]].concat())
}

pub(crate) fn object(run: &Run) -> Value {
    assert_eq!(run.stderr, "");
    let value = serde_json::from_str(&run.stdout).unwrap();
    let schema = include_str!("../../../../docs/verify.schema.json");
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let errors: Vec<_> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    value
}

/// Exit code, and rule and message of each finding.
fn found(quirk: &str, space: &Space) -> (i32, Vec<(String, String)>) {
    let files = Folder::new();
    let dump = files.file("dump.txt", space.text("65:00.0"));
    let run = run(quirk, &[dump.to_str().unwrap(), "--format", "json"]);
    let report = object(&run);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let findings = report["functions"][0]["findings"].as_array().unwrap();
    (run.code, findings.iter().map(|each| (text(&each["rule"]), text(&each["message"]))).collect())
}

fn rules(quirk: &str, space: &Space) -> Vec<String> {
    found(quirk, space).1.into_iter().map(|(rule, _)| rule).collect()
}

#[test]
fn what_is_true_agrees() {
    assert_eq!(found(QUIRK, &space()), (0, vec![]));
    // An optional capability may be there.
    let mut with_ltr = Space::endpoint(&[(0x100, 3), (0x140, 0x18), (0x180, 0x23)]);
    with_ltr.set(0x184, 0x0100_fffe);
    with_ltr.set(0x188, 0x0000_0001);
    assert_eq!(found(QUIRK, &with_ltr), (0, vec![]));
}

#[test]
fn each_rule_is_broken_by_one_change_of_the_function() {
    let change = |change: fn(&mut Space)| {
        let mut space = space();
        change(&mut space);
        found(QUIRK, &space)
    };
    let said = |rule: &str, message: &str| (1, vec![(rule.to_owned(), message.to_owned())]);
    assert_eq!(change(|space| space.set(0x104, 0)), (0, vec![]), "what a capability holds is the device's own");
    assert_eq!(
        change(|space| space.set(0x188, 2)),
        said(
            "capability-other",
            "`ext dvsec(vendor: 0xfffe, id: 0x0001)` is declared at 0x180, and `ext dvsec(vendor: 0xfffe, id: 0x0002)` is there"
        )
    );
    assert_eq!(
        change(|space| space.set(0x184, 0x0140_fffe)),
        said(
            "capability-length",
            "`ext dvsec(vendor: 0xfffe, id: 0x0001)` at 0x180 has 0x14 bytes, and 0x10 are declared"
        )
    );
    assert_eq!(
        change(|space| space.set(0x404, 0x0000_5a00)),
        said("free-not-zero", "0x404..0x408 is declared free, and reads `00 5a 00 00`")
    );
    assert_eq!(
        change(|space| {
            space.set(0x100, 0x3001_0003);
            space.set(0x300, 0x1801_0017);
        }),
        said("capability-undeclared", "`ext tph` at 0x300 is not declared")
    );
    assert_eq!(
        change(|space| space.set(0x100, 0x0001_0003)).1.first().unwrap().0,
        "capability-missing",
        "the list ends before the DVSEC"
    );
    let (code, warned) = change(|space| space.set(0x600, 1));
    assert_eq!(
        (code, warned),
        (0, said("undeclared-bytes", "0x600..0x604 reads `01 00 00 00`, and nothing declares it").1)
    );
}

#[test]
fn each_rule_is_broken_by_one_change_of_the_description() {
    for (from, to, expected) in [
        ("ext dsn @ 0x100", "ext dsn @ 0x110", &["capability-missing", "capability-undeclared"][..]),
        ("ext dsn @ 0x100", "ext aer @ 0x100 len 0x2c", &["capability-missing"]),
        ("ext ltr @ 0x140 optional", "ext ltr @ 0x140", &["capability-missing"]),
        ("pci(0xfffe, 0x1001)", "pci(0xfffe, 0x1002)", &["undescribed"]),
        ("register \"mailbox\" @ 0x200", "register \"mailbox\" @ 0x208", &["undeclared-bytes"]),
        (
            "len 0x10;",
            "len 0x0c;\nregister \"tail\" @ 0x18c len 4 { evidence vendor \"a mail\"; }",
            &["capability-length", "inside-capability"],
        ),
        ("free @ 0x400..0x500", "free @ 0x210..0x500", &[]),
    ] {
        assert!(QUIRK.contains(from), "{from}");
        assert_eq!(rules(&QUIRK.replace(from, to), &space()), expected, "{to}");
    }
    let repeating = QUIRK.replace("layout {", "layout { aliased every 0x400;").replace("0x400..0x500", "0x300..0x400");
    assert_eq!(rules(&repeating, &space()), ["not-repeating"]);
}

#[test]
fn a_function_that_is_gone_is_not_verified() {
    let gone = Space(vec![0xff; 4096]);
    let (code, found) = found(QUIRK, &gone);
    assert_eq!((code, found[0].0.as_str()), (1, "silent"));
}

#[test]
fn a_short_record_has_nothing_to_say_of_the_rest() {
    let mut short = space();
    short.0.truncate(256);
    assert_eq!(found(QUIRK, &short), (0, vec![]));
    short.0.truncate(64);
    assert_eq!(found(QUIRK, &short), (0, vec![]));
}

#[test]
fn levels_change_what_is_an_error() {
    let files = Folder::new();
    let mut space = space();
    space.set(0x600, 1);
    let dump = files.file("dump.txt", space.text("65:00.0"));
    let dump = dump.to_str().unwrap();
    let strict = run(QUIRK, &[dump, "--level", "undeclared-bytes=error"]);
    assert_eq!(strict.code, 1);
    assert!(strict.stdout.ends_with("1 error\n"), "{}", strict.stdout);
    let blind = run(QUIRK, &[dump, "--level", "undeclared-bytes=off"]);
    assert_eq!(blind.code, 0);
    assert!(blind.stdout.ends_with("free bytes\nall agrees\n"), "{}", blind.stdout);
    let wrong = run(QUIRK, &[dump, "--level", "nothing=off"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("there is no rule `nothing`"), "{}", wrong.stderr);
}

/// A folder with dumps, a file that is none, and collected lists.
fn folder(lists: &str) -> Folder {
    let files = Folder::new();
    let below = files.0.path().join("hex");
    std::fs::create_dir(&below).unwrap();
    std::fs::write(below.join("one.txt"), space().text("65:00.0")).unwrap();
    let mut other = space();
    other.set(0, 0x2002_fffe);
    std::fs::write(below.join("two.txt"), other.text("66:00.0")).unwrap();
    files.file("LICENSE", "no record\n");
    files.file("lists.jsonl", lists);
    files
}

fn list(extended: &[(u16, u16)], count: u32) -> String {
    let caps: Vec<_> = [(16, 0x40, false)]
        .into_iter()
        .chain(extended.iter().map(|&(id, offset)| (id, offset, true)))
        .map(|(id, offset, ext)| serde_json::json!({ "id": id, "offset": offset, "ext": ext, "name": "X" }))
        .collect();
    let line = serde_json::json!({
        "vendor": "fffe", "device": "1001", "rev": "01", "class": "088000", "caps": caps, "count": count
    });
    format!("{line}\n")
}

fn corpus(files: &Path) -> (i32, Value) {
    let run = run(QUIRK, &["--corpus", files.to_str().unwrap(), "--format", "json"]);
    (run.code, object(&run)["corpora"][0].clone())
}

#[test]
fn a_folder_is_read_whole_and_counted() {
    let files = folder(&list(&[(3, 0x100), (0x23, 0x180)], 4));
    let (code, folder) = corpus(files.0.path());
    assert_eq!(code, 0);
    for (field, expected) in [
        ("files", 3),
        ("passed_over", 1),
        ("functions", 2),
        ("described", 1),
        ("lists", 1),
        ("lists_described", 1),
        ("entries", 1),
        ("free", 0x100),
        ("differ", 0),
    ] {
        assert_eq!(folder[field], expected, "{field}");
    }
}

/// One odd machine among many is a warning, half of them or more refute the entry.
#[test]
fn the_machines_of_collected_lists_vote() {
    let (true_list, odd) = ([(3, 0x100), (0x23, 0x180)], [(3, 0x100), (0x23, 0x180), (0x17, 0x300)]);
    for (agree, differ, code, rule) in
        [(4, 1, 0, "list-differs"), (2, 2, 0, "list-differs"), (1, 2, 1, "capability-undeclared")]
    {
        let files = folder(&(list(&true_list, agree) + &list(&odd, differ)));
        let (found, folder) = corpus(files.0.path());
        assert_eq!(
            (found, folder["records"][0]["findings"][0]["rule"].as_str()),
            (code, Some(rule)),
            "{agree} {differ}"
        );
    }
}

#[test]
fn a_folder_of_which_nothing_is_described_proves_nothing() {
    let files = Folder::new();
    let run = run(QUIRK, &["--corpus", files.0.path().to_str().unwrap()]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("error[nothing-compared]"), "{}", run.stdout);
}

#[test]
fn a_broken_list_is_an_error_with_its_line() {
    let good = list(&[], 1);
    for (lists, message) in [
        (format!("{good}{{\n"), "lists.jsonl: line 2: EOF while parsing"),
        (good.replace("fffe", "1fffe"), "lists.jsonl: line 1: `vendor` is `1fffe`, expected a hex number up to 0xffff"),
        (good.replace("\"caps\"", "\"cups\""), "lists.jsonl: line 1: missing field `caps`"),
        ("x".repeat(1 << 20), "lists.jsonl: line 1: it is longer than 1048576 bytes"),
    ] {
        let files = folder(&lists);
        let run = run(QUIRK, &["--corpus", files.0.path().to_str().unwrap()]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""));
        assert!(run.stderr.contains(message), "{}", run.stderr);
    }
}

#[test]
fn without_anything_to_look_at_it_is_usage() {
    let run = quirkc(&["verify"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    let run = run_missing();
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("nonexistent"), "{}", run.stderr);
}

fn run_missing() -> Run {
    run(QUIRK, &["--corpus", "/nonexistent"])
}

/// Runs a probe of a function in a sysfs of files.
fn probe(prepare: impl FnOnce(&Path), more: &[&str]) -> Run {
    let sysfs = FakeSysfs::new();
    prepare(&sysfs.function(&[], "0000:65:00.0", &space()));
    run(QUIRK, &[&["65:00.0", "--write-probe", "--sysfs", sysfs.root()], more].concat())
}

#[test]
fn a_write_probe_is_refused_before_anything_is_opened() {
    let bound = |folder: &Path| link(folder, "driver", "../../../bus/pci/drivers/vfio-pci");
    let file = |folder: &Path, name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    for (run, why) in [
        (probe(|_| {}, &[]), "it is bound to no driver"),
        (probe(|folder| link(folder, "driver", "../../../bus/pci/drivers/nvme"), &[]), "it is bound to `nvme`"),
        (probe(bound, &["--yes"]), "no way to reset it alone"),
        (
            probe(
                |folder| {
                    bound(folder);
                    file(folder, "reset", "");
                    file(folder, "reset_method", "\n");
                },
                &[],
            ),
            "no way to reset it alone",
        ),
        (
            probe(
                |folder| {
                    bound(folder);
                    file(folder, "reset", "");
                    file(folder, "reset_method", "flr\n");
                },
                &[],
            ),
            "devices of another sysfs are not opened",
        ),
    ] {
        assert_eq!((run.code, run.stdout.as_str()), (2, ""));
        assert!(run.stderr.contains("error: nothing is written to 0000:65:00.0: "), "{}", run.stderr);
        assert!(run.stderr.contains(why), "{why}: {}", run.stderr);
    }
}

#[test]
fn a_write_probe_is_of_one_live_function() {
    let files = Folder::new();
    let dump = files.file("dump.txt", space().text("65:00.0"));
    let dump = dump.to_str().unwrap();
    for (what, why) in [
        (&["--write-probe", dump][..], "writes to a function of this machine"),
        (&["--write-probe", "65:00.0", "66:00.0"], "one function at a time"),
        (&["--write-probe", "--corpus", "."], "cannot be used with"),
        (&["--yes", dump], "--write-probe"),
    ] {
        let run = run(QUIRK, what);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{what:?}");
        assert!(run.stderr.contains(why), "{what:?}: {}", run.stderr);
    }
}
