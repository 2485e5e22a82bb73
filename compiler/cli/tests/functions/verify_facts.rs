//! `quirkc verify --facts`: tables of what vendors publish, on entries of the test's own and on the library's.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::fixture::{Folder, Run, quirkc};
use crate::verify::object;

const QUIRK: &str = "edition 1;\n\
    source header = driver \"example 1, include/mover/chip1/regs.h MOVER_MAP\";\n\
    device mover {\n\
    name \"Mover\";\n\
    match pci(0xfffe, 0x1001);\n\
    layout { cap pcie @ 0x40 len 0x3c; ext aer @ 0x100 len 0x2c; register \"mailbox\" @ 0x200 len 8 { evidence header; } }\n\
    free @ 0x400..0x410 { evidence header; }\n\
    evidence header;\n\
    }\n";

const MAP: &str = "# example\nentry\tmap\tend\tregisters\nmover\tchip1\t0x1000\t0x0..0x7c 0x100..0x12c 0x200..0x208\n";

const REGISTERS: &str = "# example 1, include/mover/chip1/regs.h\noffset\taccess\tname\n\
    0x40\tR--4R\tPCI_EXPRESS_CAPABILITIES\n0x100\tR--4R\tADVANCED_ERROR_REPORTING\n0x200\tRW-4R\tMAILBOX\n";

const CAPABILITIES: &str = "# example\nentry\toffset\tkind\tregister\nmover\t0x40\tpcie\tA\nmover\t0x100\taer\tB\n";

const GENERATIONS: &str =
    "# example\ngeneration\tentries\tcapabilities\ngen1\tmover\t0x40:pcie 0x100:aer 0x300:pasid\n";

fn run(quirk: &str, table: &str) -> Run {
    let files = Folder::new();
    let (quirk, table) = (files.file("mover.quirk", quirk), files.file("facts.tsv", table));
    let (quirk, table) = (quirk.to_str().unwrap(), table.to_str().unwrap());
    quirkc(&["verify", "--facts", table, "--only-quirks", quirk, "--format", "json"])
}

/// Exit code, and rule and offset of each finding.
fn found(quirk: &str, table: &str) -> (i32, Vec<(String, Option<u64>)>) {
    let run = run(quirk, table);
    let report = object(&run);
    let table = &report["facts"][0];
    let rows = table["compared"].as_array().unwrap().iter().map(|row| &row["findings"]);
    let all = std::iter::once(&table["findings"]).chain(rows).flat_map(|list| list.as_array().unwrap());
    let finding = |each: &Value| (each["rule"].as_str().unwrap().to_owned(), each["offset"].as_u64());
    (run.code, all.map(finding).collect())
}

#[test]
fn every_form_of_table_agrees_with_what_is_true() {
    for table in [MAP, REGISTERS, CAPABILITIES, GENERATIONS] {
        assert_eq!(found(QUIRK, table), (0, vec![]), "{table}");
    }
}

#[test]
fn every_form_of_table_finds_a_wrong_offset() {
    for (table, from, to, expected) in [
        (MAP, "0x200 len 8", "0x200 len 4", &[("register-undeclared", 0x204)][..]),
        (MAP, "0x200 len 8", "0x200 len 12", &[("register-unknown", 0x208)]),
        (REGISTERS, "ext aer @ 0x100", "ext aer @ 0x104", &[("capability-unpublished", 0x104)]),
        (REGISTERS, "ext aer @ 0x100 len 0x2c", "ext ltr @ 0x100", &[("capability-kind", 0x100)]),
        (
            CAPABILITIES,
            "ext aer @ 0x100",
            "ext aer @ 0x104",
            &[("capability-unpublished", 0x104), ("capability-left-out", 0x100)],
        ),
        (CAPABILITIES, "ext aer @ 0x100 len 0x2c", "ext ltr @ 0x100", &[("capability-kind", 0x100)]),
        (GENERATIONS, "ext aer @ 0x100", "ext aer @ 0x104", &[("capability-unpublished", 0x104)]),
        (GENERATIONS, "ext aer @ 0x100 len 0x2c", "ext ltr @ 0x100", &[("capability-kind", 0x100)]),
        (GENERATIONS, "device mover", "device taker", &[("entry-lost", 0)]),
        (REGISTERS, "chip1/regs.h", "chip2/regs.h", &[("nothing-compared", 0)]),
    ] {
        assert!(QUIRK.contains(from), "{from}");
        let (code, told) = found(&QUIRK.replace(from, to), table);
        let told: Vec<_> = told.iter().map(|(rule, at)| (rule.as_str(), at.unwrap_or(0))).collect();
        assert_eq!((code, told.as_slice()), (1, expected), "{to}");
    }
    // Free bytes on a register, and free bytes of which the map says nothing.
    let freed = MAP.replace("0x200..0x208", "0x200..0x208 0x408..0x40c");
    assert_eq!(
        found(QUIRK, &freed),
        (1, vec![("free-is-register".to_owned(), Some(0x408)), ("register-undeclared".to_owned(), Some(0x408))])
    );
    let short = MAP.replace("0x1000", "0x40c");
    assert_eq!(found(QUIRK, &short), (1, vec![("free-is-register".to_owned(), Some(0x40c))]));
    let named = format!("{REGISTERS}0x40c\tRW-4R\tDOORBELL\n");
    assert_eq!(found(QUIRK, &named), (1, vec![("free-is-register".to_owned(), Some(0x40c))]));
}

#[test]
fn a_broken_table_is_told_with_its_line() {
    let run = run(QUIRK, &MAP.replace("0x0..0x7c", "0x0..0xzz"));
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("facts.tsv: line 3: `0xzz` is no offset"), "{}", run.stderr);
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The library's descriptions of one vendor, with a change.
fn with_change(files: &Folder, from: &str, to: &str) -> PathBuf {
    let mut changed = 0;
    for file in std::fs::read_dir(root().join("quirks/nvidia")).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        changed += text.matches(from).count();
        files.file(path.file_name().unwrap().to_str().unwrap(), text.replacen(from, to, 1));
    }
    assert!(changed >= 1, "{from}");
    files.0.path().to_owned()
}

/// The gate of the library: one wrong offset in an entry, and it is red.
#[test]
fn a_wrong_offset_in_the_library_is_found() {
    for (table, from, to, expected) in [
        ("nvidia-config-map.tsv", "0xee0..0xfe4,", "0xee0..0xfe4,", None),
        (
            "nvidia-config-map.tsv",
            "0xfe4..0x1000,",
            "0xfe8..0x1000,",
            Some("error[register-undeclared]: 0xfe4 is a register in `geforce_ampere`"),
        ),
        ("nvidia-gb100.tsv", "ext ats       @ 0x3a8", "ext ats       @ 0x3a8", None),
        (
            "nvidia-gb100.tsv",
            "ext ats       @ 0x3a8",
            "ext ats       @ 0x3a0",
            Some("error[capability-unpublished]: `ext ats` is declared at 0x3a0"),
        ),
    ] {
        let files = Folder::new();
        let folder = with_change(&files, from, to);
        let table = root().join("quirks/facts").join(table);
        let run = quirkc(&["verify", "--facts", table.to_str().unwrap(), "--only-quirks", folder.to_str().unwrap()]);
        assert_eq!(run.stderr, "");
        assert_eq!(run.code, i32::from(expected.is_some()), "{to}: {}", run.stdout);
        assert!(run.stdout.contains(expected.unwrap_or("all agrees")), "{to}: {}", run.stdout);
    }
}
