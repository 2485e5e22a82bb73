//! `quirkc build` from outside: what it writes, when it writes, and how it ends.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

const IDS: &str = "edition 1;\nconst VENDOR = 0xfffe;\n";
const MOVER: &str = "edition 1;
use \"ids.quirk\" as ids;
device mover {
    name \"Mover\";
    match pci(ids::VENDOR, 0x1001);
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
    pasid;
    allow missing-test \"shows a build\";
}
";
const SHAKER: &str = "edition 1;
device shaker { name \"Shaker\"; match pci(0xfffe, 0x1002); allow missing-test \"shows a build\"; }
";

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("ids.quirk", IDS), ("mover.quirk", MOVER), ("shaker.quirk", SHAKER)] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn quirkc(folder: &Path, arguments: &str) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_quirkc"));
    program.current_dir(folder).args(arguments.split(' ')).output().unwrap()
}

/// Runs a build that is to end so, and gives what it said on standard error.
fn ends(folder: &Path, arguments: &str, code: i32) -> String {
    let output = quirkc(folder, arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{arguments}: {said}");
    said
}

#[test]
fn each_form_is_written_and_the_same_on_standard_output() {
    let folder = folder();
    for (emit, holds) in
        [("rust", "pub static DATABASE"), ("c", "quirk_find"), ("json", "\"mover\""), ("db", "QUIRKDB")]
    {
        assert_eq!(ends(folder.path(), &format!("build --emit {emit} -o out mover.quirk shaker.quirk"), 0), "");
        let written = fs::read(folder.path().join("out")).unwrap();
        let printed = quirkc(folder.path(), &format!("build --emit {emit} -o - mover.quirk shaker.quirk")).stdout;
        assert_eq!(written, printed);
        assert!(String::from_utf8_lossy(&written).contains(holds), "{emit}");
    }
}

#[test]
fn the_order_of_inputs_and_how_often_they_are_named_change_nothing() {
    let folder = folder();
    for emit in ["rust", "c", "json", "db"] {
        let printed = |inputs| quirkc(folder.path(), &format!("build --emit {emit} -o - {inputs}")).stdout;
        let expected = printed("ids.quirk mover.quirk shaker.quirk");
        assert!(!expected.is_empty());
        assert_eq!(printed("shaker.quirk ids.quirk mover.quirk"), expected);
        assert_eq!(printed("mover.quirk shaker.quirk ids.quirk mover.quirk"), expected);
    }
}

#[test]
fn a_file_that_says_the_same_is_left_alone() {
    let folder = folder();
    let written = || fs::metadata(folder.path().join("out.h")).unwrap().modified().unwrap();
    ends(folder.path(), "build --emit c -o out.h mover.quirk", 0);
    let long_ago = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    fs::File::options().write(true).open(folder.path().join("out.h")).unwrap().set_modified(long_ago).unwrap();
    ends(folder.path(), "build --emit c -o out.h mover.quirk", 0);
    assert_eq!(written(), long_ago);
    fs::write(folder.path().join("ids.quirk"), IDS.replace("0xfffe", "0xfffd")).unwrap();
    ends(folder.path(), "build --emit c -o out.h mover.quirk", 0);
    assert_ne!(written(), long_ago);
}

#[test]
fn a_check_writes_nothing_and_says_where_the_difference_is() {
    let folder = folder();
    let out = folder.path().join("out.rs");
    let check = "build --emit rust -o out.rs --depfile out.d --check mover.quirk";
    assert!(ends(folder.path(), check, 1).starts_with("out.rs: the file is not there\n"));
    assert!(!out.exists());
    ends(folder.path(), "build --emit rust -o out.rs mover.quirk", 0);
    assert_eq!(ends(folder.path(), check, 0), "");
    let text = fs::read_to_string(&out).unwrap().replacen("// 1 device", "// 2 device", 1);
    fs::write(&out, &text).unwrap();
    let said = ends(folder.path(), check, 1);
    assert!(said.starts_with("out.rs: it is not what would be written: line 6 differs\nhelp: "), "{said}");
    assert_eq!(fs::read_to_string(&out).unwrap(), text);
    assert!(!folder.path().join("out.d").exists());
}

#[test]
fn a_depfile_names_used_files_too() {
    let folder = folder();
    ends(folder.path(), "build --emit db -o out.db --depfile out.d mover.quirk", 0);
    let rule = fs::read_to_string(folder.path().join("out.d")).unwrap();
    assert_eq!(rule, "out.db: \\\n  ids.quirk \\\n  mover.quirk\n\nids.quirk:\n\nmover.quirk:\n");
}

#[test]
fn library_folders_are_searched() {
    let folder = folder();
    fs::create_dir(folder.path().join("lib")).unwrap();
    fs::rename(folder.path().join("ids.quirk"), folder.path().join("lib/ids.quirk")).unwrap();
    assert!(ends(folder.path(), "build --emit c -o - mover.quirk", 1).contains("there is no file `ids.quirk`"));
    ends(folder.path(), "build --emit c -o out.h -L lib mover.quirk", 0);
}

#[test]
fn errors_end_with_1_and_leave_the_output_alone() {
    let folder = folder();
    fs::write(folder.path().join("out.h"), "old").unwrap();
    fs::write(folder.path().join("shaker.quirk"), SHAKER.replace("0x1002", "0x1001")).unwrap();
    let said = ends(folder.path(), "build --emit c -o out.h mover.quirk shaker.quirk", 1);
    assert!(said.contains("error[QK0501 matchers-ambiguous]: `shaker` and `mover` both match fffe:1001"), "{said}");
    assert_eq!(fs::read_to_string(folder.path().join("out.h")).unwrap(), "old");
}

#[test]
fn a_warning_is_shown_and_stops_nothing() {
    let folder = folder();
    let text = SHAKER.replace("allow missing-test \"shows a build\"; ", "");
    fs::write(folder.path().join("shaker.quirk"), text).unwrap();
    let said = ends(folder.path(), "build --emit c -o out.h shaker.quirk", 0);
    assert!(said.starts_with("shaker.quirk:2:1: warning[QK0601 missing-test]"), "{said}");
    assert!(folder.path().join("out.h").exists());
}

#[test]
fn bad_usage_and_bad_files_end_with_2() {
    let folder = folder();
    for (arguments, says) in [
        ("build --emit c -o out.h absent.quirk", "absent.quirk"),
        ("build --emit c -o absent/out.h mover.quirk", "absent/out.h: cannot be written"),
        ("build --emit c -o - --check mover.quirk", "`--check` compares with a file"),
        ("build --emit c -o - --depfile d mover.quirk", "`--depfile` says what a file was made from"),
        ("build --emit c -o - --watch mover.quirk", "`--watch` keeps a file current"),
        ("build --emit c -o out.h --watch --check mover.quirk", "--watch"),
        ("build --emit c -o out.h --db out.db mover.quirk", "`--db` is about Rust"),
        ("build --emit rust -o - --db out.db mover.quirk", "`--db` makes two files"),
        ("build --emit rust -o out.rs --db - mover.quirk", "`--db` makes two files"),
        ("build --emit rust -o out.rs --db out.rs mover.quirk", "`--db` is to be another file"),
        ("build --emit rust -o out.rs --db ../out.db mover.quirk", "`--db` is to be another file"),
        ("build --emit cobol -o - mover.quirk", "cobol"),
        ("build --emit c mover.quirk", "--output"),
    ] {
        let said = ends(folder.path(), arguments, 2);
        assert!(said.contains(says), "{arguments}: {said}");
    }
}

#[test]
fn a_plan_takes_a_database_file() {
    let folder = folder();
    ends(folder.path(), "build --emit db -o mover.db mover.quirk", 0);
    let mut space = [0_u8; 4096];
    // Vendor, device, status: a list of capabilities; PCI Express alone at 0x40; no extended capability.
    space[..4].copy_from_slice(&[0xfe, 0xff, 0x01, 0x10]);
    space[6] = 0x10;
    space[0x34] = 0x40;
    space[0x40..0x44].copy_from_slice(&[0x10, 0x00, 0x02, 0x00]);
    fs::write(folder.path().join("config"), space).unwrap();
    let plan =
        |quirks| quirkc(folder.path(), &format!("plan --config config --pasid 20 --quirks {quirks} --format json"));
    let (text, db) = (plan("mover.quirk"), plan("mover.db"));
    assert_eq!(text.status.code(), Some(0), "{}", String::from_utf8_lossy(&text.stderr));
    assert!(String::from_utf8_lossy(&text.stdout).contains("mover.quirk:3"));
    assert_eq!(text.stdout, db.stdout);

    let mut bytes = fs::read(folder.path().join("mover.db")).unwrap();
    bytes[300] ^= 1;
    fs::write(folder.path().join("mover.db"), bytes).unwrap();
    let broken = plan("mover.db");
    assert_eq!(broken.status.code(), Some(2));
    let said = String::from_utf8_lossy(&broken.stderr).into_owned();
    assert!(said.contains("mover.db: the checksum of the database does not match its bytes"), "{said}");
}

#[test]
fn no_output_tells_where_on_the_machine_its_sources_are() {
    let folder = folder();
    let here = folder.path().canonicalize().unwrap();
    fs::create_dir(here.join("below")).unwrap();
    let sources = format!("{0}/mover.quirk {0}/shaker.quirk", here.display());
    for emit in ["rust", "c", "json", "db"] {
        let relative = quirkc(&here, &format!("build --emit {emit} -o - mover.quirk shaker.quirk")).stdout;
        assert_eq!(quirkc(&here, &format!("build --emit {emit} -o - {sources}")).stdout, relative, "{emit}");
        let below = quirkc(&here.join("below"), &format!("build --emit {emit} -o - {sources}")).stdout;
        let text = String::from_utf8_lossy(&below).into_owned();
        assert!(text.contains("../mover.quirk") && !text.contains(&here.display().to_string()), "{emit}: {text}");
    }
}

#[test]
fn an_index_includes_the_database_beside_it() {
    let folder = folder();
    let build = "build --emit rust -o out.rs --db ./quirks.db mover.quirk";
    ends(folder.path(), build, 0);
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    let (index, database) = (String::from_utf8(read("out.rs")).unwrap(), read("quirks.db"));
    ends(folder.path(), "build --emit db -o alone.db mover.quirk", 0);
    assert_eq!(database, read("alone.db"));
    // The same index as where the bytes are written out.
    ends(folder.path(), "build --emit rust -o whole.rs mover.quirk", 0);
    let whole = String::from_utf8(read("whole.rs")).unwrap();
    let (head, rest) = index.split_once("pub static DATABASE").unwrap();
    assert!(head.contains("mover") && whole.starts_with(head), "{head}");
    assert!(rest.contains(&format!("[u8; {}] = include_bytes!(\"quirks.db\");", database.len())), "{rest}");

    // Each of the two is compared.
    let check = format!("{build} --check");
    assert_eq!(ends(folder.path(), &check, 0), "");
    for (name, bytes) in [("quirks.db", database), ("out.rs", index.into_bytes())] {
        let changed: Vec<u8> = bytes.iter().copied().chain([b' ']).collect();
        fs::write(folder.path().join(name), changed).unwrap();
        let said = ends(folder.path(), &check, 1);
        assert!(said.contains(&format!("{name}: it is not what would be written")), "{said}");
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    fs::remove_file(folder.path().join("quirks.db")).unwrap();
    assert!(ends(folder.path(), &check, 1).starts_with("./quirks.db: the file is not there"));
}

/// A build that watches, and what it has said.
struct Watching {
    program: std::process::Child,
    said: std::sync::mpsc::Receiver<String>,
}

impl Watching {
    fn new(folder: &Path, arguments: &str) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_quirkc"))
            .current_dir(folder)
            .args(arguments.split(' '))
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, said) = std::sync::mpsc::channel();
        let lines = std::io::BufRead::lines(std::io::BufReader::new(program.stderr.take().unwrap()));
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { program, said }
    }

    /// Waits until it says this.
    fn says(&self, what: &str) {
        let mut before = String::new();
        let next = || self.said.recv_timeout(std::time::Duration::from_secs(60)).ok();
        let has_said = std::iter::from_fn(next).inspect(|line| before += line).any(|line| line.contains(what));
        assert!(has_said, "it did not say `{what}` after: {before}");
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.program.kill().and_then(|()| self.program.wait()).unwrap();
    }
}

#[test]
fn a_watch_keeps_the_output_current() {
    let folder = folder();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let database = || fs::read(folder.path().join("out.db")).unwrap();
    fs::create_dir(folder.path().join("lib")).unwrap();
    fs::rename(folder.path().join("ids.quirk"), folder.path().join("lib/ids.quirk")).unwrap();
    fs::create_dir(folder.path().join("quirks")).unwrap();
    fs::rename(folder.path().join("mover.quirk"), folder.path().join("quirks/mover.quirk")).unwrap();
    let watching = Watching::new(folder.path(), "build --emit db -o out.db -L lib --watch quirks");
    watching.says("`out.db` is current");
    let first = database();
    // A used file, an error and its correction, a new file.
    write("lib/ids.quirk", "edition 1;\nconst VENDOR = 0xfff0;\n");
    watching.says("`out.db` is current");
    let second = database();
    assert_ne!(first, second);
    write("quirks/mover.quirk", "edition 1;\ndevice mover {");
    watching.says("error[");
    assert_eq!(database(), second);
    write("quirks/mover.quirk", MOVER);
    watching.says("`out.db` is current");
    assert_eq!(database(), second);
    write("quirks/shaker.quirk", SHAKER);
    watching.says("`out.db` is current");
    assert_ne!(database(), second);
}

#[test]
fn the_tables_of_the_example_are_current() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/checked-in");
    let build = "build --emit rust -o src/quirks.rs --db src/quirks.db quirks";
    if std::env::var_os("QUIRK_BLESS").is_some() {
        ends(&folder, build, 0);
    }
    assert_eq!(
        ends(&folder, &format!("{build} --check"), 0),
        "",
        "run QUIRK_BLESS=1 cargo test -p quirkc --test build"
    );
    // A VMM that takes this way builds nothing of the compiler.
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    let (_, dependencies) = manifest.split_once("[dependencies]").unwrap();
    assert_eq!(dependencies.trim(), "quirk-runtime.workspace = true");
}
