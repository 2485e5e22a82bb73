//! `quirkc plan` as a user meets it: what it reads, prints, writes and refuses.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A device of the project's own making: an endpoint with AER, ATS, PASID, PRI and registers at 0x700.
fn mover() -> Vec<u8> {
    let mut bytes = vec![0; 4096];
    let mut set = |at: usize, dword: u32| bytes[at..at + 4].copy_from_slice(&dword.to_le_bytes());
    set(0x00, 0x1001_fffe);
    set(0x04, 0x0010_0006);
    set(0x08, 0x0880_0001);
    set(0x34, 0x40);
    set(0x40, 0x0002_8010);
    set(0x80, 0x0007_0011);
    set(0x100, 0x2202_0001);
    set(0x220, 0x2301_000f);
    set(0x224, 0x0000_0060);
    set(0x230, 0x2401_001b);
    set(0x234, 0x0003_1402);
    set(0x240, 0x0001_0013);
    set(0x248, 0x0000_0100);
    (0x700..0x900).step_by(0x20).for_each(|at| set(at, 0x5a00_0000 | at as u32));
    bytes
}

/// The device as `lspci -xxxx` prints it.
fn text(address: &str, bytes: &[u8]) -> String {
    let hex = |row: &[u8]| row.iter().map(|byte| format!(" {byte:02x}")).collect::<String>();
    let rows = bytes.chunks(16).enumerate().map(|(row, bytes)| format!("{:02x}:{}\n", row * 16, hex(bytes)));
    format!("{address} System peripheral: Example Mover One (rev 01)\n{}\n", rows.collect::<String>())
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}

fn quirkc(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_quirkc")).args(args).env_remove("NO_COLOR").output().unwrap()
}

fn plan(config: &Path, args: &[&str]) -> Output {
    quirkc(&[&["plan", "--config", config.to_str().unwrap()], args].concat())
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn json(config: &Path, args: &[&str]) -> Value {
    let output = plan(config, &[&["--format", "json"], args].concat());
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let value = serde_json::from_slice(&output.stdout).unwrap();
    let schema = include_str!("../../../docs/plan.schema.json");
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let errors: Vec<_> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    value
}

/// Exit code 2, nothing on standard output, and the message on standard error.
fn failure(config: &Path, args: &[&str]) -> String {
    let output = plan(config, args);
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(2), ""));
    String::from_utf8(output.stderr).unwrap().replace(config.to_str().unwrap(), "DUMP")
}

#[test]
fn unreadable_dumps() {
    let folder = Folder::new();
    for size in [1, 63, 100, 255, 4095] {
        let message = failure(&folder.file("dump", vec![0; size]), &[]);
        let expected = format!(
            "error: DUMP: a binary file of {size} bytes, expected a configuration space of 64, 256 or 4096 bytes\n"
        );
        assert!(message.starts_with(&expected), "{message}");
        assert!(message.contains("\nhelp: record it again: "), "{message}");
    }
    let empty = failure(&folder.file("dump", ""), &[]);
    assert!(empty.starts_with("error: DUMP: the file is empty, expected a configuration space"), "{empty}");
    let prose = failure(&folder.file("dump", "Hello,\nworld\n"), &[]);
    assert!(prose.starts_with("error: DUMP: line 1: `Hello,` begins no dump, expected "), "{prose}");
    let short = failure(&folder.file("dump", text("00:1f.0", &mover()[..4080])), &[]);
    assert!(short.starts_with("error: DUMP: line 256: function `00:1f.0` ends after 4080 bytes"), "{short}");
    let missing = failure(Path::new("/nonexistent/dump"), &[]);
    assert!(missing.starts_with("error: DUMP: No such file"), "{missing}");
}

#[test]
fn bad_usage() {
    let folder = Folder::new();
    let dump = folder.file("dump", mover());
    for args in [
        &["--pasid", "0"][..],
        &["--pasid", "21"],
        &["--pasid", "20,read"],
        &["--viommu-pasid", "21"],
        &["--offset", "here"],
        &["--offset", "0x10000"],
        &["--view", "cooked"],
        &["--format", "yaml"],
        &["--function", "1f.0"],
        &["--frobnicate"],
        &["--quirks", "/nonexistent.quirk"],
        &["--quirks", "/dev/null"],
        &["--layer", "nobody:clique=1"],
        &["--layer", ":clique=1"],
        &["--layer", "a:b"],
        &["--without-layer", "nobody"],
        &["--layer", "a", "--format", "qemu"],
    ] {
        let message = failure(&dump, args);
        assert!(message.starts_with("error: "), "{message}");
    }
    assert_eq!(quirkc(&[]).status.code(), Some(2));
    assert_eq!(
        quirkc(&["--version"]).stdout,
        format!(
            "quirkc {} (tables {}, language edition 1)\n",
            env!("CARGO_PKG_VERSION"),
            quirk_runtime::tables::VERSION
        )
        .as_bytes()
    );
    assert_eq!(quirkc(&["--help"]).status.code(), Some(0));
    let nowhere = failure(&dump, &["--write-config", "/nonexistent/out"]);
    assert!(nowhere.starts_with("error: /nonexistent/out: cannot be written: "), "{nowhere}");
}

const QUIRK: &str = "edition 1;
device mover_one {
    name \"Example Mover One\";
    match pci(0xfffe, 0x1001) { function physical; }
    layout {
        ext aer @ 0x100;
        ext ats @ 0x220;
        register \"port logic\" @ 0x700..0x900 { evidence datasheet \"EX-1001 rev 1.2\"; }
    }
    free @ 0x400..0x700 { evidence datasheet \"EX-1001 rev 1.2\"; }
    pasid { place free; max_width 16; }
}
";

/// `QUIRK_BLESS=1` writes what came out as what is expected; look at the difference before you commit it.
#[test]
fn the_text_is_for_people() {
    let folder = Folder::new();
    let dump = folder.file("dump", text("00:1f.0", &mover()));
    folder.file("mover.quirk", QUIRK);
    let output = Command::new(env!("CARGO_BIN_EXE_quirkc"))
        .args(["plan", "--pasid", "20,exec", "--function-kind", "physical", "--quirks", "mover.quirk", "--config"])
        .arg(&dump)
        .current_dir(&folder.0)
        .output()
        .unwrap();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/plan.txt");
    if std::env::var_os("QUIRK_BLESS").is_some() {
        std::fs::write(&golden, &output.stdout).unwrap();
    }
    assert_eq!(stdout(&output), std::fs::read_to_string(golden).unwrap());
}

#[test]
fn descriptions_are_compiled_and_used() {
    let folder = Folder::new();
    let dump = folder.file("dump", text("00:1f.0", &mover()));
    let quirk = folder.file("mover.quirk", QUIRK);
    let with = |kind: &[&str]| json(&dump, &[kind, &["--pasid", "20", "--quirks", quirk.to_str().unwrap()]].concat());
    assert!(with(&["--function-kind", "virtual"])["device"].is_null());
    // A virtual function has no PASID capability.
    assert_eq!(with(&[])["function"]["kind"], "physical");
    assert!(with(&[])["device"].is_object());
    for quirks in [&quirk, &folder.0.path().to_owned()] {
        let object =
            json(&dump, &["--pasid", "20", "--function-kind", "physical", "--quirks", quirks.to_str().unwrap()]);
        assert_eq!(object["function"]["kind"], "physical");
        assert_eq!(object["placement"], serde_json::json!({ "offset": 0x400, "source": "entry" }));
        assert_eq!(object["granted"]["width"], 16);
        assert_eq!(object["device"]["name"], "mover_one");
        assert_eq!(object["device"]["title"], "Example Mover One");
        assert!(object["device"]["source"].as_str().unwrap().ends_with("mover.quirk:2"), "{}", object["device"]);
    }
    let broken = folder.file("broken.quirk", "edition 1;\ndevice a { name; }\ndevice b { nmae \"b\"; }\n");
    let message = failure(&dump, &["--quirks", broken.to_str().unwrap()]);
    assert!(
        message.starts_with("error: ") && message.contains("broken.quirk:2:") && message.contains("broken.quirk:3:")
    );
}

#[test]
fn a_dump_of_several_functions() {
    let folder = Folder::new();
    let many = [text("00:1f.0", &mover()), text("0001:00:1f.0", &mover()[..256]), text("02:00.0", &mover()[..64])];
    let dump = folder.file("dump", many.concat());
    let all = json(&dump, &[]);
    let sizes: Vec<_> = all.as_array().unwrap().iter().map(|object| object["function"]["size"].as_u64()).collect();
    assert_eq!(sizes, [Some(4096), Some(256), Some(64)]);
    let one = json(&dump, &["--function", "0000:00:1f.0"]);
    assert_eq!(one["function"]["address"], "00:1f.0");
    assert_eq!(json(&dump, &["--function", "0001:00:1f.0"])["function"]["size"], 256);
    assert_eq!(
        failure(&dump, &["--function", "05:00.0"]),
        "error: DUMP: the dump holds no function `05:00.0`\nhelp: it holds `00:1f.0`, `0001:00:1f.0`, `02:00.0`\n"
    );
    let out = folder.file("out", "");
    assert_eq!(
        failure(&dump, &["--write-config", out.to_str().unwrap()]),
        "error: `--write-config` writes one function, but the dump holds 3\n\
         help: pick one with `--function`, or write all with `--write-lspci`\n"
    );
    let mut other = mover();
    other[0x3c] ^= 1;
    let twins = folder.file("twins", text("00:1f.0", &mover()) + &text("00:1f.0", &other));
    assert_eq!(
        failure(&twins, &["--function", "00:1f.0"]),
        "error: DUMP: the dump holds 2 functions `00:1f.0`, which differ\n\
         help: leave out `--function` to see all, or cut one out of the file\n"
    );
    // A log that prints a function twice, once in part, has one.
    let printed_twice = text("00:1f.0", &mover()[..256]) + &text("00:1f.0", &mover()).repeat(2);
    let printed_twice = folder.file("printed_twice", printed_twice);
    assert_eq!(json(&printed_twice, &[])["function"]["size"], 4096);
    let nameless = folder.file("binary", mover());
    assert_eq!(
        failure(&nameless, &["--function", "00:1f.0"]),
        "error: DUMP: the dump does not say which function it is\nhelp: leave out `--function`\n"
    );
}

#[test]
fn as_many_bytes_are_written_as_were_read() {
    let folder = Folder::new();
    let (raw, lspci) = (folder.file("raw", ""), folder.file("lspci", ""));
    for size in [64, 256, 4096] {
        let dump = folder.file("dump", text("00:1f.0", &mover()[..size]));
        let args = ["--view", "raw", "--write-config", raw.to_str().unwrap(), "--write-lspci", lspci.to_str().unwrap()];
        assert_eq!(plan(&dump, &args).status.code(), Some(0));
        assert_eq!(std::fs::read(&raw).unwrap(), mover()[..size]);
        assert_eq!(std::fs::read_to_string(&lspci).unwrap(), text("00:1f.0", &mover()[..size]));
    }
}

#[test]
fn of_a_header_alone_nothing_is_placed() {
    let folder = Folder::new();
    let dump = folder.file("dump", &mover()[..64]);
    let object = json(&dump, &["--pasid", "20"]);
    assert!(object["placement"].is_null());
    assert!(object["findings"].as_array().unwrap().iter().any(|finding| finding["code"] == "header-only"));
    let object = json(&dump, &["--pasid", "20", "--offset", "0x400"]);
    assert!(object["candidates"].as_array().unwrap().iter().any(|candidate| candidate["reason"] == "not-recorded"));
}

#[test]
fn a_device_that_is_gone_is_a_finding() {
    let folder = Folder::new();
    let object = json(&folder.file("dump", [0xff; 4096]), &["--pasid", "20", "--view", "raw"]);
    assert!(object["placement"].is_null());
    assert!(object["findings"].as_array().unwrap().iter().any(|finding| finding["code"] == "device-gone"));
}

#[test]
fn standard_input_is_read() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_quirkc"))
        .args(["plan", "--config", "-", "--format", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&mover()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap()["function"]["vendor"], 0xfffe);
}

#[test]
fn colours_are_for_terminals() {
    let folder = Folder::new();
    let dump = folder.file("dump", mover());
    let run = |variable: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quirkc"));
        command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
        let output = command.env(variable, "1").args(["plan", "--config"]).arg(&dump).output().unwrap();
        stdout(&output).contains('\x1b')
    };
    assert!(!run("UNRELATED"), "a pipe is no terminal");
    assert!(run("CLICOLOR_FORCE"));
    assert!(!run("NO_COLOR"));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = Folder::new();
    let many: String = (0..200).map(|at| text(&format!("{at:04x}:00:1f.0"), &mover())).collect();
    let dump = folder.file("dump", many);
    let mut child = Command::new(env!("CARGO_BIN_EXE_quirkc"))
        .args(["plan", "--config"])
        .arg(&dump)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let folder = Folder::new();
    let dump = folder.file("dump", text("00:1f.0", &mover()));
    for format in ["text", "json"] {
        let run = || stdout(&plan(&dump, &["--pasid", "20,exec", "--offset", "0x400", "--format", format]));
        assert_eq!(run(), run());
    }
}

#[test]
fn an_operators_offset_gets_pasid() {
    let folder = Folder::new();
    let dump = folder.file("dump", text("00:1f.0", &mover()));
    let object = json(&dump, &["--pasid", "20,exec", "--offset", "0x400", "--viommu-pasid", "16"]);
    assert_eq!(object["placement"], serde_json::json!({ "offset": 0x400, "source": "operator" }));
    assert_eq!(object["granted"], serde_json::json!({ "width": 16, "execute": true, "privileged": false }));
    let offsets = |list: &str| -> Vec<_> {
        object[list].as_array().unwrap().iter().map(|it| it["offset"].as_u64().unwrap()).collect()
    };
    assert_eq!(offsets("chain_before"), [0x100, 0x220, 0x240]);
    assert_eq!(offsets("chain"), [0x100, 0x220, 0x240, 0x400]);
    assert_eq!(offsets("hidden"), [0x230]);
    assert_eq!(offsets("conventional"), [0x40, 0x80]);
}

#[test]
fn a_refused_offset_is_exit_code_1() {
    let folder = Folder::new();
    let dump = folder.file("dump", text("00:1f.0", &mover()));
    let both = folder.file("both", [text("00:1f.0", &mover()), text("00:1f.1", &mover()[..256])].concat());
    for (args, reason) in [
        (&["--offset", "0x224"][..], "capability-body"),
        (&["--offset", "0x220"], "capability-header"),
        (&["--offset", "0x234"], "hidden-capability"),
        (&["--offset", "0x401"], "unaligned"),
        (&["--offset", "0xffc"], "out-of-bounds"),
        (&["--offset", "0xfffc"], "out-of-bounds"),
        (&["--offset", "0x40"], "out-of-bounds"),
        (&["--offset", "0x400", "--view", "raw"], "visible"),
    ] {
        let args = [&["--pasid", "20"], args].concat();
        assert_eq!(plan(&dump, &args).status.code(), Some(1), "{args:?}");
        let object = json(&dump, &args);
        assert!(object["placement"].is_null(), "{args:?}");
        let operator = object["candidates"].as_array().unwrap().iter().find(|it| it["source"] == "operator").unwrap();
        assert_eq!((&operator["verdict"], &operator["reason"]), (&"refused".into(), &reason.into()), "{args:?}");
    }
    let output = plan(&both, &["--pasid", "20", "--offset", "0x400"]);
    assert_eq!(output.status.code(), Some(1), "one of two was refused");
}

const LAYERS: &str = "edition 1;
layer clique {
    match pci(0xfffe, any) { class 0x08_0000 mask 0xff_0000; }
    param clique: u4;
    param blob: bytes(2);
    emulate cap vendor @ [0x84, 0xc8] len 12 {
        bytes @ 2 [12, 'P', '2', 'P'] ro;
        u8 @ 6 = clique << 3 ro;
        bytes @ 8 = blob ro;
    }
    mirror bar 0 @ 0x88000 len 0x1000;
    hide ext ats;
}
layer quiet { match pci(any, any); default on; unassigned deny; }
layer odd { match pci(any, any); default on; emulate u8 @ ext sriov + 4 = 0 ro; }
";

#[test]
fn layers_are_switched_on_with_their_parameters() {
    let folder = Folder::new();
    let dump = folder.file("dump", text("00:1f.0", &mover()));
    let quirk = folder.file("layers.quirk", LAYERS);
    let quirks = ["--pasid", "20", "--offset", "0x400", "--quirks", quirk.to_str().unwrap()];
    let guest = folder.file("guest", "");
    let layer = ["--layer", "clique:clique=5,blob=0a0B", "--write-config", guest.to_str().unwrap()];
    let object = json(&dump, &[&quirks[..], &layer].concat());
    let layers: Vec<_> = object["layers"].as_array().unwrap().iter().collect();
    let of = |at: usize| (&layers[at]["name"], &layers[at]["applied"], &layers[at]["reason"]);
    assert_eq!(of(0), (&"odd".into(), &false.into(), &"anchor-absent".into()));
    assert_eq!(of(1), (&"quiet".into(), &true.into(), &Value::Null));
    assert_eq!(of(2), (&"clique".into(), &true.into(), &Value::Null));
    assert!(layers[2]["source"].as_str().unwrap().ends_with("layers.quirk:2"));
    let mirror = serde_json::json!({ "bar": 0, "offset": 0x88000, "length": 0x1000, "config": 0 });
    assert_eq!(object["mirrors"], serde_json::json!([mirror]));
    let offsets = |list: &str| -> Vec<_> {
        object[list].as_array().unwrap().iter().map(|it| it["offset"].as_u64().unwrap()).collect()
    };
    assert_eq!((offsets("chain"), offsets("conventional")), (vec![0x100, 0x240, 0x400], vec![0x40, 0x80, 0xc8]));
    let messages: Vec<_> = object["findings"].as_array().unwrap().iter().map(|it| it["message"].as_str()).collect();
    assert!(messages.contains(&Some("layer `odd` is not applied: the guest sees no ext sriov")), "{messages:?}");
    let bytes = std::fs::read(&guest).unwrap();
    assert_eq!(bytes[0xc8..0xd4], [9, 0, 12, b'P', b'2', b'P', 5 << 3, 0, 0x0a, 0x0b, 0, 0]);
    assert_eq!(bytes[0x700..0x704], [0; 4], "unassigned bytes are denied");

    let text = stdout(&plan(&dump, &[&quirks[..], &layer[..2]].concat()));
    assert!(text.contains("layer `clique` (") && text.contains("not applied: the guest sees no ext sriov"), "{text}");
    let object = json(&dump, &[&quirks[..], &["--without-layer", "quiet", "--without-layer", "odd"]].concat());
    assert_eq!(object["layers"], serde_json::json!([]));
    let missing = json(&dump, &[&quirks[..], &["--layer", "clique:clique=5"]].concat());
    let clique = missing["layers"].as_array().unwrap().iter().find(|layer| layer["name"] == "clique").unwrap();
    assert_eq!(
        (&clique["reason"], &clique["message"]),
        (&"param-missing".into(), &"the parameter `blob` has no value".into())
    );
    for (layer, expected) in [
        ("cliqe", "error: the descriptions have no layer `cliqe`\nhelp: they have "),
        ("clique:clique=16", "error: `clique=16`: expected a number of 4 bits\n"),
        ("clique:clique=-1", "error: `clique=-1`: expected a number of 4 bits\n"),
        ("clique:blob=123", "error: `blob=123`: expected 2 bytes, each of two hex digits\n"),
        ("clique:lane=1", "error: the layer `clique` has no parameter `lane`\n"),
    ] {
        let message = failure(&dump, &[&quirks[..], &["--layer", layer]].concat());
        assert!(message.starts_with(expected), "{message}");
    }
}

/// DVSECs that abut, as CXL devices have them, and a mailbox after them.
fn behind_dvsecs_that_abut() -> Vec<u8> {
    let mut bytes = mover();
    let mut set = |at: usize, dword: u32| bytes[at..at + 4].copy_from_slice(&dword.to_le_bytes());
    (0x100..0x300).step_by(4).for_each(|at| set(at, 0));
    for (at, length, next) in [(0x100, 0x3c, 0x13c), (0x13c, 0x24, 0x160), (0x160, 0x10, 0x170), (0x170, 0x20, 0x190)] {
        set(at, next << 20 | 0x1_0023);
        set(at + 4, length << 20 | 0x1_1e98);
    }
    set(0x190, 0x0001_002e);
    bytes
}

#[test]
fn what_the_kernel_leaves_linked_is_in_the_list_and_not_hidden() {
    let folder = Folder::new();
    let config = folder.file("abut.bin", behind_dvsecs_that_abut());
    let value = json(&config, &[]);
    let list: Vec<_> = value["chain_before"].as_array().unwrap().iter().map(|each| each["offset"].clone()).collect();
    assert_eq!(list, [0x100, 0x13c, 0x160, 0x170, 0x190]);
    assert_eq!(value["chain_before"][4]["id"], 0x2e);
    assert_eq!(value["hidden"], serde_json::json!([]));
    // A dword between the two last is enough for the kernel to hide it.
    let mut apart = behind_dvsecs_that_abut();
    apart[0x166] = 0xc1;
    apart[0x167] = 0x00;
    let value = json(&folder.file("apart.bin", apart), &[]);
    assert_eq!(value["hidden"][0]["offset"], 0x190);
}

#[test]
fn what_a_record_does_not_name_has_its_name_from_the_list_of_ids() {
    let folder = tempfile::tempdir().unwrap();
    let (dump, ids) = (folder.path().join("config"), folder.path().join("pci.ids"));
    let mut bytes = vec![0; 256];
    bytes[..4].copy_from_slice(&[0xfe, 0xff, 0x04, 0x10]);
    std::fs::write(&dump, bytes).unwrap();
    std::fs::write(&ids, "fffe  Example Corp.\n\t1004  Unknown Mover\n").unwrap();
    let plan = |args: &[&str]| {
        let common = ["plan", "--config", dump.to_str().unwrap(), "--pci-ids", ids.to_str().unwrap()];
        let output = Command::new(env!("CARGO_BIN_EXE_quirkc")).args(common).args(args).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(plan(&[]).starts_with("Unknown Mover\nfffe:1004, "), "{}", plan(&[]));
    let object: Value = serde_json::from_str(&plan(&["--format", "json"])).unwrap();
    assert_eq!(object["function"]["product"], "Unknown Mover");
}
