//! `quirkc report`: nothing of what names a device or a machine is left, and everything else is.

use serde_json::Value;

use crate::fixture::{Folder, Space, quirkc};

const SERIAL: [u32; 2] = [0x9a7b_3c1d, 0xfe5e_2f81];
const BAR: u32 = 0x8a3d_500c;
const MSI: u32 = 0xfee1_7a00;
const VPD: u32 = 0x7d5e_8003;
const SUBSYSTEM: u32 = 0x6a51_4c2b;

/// An endpoint with a secret of every kind, and copies of its serial number.
fn space() -> Space {
    let mut space = Space::endpoint(&[(0x100, 0x03), (0x140, 0x10), (0x200, 0x0f)]);
    space.set(0x10, BAR);
    space.set(0x14, 0x0000_0038);
    space.set(0x2c, SUBSYSTEM);
    space.set(0x30, 0xf7c1_2001);
    space.set(0x40, 0x0002_8010);
    space.set(0x80, 0x0080_9005);
    space.set(0x84, MSI);
    space.set(0x8c, 0x4123);
    space.set(0x90, VPD);
    space.set(0x94, 0x4c34_3154);
    space.set(0x104, SERIAL[0]);
    space.set(0x108, SERIAL[1]);
    space.set(0x140 + 0x24, 0x91ab_c00c);
    // Copies: as they are, and as a driver keeps an address of Ethernet.
    space.set(0x701, SERIAL[0]);
    space.set(0x705, SERIAL[1]);
    space.set(0x720, SERIAL[1].swap_bytes());
    space.set(0x724, SERIAL[0].swap_bytes());
    space.set(0x800, 0x1234_5678);
    space
}

fn report(args: &[&str]) -> (String, Vec<u8>) {
    let folder = Folder::new();
    let text = space().text("65:00.0").replace("Example Mover One", "Rack 14 of Somebody");
    let dump = folder.file("dump.txt", text);
    let run = quirkc(&[&["report", dump.to_str().unwrap()], args].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    let bytes = quirk_recorded::parse(run.stdout.as_bytes()).unwrap()[0].original().to_vec();
    (run.stdout, bytes)
}

/// Every run of bytes that must not be there.
fn secrets() -> Vec<Vec<u8>> {
    let serial: Vec<u8> = SERIAL.iter().flat_map(|dword| dword.to_le_bytes()).collect();
    let reversed = serial.iter().rev().copied().collect();
    let dwords = [BAR & !0xf, 0x91ab_c000, 0xf7c1_2000, MSI, VPD >> 16 << 16, 0x4c34_3154];
    let dwords = dwords
        .into_iter()
        .chain(SERIAL)
        .map(|dword| dword.to_le_bytes().into_iter().skip_while(|byte| *byte == 0).collect());
    dwords.chain([serial, reversed]).collect()
}

#[test]
fn no_secret_is_left_and_all_else_is() {
    let (text, bytes) = report(&[]);
    let before = space().0;
    for secret in secrets() {
        assert!(before.windows(secret.len()).any(|window| window == secret), "{secret:02x?} was there");
        assert!(!bytes.windows(secret.len()).any(|window| window == secret), "{secret:02x?}");
    }
    assert!(!text.contains("Rack") && text.starts_with("65:00.0 0880: fffe:1001 (rev 01)\n"), "{text}");
    let scrubbed =
        [0x10..0x18, 0x30..0x34, 0x84..0x8e, 0x92..0x98, 0x104..0x10c, 0x164..0x17c, 0x701..0x709, 0x720..0x728];
    for at in (0..4096).filter(|at| !scrubbed.iter().any(|range| range.contains(at))) {
        assert_eq!(bytes[at], before[at], "{at:#x}");
    }
    // What kind a BAR is stays.
    assert_eq!((bytes[0x10], bytes[0x164]), (0x0c, 0x0c));
    assert_eq!(bytes[0x2c..0x30], SUBSYSTEM.to_le_bytes());
}

#[test]
fn the_subsystem_goes_on_request() {
    let (_, bytes) = report(&["--subsystem"]);
    assert_eq!(bytes[0x2c..0x30], [0; 4]);
}

#[test]
fn every_verb_reads_it_as_it_reads_the_dump() {
    let folder = Folder::new();
    let mut space = space();
    // Copies lie where nothing says what they are, and plans look at such bytes.
    [0x700, 0x704, 0x708, 0x720, 0x724].into_iter().for_each(|at| space.set(at, 0));
    let dump = folder.file("dump.txt", space.text("65:00.0"));
    let clean = folder.0.path().join("clean.txt");
    let (dump, clean) = (dump.to_str().unwrap(), clean.to_str().unwrap());
    let run = quirkc(&["report", dump, "-o", clean]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    assert!(run.stderr.contains("taken out of 65:00.0: BAR at 0x010"), "{}", run.stderr);
    let json = |path: &str| -> Value {
        let said = quirkc(&["plan", path, "--pasid", "20", "--format", "json"]).stdout;
        // The name is what was taken out.
        serde_json::from_str(&said.replace("System peripheral: Example Mover One (rev 01)", "0880: fffe:1001 (rev 01)"))
            .unwrap()
    };
    assert_eq!(json(dump), json(clean));
    let quirk = folder.file("mover.quirk", "edition 1;\ndevice mover { name \"M\"; match pci(0xfffe, 0x1001); layout { cap pcie @ 0x40; ext dsn @ 0x100; ext ats @ 0x200; register \"r\" @ 0x800 len 4 { evidence driver \"x\"; } } }\n");
    let verify = |path: &str| {
        let run = quirkc(&["verify", path, "--only-quirks", quirk.to_str().unwrap(), "--format", "json"]);
        (run.code, run.stdout.replace(path, "DUMP"))
    };
    let (code, said) = verify(clean);
    assert!(code <= 1 && said.contains("mover"), "{said}");
    assert_eq!(verify(dump).0, code);
    let again = quirkc(&["report", clean]);
    assert_eq!(again.stdout, std::fs::read_to_string(clean).unwrap(), "a fixed point");
}

#[test]
fn the_object_says_what_was_taken_out() {
    let folder = Folder::new();
    let dump = folder.file("dump.txt", space().text("65:00.0"));
    let run = quirkc(&["report", dump.to_str().unwrap(), "--format", "json"]);
    let value: Value = serde_json::from_str(&run.stdout).unwrap();
    let schema = include_str!("../../../../docs/report.schema.json");
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let errors: Vec<_> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let scrubbed = value["functions"][0]["scrubbed"].as_array().unwrap();
    let serial = scrubbed.iter().filter(|each| each["what"] == "serial number").count();
    assert_eq!(serial, 3, "{scrubbed:?}");
}

/// A bridge, a bridge of cards, and records of every size: nothing is read beyond their end.
#[test]
fn every_header_and_every_size_is_read() {
    for kind in [0, 1, 2, 0x7f] {
        for size in [64, 256, 4096] {
            let mut space = space();
            space.0[0x0e] = kind;
            space.0.truncate(size);
            let folder = Folder::new();
            let dump = folder.file("dump.bin", &space.0);
            let run = quirkc(&["report", dump.to_str().unwrap(), "--subsystem"]);
            assert_eq!(run.code, 0, "{kind:#x} {size} {}", run.stderr);
        }
    }
}

/// Recorded functions, where there are any: what is left has no serial number in its place, and is read again.
#[test]
fn recorded_functions_keep_no_serial_number() {
    let Some(folder) = std::env::var_os("QUIRK_CORPUS") else {
        eprintln!("skipped: QUIRK_CORPUS is not set");
        return;
    };
    let mut dumps: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    dumps.sort();
    let mut serials = 0;
    for dump in dumps.iter().filter(|dump| dump.is_file()).step_by(16) {
        let run = quirkc(&["report", dump.to_str().unwrap()]);
        if run.code != 0 {
            continue;
        }
        let before = quirk_recorded::read(&std::fs::read(dump).unwrap()).unwrap().functions;
        let after = quirk_recorded::parse(run.stdout.as_bytes()).unwrap();
        assert_eq!(before.len(), after.len());
        for (before, after) in before.iter().zip(&after) {
            let (before, after) = (before.original(), after.original());
            assert_eq!(before.len(), after.len());
            let Some(at) = serial(before) else { continue };
            let secret = &before[at..at + 8];
            if secret.iter().filter(|byte| !matches!(byte, 0 | 0xff)).count() >= 3 {
                serials += 1;
                assert!(!after.windows(8).any(|window| window == secret), "{}", dump.display());
            }
        }
    }
    println!("{serials} serial numbers");
}

/// Where the serial number lies, by a walk of the test's own.
fn serial(bytes: &[u8]) -> Option<usize> {
    let mut at = 0x100;
    for _ in 0..64 {
        let header = u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().unwrap());
        if header & 0xffff == 3 && at + 12 <= bytes.len() {
            return Some(at + 4);
        }
        at = (header >> 20) as usize & !3;
        if at < 0x100 {
            return None;
        }
    }
    None
}
