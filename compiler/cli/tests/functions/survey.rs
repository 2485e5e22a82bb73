//! `quirkc survey`: what is counted is what is there, whatever the number of threads.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::fixture::{Folder, Run, Space, quirkc};

const QUIRK: &str = "edition 1;\ndevice mover { name \"Mover\"; match pci(0xfffe, 0x1001); }\n";

fn folder() -> Folder {
    let files = Folder::new();
    let mut pasid = Space::endpoint(&[(0x100, 0x01), (0x200, 0x0f), (0x230, 0x1b)]);
    pasid.set(0x234, 0x0000_1406);
    pasid.set(0x800, 0x0102_0304);
    let mut other = Space::endpoint(&[(0x100, 0x23)]);
    other.set(0, 0x1002_fffe);
    other.set(0x104, 0x0100_fffe);
    let mut looped = Space::endpoint(&[(0x100, 0x10)]);
    looped.set(0x100, 0x1001_0010);
    files.file("a.txt", pasid.text("65:00.0") + &other.text("66:00.0"));
    files.file("b.bin", looped.0);
    files.file("c.bin", vec![0xff; 4096]);
    files.file("d.md", "# no dump\n");
    files
}

fn survey(files: &Folder, args: &[&str]) -> Run {
    let quirk = Folder::new();
    let quirk = (quirk.file("devices.quirk", QUIRK), quirk);
    let path = files.0.path().to_str().unwrap();
    let run = quirkc(&[&["survey", path], args, &["--only-quirks", quirk.0.to_str().unwrap()]].concat());
    assert!(run.code < 2, "{}", run.stderr);
    run
}

fn rows(files: &Folder, args: &[&str]) -> Vec<Value> {
    let run = survey(files, &[args, &["--format", "jsonl"]].concat());
    run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_line_for_each_function_says_what_it_has() {
    let files = folder();
    let rows = rows(&files, &[]);
    let field = |name: &str| rows.iter().map(|row| row[name].clone()).collect::<Vec<_>>();
    assert_eq!(field("device"), [0x1001, 0x1002, 0x1001, 0xffff].map(Value::from));
    assert_eq!(field("pasid"), [Value::from(0x230), Value::Null, Value::Null, Value::Null]);
    assert_eq!(rows[0]["pasid_width"], 0x14);
    assert_eq!(field("ats"), [true, false, false, false].map(Value::from));
    assert_eq!(field("dvsecs"), [0, 1, 0, 0].map(Value::from));
    assert_eq!(field("odd"), [0, 0, 1, 0].map(Value::from));
    // AER, ATS and PASID leave this of extended space, of which four bytes are not 0 and cut it in two.
    assert_eq!(rows[0]["gap_bytes"], 3840 - 0x2c - 8 - 8 - 4);
    assert_eq!((&rows[0]["live_bytes"], &rows[0]["largest_gap"]), (&4.into(), &(0x1000 - 0x804).into()));
    assert_eq!(field("entry"), [Value::from("mover"), Value::Null, Value::from("mover"), Value::Null]);
}

fn holds(schema: &str, value: &Value) {
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let errors: Vec<_> = validator.iter_errors(value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn what_is_printed_is_as_the_schemas_say() {
    let files = folder();
    let json = serde_json::from_str(&survey(&files, &["--format", "json"]).stdout).unwrap();
    holds(include_str!("../../../../docs/survey.schema.json"), &json);
    for row in rows(&files, &[]) {
        holds(include_str!("../../../../docs/survey-row.schema.json"), &row);
    }
    let text = survey(&files, &[]).stdout;
    assert!(text.starts_with("4 functions, 2 described\n"), "{text}");
    let out = files.0.path().join("out.csv");
    let to_file = survey(&files, &["--format", "csv", "-o", out.to_str().unwrap()]);
    assert_eq!(to_file.stdout, "");
    let text = std::fs::read_to_string(&out).unwrap();
    assert!(text.starts_with("file,address,vendor,"), "{text}");
    let run = quirkc(&["survey", out.to_str().unwrap(), "-o", "/no/such/folder"]);
    assert!(run.code == 2 && run.stderr.contains("cannot be written"), "{}", run.stderr);
    let run = quirkc(&["survey", "/no/such/file"]);
    assert!(run.code == 2 && run.stderr.contains("/no/such/file"), "{}", run.stderr);
    if cfg!(not(feature = "parquet")) {
        let run = quirkc(&["survey", out.to_str().unwrap(), "--format", "parquet"]);
        assert!(run.code == 2 && run.stderr.contains("--features parquet"), "{}", run.stderr);
    }
}

#[test]
fn archives_and_copies_of_sysfs_are_read() {
    let files = Folder::new();
    let machine = files.0.path().join("machine/sys/devices/pci0000:64/0000:65:00.0");
    std::fs::create_dir_all(&machine).unwrap();
    std::fs::create_dir_all(files.0.path().join("machine/sys/bus/pci/devices")).unwrap();
    let space = Space::endpoint(&[(0x100, 0x01)]);
    std::fs::write(machine.join("config"), &space.0).unwrap();
    std::fs::write(machine.join("resource0"), &space.0).unwrap();
    let link = files.0.path().join("machine/sys/bus/pci/devices/0000:65:00.0");
    std::os::unix::fs::symlink(&machine, link).unwrap();
    let name =
        |row: &Value| (row["file"].as_str().unwrap().rsplit('/').next().unwrap().to_owned(), row["address"].clone());
    // The folder and the link to it are one function, and the link alone is it too.
    for folder in ["machine", "machine/sys/bus"] {
        let path = files.0.path().join(folder);
        let run = quirkc(&["survey", path.to_str().unwrap(), "--format", "jsonl"]);
        let found: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(found.iter().map(name).collect::<Vec<_>>(), [("config".to_owned(), Value::from("0000:65:00.0"))]);
    }
    let tar =
        std::process::Command::new("tar").args(["-czf", "machine.tgz", "machine"]).current_dir(files.0.path()).status();
    if !tar.is_ok_and(|status| status.success()) {
        eprintln!("skipped: `tar` is not installed");
        return;
    }
    let archive = files.0.path().join("machine.tgz");
    let run = quirkc(&["survey", archive.to_str().unwrap(), "--format", "jsonl"]);
    let rows: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let inside = rows.iter().find(|row| !row["address"].is_null()).unwrap();
    assert!(
        inside["file"].as_str().unwrap().ends_with("machine.tgz:machine/sys/devices/pci0000:64/0000:65:00.0/config")
    );
}

/// What is missing of an archive is said, whatever else of it was read.
#[test]
fn an_archive_that_is_cut_off_is_said() {
    let files = folder();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(&std::fs::read(files.0.path().join("a.txt")).unwrap()).unwrap();
    let packed = packed.finish().unwrap();
    std::fs::write(files.0.path().join("cut.gz"), &packed[..packed.len() / 2]).unwrap();
    for format in ["text", "json", "jsonl"] {
        let run = survey(&files, &["--format", format]);
        assert!(
            run.stderr.contains("cut.gz a part is missing: the compressed data is damaged or cut off"),
            "{format}: {}",
            run.stderr
        );
    }
}

#[test]
fn progress_is_said_on_standard_error_where_it_is_wanted() {
    let files = folder();
    let said = |when: &str| survey(&files, &["--progress", when]).stderr;
    assert_eq!((said("never"), said("auto")), (String::new(), String::new()));
    assert!(said("always").ends_with("4 of 4 files, 4 functions\n"), "{}", said("always"));
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let files = folder();
    for number in 0..40 {
        files.file(&format!("e{number}.txt"), Space::endpoint(&[(0x100, number)]).text("65:00.0"));
    }
    for format in ["csv", "jsonl", "json", "text", "svg"] {
        let one = survey(&files, &["--threads", "1", "--format", format]);
        let many = survey(&files, &["--threads", "7", "--format", format]);
        assert_eq!((one.stdout, one.code), (many.stdout, many.code), "{format}");
    }
}

#[test]
fn counts_and_tables_are_of_the_same_rows() {
    let files = folder();
    let json: Value = serde_json::from_str(&survey(&files, &["--format", "json"]).stdout).unwrap();
    let counts = ["functions", "unread_files", "silent", "pasid", "ats", "sriov", "dvsec", "odd", "described"];
    let expected = [4, 1, 1, 1, 1, 1, 1, 1, 2].map(Value::from);
    assert_eq!(counts.map(|name| json[name].clone()), expected);
    let csv = survey(&files, &["--format", "csv"]).stdout;
    let lines: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(lines.len(), 5);
    for (line, row) in lines[1..].iter().zip(rows(&files, &[])) {
        assert_eq!(line.len(), lines[0].len());
        let fields: BTreeMap<&str, &str> = lines[0].iter().copied().zip(line.iter().copied()).collect();
        assert_eq!(fields.len(), row.as_object().unwrap().len());
        assert_eq!(u64::from_str_radix(fields["device"], 16).unwrap(), row["device"].as_u64().unwrap());
        assert_eq!(fields["gap_bytes"], row["gap_bytes"].to_string());
        assert_eq!(fields["entry"], row["entry"].as_str().unwrap_or(""));
    }
    let empty = Folder::new();
    assert_eq!(survey(&empty, &[]).code, 1);
}

/// An index of real dumps, made by another program, has the same ids and capabilities. Needs `QUIRK_CORPUS`.
#[test]
fn an_index_of_real_dumps_agrees() {
    let Some(corpus) = std::env::var_os("QUIRK_CORPUS") else {
        eprintln!("skipped: QUIRK_CORPUS names no folder of dumps");
        return;
    };
    let corpus = Path::new(&corpus);
    let run = quirkc(&["survey", corpus.join("hex").to_str().unwrap(), "--format", "jsonl"]);
    let index = std::fs::read_to_string(corpus.join("INDEX.tsv")).unwrap();
    let lines: Vec<Vec<&str>> = index.lines().map(|line| line.split('\t').collect()).collect();
    let at = |name: &str| lines[0].iter().position(|column| *column == name).unwrap();
    let columns = ["id", "bytes", "pasid", "ats", "sriov"].map(at);
    let index: BTreeMap<&str, [&str; 5]> =
        lines[1..].iter().map(|line| (line[0], columns.map(|column| line[column]))).collect();
    let mut compared = 0;
    for line in run.stdout.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let name = Path::new(row["file"].as_str().unwrap()).file_name().unwrap().to_str().unwrap().to_owned();
        let Some(expected) = index.get(name.as_str()).filter(|expected| !expected[0].starts_with("ffff")) else {
            continue;
        };
        let flag = |is: bool| if is { "1" } else { "0" };
        let ids = format!("{:04x}:{:04x}", row["vendor"].as_u64().unwrap(), row["device"].as_u64().unwrap());
        assert_eq!((ids.as_str(), row["size"].to_string().as_str()), (expected[0], expected[1]), "{name}");
        let found = [!row["pasid"].is_null(), row["ats"] == true, row["sriov"] == true].map(flag);
        assert_eq!(found, expected[2..], "{name}");
        compared += 1;
    }
    assert!(compared > 100, "{compared}");
}
