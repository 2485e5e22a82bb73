//! `quirkc import`: a draft compiles, is formatted, passes its test, and states every capability where lspci sees one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use quirk_compiler::files::Disk;
use quirk_compiler::{Input, Options, compile};
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
    assert!(
        text.contains("; live, other bytes in other records: 0x700..0x704 register \"unnamed\" @ 0x700..0x70c;"),
        "{text}"
    );
    // The Next pointer of AER.
    assert!(text.contains("// live, other bytes in other records: 0x103..0x104 ext aer @ 0x100"), "{text}");
    assert!(text.contains("seen 2;") && text.contains("revision [0x01, 0x02];"), "{text}");
}

/// A device that others are like.
const BASE: &str = r#"edition 1;
device mover {
    name "Mover";
    match pci(0xfffe, 0x1000);
    layout {
        cap pcie @ 0x40;
        ext aer @ 0x100;
        ext ats @ 0x200;
        ext ltr @ 0x280;
        ext dvsec(vendor: 0xfffe, id: 0x0042) @ 0x300;
        register "port logic" @ 0x700..0x708 { evidence driver "x/y.c PORT_LOGIC"; }
    }
    PASID
}
test "mover" { given device mover view vfio; EXPECT }
"#;

fn base(pasid: &str, expect: &str) -> String {
    BASE.replace("PASID", pasid).replace("EXPECT", expect)
}

#[test]
fn of_a_device_like_another_only_what_differs_is_written() {
    let files = Folder::new();
    let dump = files.file("dump.txt", space().text("65:00.0"));
    files.file("base.quirk", base("", "expect no pasid;"));
    let out = files.0.path().join("out.quirk");
    let run = import(&[dump.to_str().unwrap(), "--like", "mover", "-o", out.to_str().unwrap()]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let text = std::fs::read_to_string(&out).unwrap();
    for verb in [&["check", "--no-config"][..], &["fmt", "--check"], &["test", "--no-config"]] {
        let run = quirkc(&[verb, &[out.to_str().unwrap()]].concat());
        assert_eq!(run.code, 0, "{verb:?}: {}{}\n{text}", run.stdout, run.stderr);
    }
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "use \"base.quirk\" as base;",
        "like base::mover {",
        "without ext ltr @ 0x280;",
        "ext pasid @ 0x230",
        "register \"unnamed\" @ 0x708..0x70c;",
        "pasid { place native; }",
        "expect pasid @ 0x230;",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    for taken_over in ["cap pcie", "ext aer", "ext ats", "ext dvsec", "0x700.."] {
        assert!(!text.contains(taken_over), "{taken_over}\n{text}");
    }
}

/// Nobody who vouched for free bytes of one device vouched for those of another.
#[test]
fn a_draft_takes_over_no_free_bytes() {
    let free = "free @ 0x400..0x480 { evidence vendor \"letter\"; } pasid { place free; }";
    for (pasid, expect, taken) in [
        (free, "host pasid width 20; expect pasid @ 0x400;", "pasid none;"),
        ("pasid none;", "expect no pasid;", "expect no pasid;"),
    ] {
        let files = Folder::new();
        let mut space = space();
        // Its list ends before PASID.
        space.set(0x200, 0x0001_000f);
        let dump = files.file("dump.txt", space.text("65:00.0"));
        let folder = files.0.path().join("sub");
        std::fs::create_dir(&folder).unwrap();
        let base = files.file("base.quirk", base(pasid, expect));
        let outs = [folder.join("import.quirk"), folder.join("new.quirk")];
        let like = ["--like", "mover", "--quirks", base.to_str().unwrap()];
        for (out, first) in outs.iter().zip([["import", dump.to_str().unwrap()], ["new", "fffe:1002"]]) {
            let run = quirkc(&[&first[..], &like, &["-o", out.to_str().unwrap()]].concat());
            assert_eq!(run.code, 0, "{first:?}: {}", run.stderr);
            let text = std::fs::read_to_string(out).unwrap();
            assert!(text.contains("use \"../base.quirk\" as base;") && text.contains(taken), "{text}");
            for verb in [&["check", "--no-config"][..], &["fmt", "--check"], &["test", "--no-config"]] {
                let run = quirkc(&[verb, &[out.to_str().unwrap()]].concat());
                assert_eq!(run.code, 0, "{verb:?}: {}{}\n{text}", run.stdout, run.stderr);
            }
        }
    }
}

#[test]
fn what_a_draft_is_to_be_like_is_named_if_it_is_not_there() {
    let files = Folder::new();
    let one = files.file("one.quirk", base("", "expect no pasid;"));
    let two = files.file("two.quirk", base("", "expect no pasid;"));
    let broken = files.file("broken.quirk", base("max_width 21;", "expect no pasid;"));
    let (one, two, broken) = (one.to_str().unwrap(), two.to_str().unwrap(), broken.to_str().unwrap());
    for (args, message) in [
        (&["--like", "mover", "--quirks", broken][..], "`mover` is described here, and the file has errors: "),
        (&["--like", "mover", "--quirks", "no/such.quirk"], "no/such.quirk: "),
        (&["--like", "mover", "--quirks", one, "--name", "mover"], "cannot have its name"),
        (&["--like", "nobody", "--quirks", one], "no device is called `nobody`"),
        (&["--like", "mover", "--quirks", one, two], "`mover` is described in"),
        (&["--quirks", one], "--like"),
    ] {
        let run = quirkc(&[&["new", "fffe:1002"], args].concat());
        assert!(run.code == 2 && run.stderr.contains(message), "{}", run.stderr);
    }
}

/// A draft calls the other's file by a name that its own device does not have.
#[test]
fn a_device_may_have_the_name_of_the_file_that_it_takes_over_from() {
    let files = Folder::new();
    files.file("one.quirk", base("", "expect no pasid;"));
    let out = files.0.path().join("new.quirk");
    let run = quirkc(&["new", "fffe:1002", "--like", "mover", "--name", "base", "-o", out.to_str().unwrap()]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(std::fs::read_to_string(out).unwrap().contains("device base like other::mover"));
}

#[test]
fn a_blank_description_compiles_and_is_written_once() {
    let files = Folder::new();
    let out = files.0.path().join("new.quirk");
    let out = out.to_str().unwrap();
    let run = quirkc(&["new", "fffe:1001", "--name", "mover", "--title", "A \"mover\"", "-o", out]);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""));
    let text = std::fs::read_to_string(out).unwrap();
    for part in ["device mover {", "A \\\"mover\\\"", "match pci(0xfffe, 0x1001);", "evidence datasheet"] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    for verb in [&["check", "--no-config"][..], &["fmt", "--check"], &["test", "--no-config"]] {
        let run = quirkc(&[verb, &[out]].concat());
        assert_eq!(run.code, 0, "{verb:?}: {}{}", run.stdout, run.stderr);
    }
    let again = quirkc(&["new", "fffe:1001", "-o", out]);
    assert!(again.code == 2 && again.stderr.contains("cannot be written"), "{}", again.stderr);
    for (args, message) in
        [(&["fffe"][..], "expected vendor and device id"), (&["fffe:1001", "--name", "a-b"], "`a-b` is no name")]
    {
        let run = quirkc(&[&["new"], args].concat());
        assert!(run.code == 2 && run.stderr.contains(message), "{}", run.stderr);
    }
    let report: Value = serde_json::from_str(&quirkc(&["new", "fffe:1001", "--format", "json"]).stdout).unwrap();
    let schema = include_str!("../../../../docs/new.schema.json");
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    assert!(validator.is_valid(&report), "{report}");
    assert!(report["text"].as_str().unwrap().contains("device device_fffe_1001 {"));
}

#[test]
fn plan_ends_by_naming_import_where_nothing_describes_the_function() {
    let files = Folder::new();
    let dump = files.file("dump.txt", Space::endpoint(&[(0x100, 0x01)]).text("65:00.0"));
    let quirk = files.file("devices.quirk", "edition 1;\ndevice mover { name \"m\"; match pci(0xfffe, 0x1001); }\n");
    let dump = dump.to_str().unwrap();
    for options in [&["--pasid", "16"][..], &["--pasid", "16", "--tail"], &[]] {
        let plan = |more: &[&str]| quirkc(&[&["plan", "--config", dump], options, more].concat());
        let last = |run: &Run| run.stdout.lines().last().unwrap().trim().to_owned();
        let run = plan(&[]);
        assert_eq!(
            last(&run),
            "nothing describes this function: `quirkc import` drafts a description of it",
            "{}",
            run.stdout
        );
        let described = plan(&["--quirks", quirk.to_str().unwrap()]);
        assert!(!described.stdout.contains("quirkc import"), "{}", described.stdout);
    }
    let gone = files.file("gone.bin", vec![0xff; 4096]);
    let run = quirkc(&["plan", "--config", gone.to_str().unwrap()]);
    assert!(!run.stdout.contains("quirkc import"), "{}", run.stdout);
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

/// What `lspci` calls a capability, and what the language does. Ids that lspci has no name for are printed as numbers.
const NAMES: [(&str, &str); 44] = [
    ("Power Management", "cap pm"),
    ("AGP", "cap agp"),
    ("Vital Product Data", "cap vpd"),
    ("MSI: ", "cap msi"),
    ("MSI-X: ", "cap msix"),
    ("CompactPCI hot-swap", "cap hotswap"),
    ("PCI-X", "cap pcix"),
    ("HyperTransport", "cap ht"),
    ("Debug port", "cap debug"),
    ("Hot-plug capable", "cap hotplug"),
    ("Subsystem: ", "cap ssvid"),
    ("Secure device", "cap secure"),
    ("Express ", "cap pcie"),
    ("SATA HBA", "cap sata"),
    ("PCI Advanced Features", "cap af"),
    ("Enhanced Allocation", "cap ea"),
    ("Advanced Error Reporting", "ext aer"),
    ("Virtual Channel", "ext vc"),
    ("Device Serial Number", "ext dsn"),
    ("Power Budgeting", "ext power"),
    ("Root Complex Link", "ext rcld"),
    ("Access Control Services", "ext acs"),
    ("Alternative Routing-ID", "ext ari"),
    ("Address Translation Service", "ext ats"),
    ("Single Root I/O Virtualization", "ext sriov"),
    ("Multicast", "ext mcast"),
    ("Page Request Interface", "ext pri"),
    ("Physical Resizable BAR", "ext rebar"),
    ("Transaction Processing Hints", "ext tph"),
    ("Latency Tolerance Reporting", "ext ltr"),
    ("Secondary PCI Express", "ext secpcie"),
    ("Process Address Space ID", "ext pasid"),
    ("Downstream Port Containment", "ext dpc"),
    ("L1 PM Substates", "ext l1ss"),
    ("Precision Time Measurement", "ext ptm"),
    ("Designated Vendor-Specific", "ext dvsec"),
    ("Data Link Feature", "ext dlf"),
    ("Physical Layer 16.0 GT/s", "ext pl16gt"),
    ("Lane Margining at the Receiver", "ext margining"),
    ("Native PCIe Enclosure Management", "ext npem"),
    ("Data Object Exchange", "ext doe"),
    ("Extended Capability ID 0x2a", "ext pl32gt"),
    ("Extended Capability ID 0x2b", "ext altproto"),
    ("Extended Capability ID 0x2f", "ext dev3"),
];

/// Offset and name of each capability as lspci prints it.
fn lspci(dump: &Path) -> Option<BTreeSet<(u16, String)>> {
    // It refuses a file with a line of more than 255 bytes, such as some names make.
    let text = std::fs::read(dump).unwrap();
    let lines = text.split(|&byte| byte == b'\n').map(|line| &line[..line.len().min(200)]);
    let files = Folder::new();
    let short = files.file("dump", lines.collect::<Vec<_>>().join(&b'\n'));
    let output = Command::new("lspci").args(["-vv", "-F"]).arg(short).output().ok()?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("dump:"), "{}: {said}", dump.display());
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let capability = |line: &str| {
        let (offset, name) = line.trim().strip_prefix("Capabilities: [")?.split_once("] ")?;
        let offset = u16::from_str_radix(offset.split(' ').next()?, 16).ok()?;
        // A list that goes in a circle ends where lspci says so.
        if name.starts_with("<chain") {
            return None;
        }
        let space = if offset < 0x100 { "cap" } else { "ext" };
        let known = NAMES.iter().find(|(theirs, _)| name.starts_with(theirs)).map(|(_, ours)| (*ours).to_owned());
        let known = known.or_else(|| {
            let is_vendor = name.starts_with("Vendor Specific Information");
            let word = if is_vendor {
                "vendor"
            } else if name.starts_with("Null") {
                "null"
            } else {
                return None;
            };
            Some(format!("{space} {word}"))
        });
        Some((offset, known.unwrap_or_else(|| format!("{space} {name}"))))
    };
    Some(text.lines().filter_map(capability).collect())
}

/// Offset and name of each capability that a draft states, or says in a comment that it cannot.
fn stated(text: &str) -> BTreeSet<(u16, String)> {
    let statement = |line: &str| {
        let line = line.trim().trim_start_matches("// not stated: ");
        let (name, rest) = line.split_once('@')?;
        let digits: String = rest.trim().strip_prefix("0x")?.chars().take_while(char::is_ascii_hexdigit).collect();
        let mut words = name.split_whitespace();
        let space = words.next().filter(|space| ["cap", "ext"].contains(space))?;
        let kind = words.next()?.split('(').next()?;
        // One that no list reaches is `optional`, of a single record.
        let is_listed = !rest.split(';').next()?.ends_with(" optional");
        let offset = u16::from_str_radix(&digits, 16).ok()?;
        is_listed.then(|| (offset, format!("{space} {kind}")))
    };
    text.lines().filter_map(statement).collect()
}

/// What of a draft does not hold: judged by the compiler, the formatter, its own test, and lspci.
fn judge(dump: &Path, left_out: &mut u64) -> Result<bool, String> {
    let name = dump.display();
    let run = import(&[dump.to_str().unwrap(), "--format", "json", "--id", "fffe:1001"]);
    if run.stderr.contains("does not answer") {
        return Ok(false);
    }
    if run.code > 1 {
        return Err(format!("{name}: {}", run.stderr));
    }
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let text = report["text"].as_str().unwrap();
    *left_out += report["devices"][0]["left_out"].as_u64().unwrap();
    if quirk_dsl::format(text).ok().as_deref() != Some(text) {
        return Err(format!("{name}: not as `fmt` would have it"));
    }
    let input = Input::Text("draft.quirk".into(), text.to_owned());
    let compilation = compile(vec![input], &Options::default(), &Disk);
    let tests = compilation.tests();
    if compilation.errors() != 0 || tests.is_empty() || !tests.iter().all(|test| test.run().passed()) {
        return Err(format!("{name}: {:?}\n{text}", compilation.diagnostics().first().map(|found| &found.message)));
    }
    let (ours, Some(theirs)) = (stated(text), lspci(dump)) else { return Ok(false) };
    let differ = |some: &BTreeSet<_>, other: &BTreeSet<_>| some.difference(other).cloned().collect::<Vec<_>>();
    let (missing, invented) = (differ(&theirs, &ours), differ(&ours, &theirs));
    if missing.is_empty() && invented.is_empty() {
        return Ok(true);
    }
    Err(format!("{name}: missing {missing:x?}, invented {invented:x?}"))
}

/// Every capability that lspci sees, and no other, is stated at its offset by its id, or is a comment that says why not. Needs
/// dumps in `QUIRK_CORPUS`.
#[test]
fn the_layout_of_real_dumps_agrees_with_lspci() {
    let Some(corpus) = std::env::var_os("QUIRK_CORPUS") else {
        eprintln!("skipped: QUIRK_CORPUS names no folder of dumps");
        return;
    };
    if Command::new("lspci").arg("--version").output().is_err() {
        eprintln!("skipped: `lspci` is not installed");
        return;
    }
    let entries = std::fs::read_dir(Path::new(&corpus).join("hex")).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let work = |part: &[PathBuf]| {
        let (mut compared, mut left_out, mut wrong) = (0, 0, Vec::new());
        for path in part {
            match judge(path, &mut left_out) {
                Ok(is_compared) => compared += usize::from(is_compared),
                Err(why) => wrong.push(why),
            }
        }
        (compared, left_out, wrong)
    };
    let results: Vec<_> = std::thread::scope(|scope| {
        let parts = paths.chunks(paths.len().div_ceil(2));
        let threads: Vec<_> = parts.map(|part| scope.spawn(move || work(part))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let wrong: Vec<_> = results.iter().flat_map(|(.., wrong)| wrong.clone()).collect();
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), paths.len(), wrong.join("\n"));
    let compared: usize = results.iter().map(|(compared, ..)| compared).sum();
    let left_out: u64 = results.iter().map(|(_, left_out, _)| left_out).sum();
    eprintln!("{compared} of {} dumps, {left_out} statements left out", paths.len());
    assert!(compared * 20 > paths.len() * 19, "{compared} of {}", paths.len());
}
