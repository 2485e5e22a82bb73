//! The C output in its other forms: two files, a kernel's types, another prefix. Each says what the one header says.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn quirkc(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_quirkc")).current_dir(folder).arg("build").args(arguments).output().unwrap()
}

fn built(folder: &Path, input: &Path, arguments: &[&str]) {
    let input = input.to_str().unwrap();
    let output = quirkc(folder, &[&["--emit", "c", input], arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn has(compiler: &str) -> bool {
    let there = Command::new(compiler).arg("--version").output().is_ok_and(|output| output.status.success());
    if !there {
        println!("skipped: {compiler} is not installed");
    }
    there
}

/// A folder with what a kernel has instead of `<stdint.h>`, and the program that prints all that a header says.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("linux")).unwrap();
    let types = "#include <stdint.h>\ntypedef uint8_t u8;\ntypedef uint16_t u16;\ntypedef uint32_t u32;\n";
    fs::write(folder.path().join("linux/types.h"), types).unwrap();
    fs::write(folder.path().join("linux/stddef.h"), "#include <stddef.h>\n").unwrap();
    fs::write(folder.path().join("probe.c"), include_str!("agreement/probe.c")).unwrap();
    folder
}

const WARNINGS: [&str; 6] = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror"];

fn compile(folder: &Path, compiler: &str, arguments: &[&str]) {
    let mut command = Command::new(compiler);
    command.current_dir(folder).args(["-std=c11", "-O1", "-I."]).args(WARNINGS).args(arguments);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{compiler} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn printed(folder: &Path, program: &str) -> String {
    let output = Command::new(folder.join(program)).stdin(std::process::Stdio::null()).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_header_with_a_source_file_says_what_one_header_says() {
    let folder = folder();
    let folder = folder.path();
    for input in
        ["compiler/tests/cases/every_match/main.quirk", "compiler/tests/cases/dvsec_table/main.quirk", "quirks"]
    {
        let input = root().join(input);
        for compiler in ["gcc", "clang"].into_iter().filter(|name| has(name)) {
            built(folder, &input, &["-o", "quirk.h"]);
            compile(folder, compiler, &["-o", "one", "probe.c"]);
            let expected = printed(folder, "one");
            assert!(expected.lines().count() > 3, "{expected}");
            built(folder, &input, &["-o", "quirk.c", "--header", "quirk.h"]);
            compile(folder, compiler, &["-o", "two", "probe.c", "quirk.c"]);
            assert_eq!(printed(folder, "two"), expected);
            // A kernel's has no list of ids to apply a macro to, but a table of them.
            built(folder, &input, &["-o", "quirk.c", "--header", "quirk.h", "--types", "kernel"]);
            compile(folder, compiler, &["-DQUIRK_FOR_EACH_ID(X)=", "-o", "three", "probe.c", "quirk.c"]);
            let (ids, facts): (Vec<&str>, Vec<&str>) = expected.lines().partition(|line| line.starts_with("id "));
            assert_eq!(printed(folder, "three").lines().collect::<Vec<_>>(), facts);
            let table = "#include \"quirk.h\"\n#include <stdio.h>\n#define QUIRK_ID(v, d) { v, d }\n\
                         static const unsigned int ids[][2] = QUIRK_ID_TABLE;\nint main(void)\n{\n\
                         \tunsigned int at;\n\tfor (at = 0; ids[at][0] || ids[at][1]; at++)\n\
                         \t\tprintf(\"id %u:%u\\n\", ids[at][0], ids[at][1]);\n\treturn 0;\n}\n";
            fs::write(folder.join("table.c"), table).unwrap();
            compile(folder, compiler, &["-Wno-pedantic", "-Wno-missing-field-initializers", "-o", "ids", "table.c"]);
            assert_eq!(printed(folder, "ids").lines().collect::<Vec<_>>(), ids);
        }
    }
}

#[test]
fn two_prefixes_go_into_one_program() {
    let folder = folder();
    let folder = folder.path();
    let input = |name: &str| root().join("compiler/tests/cases").join(name).join("main.quirk");
    built(folder, &input("every_match"), &["-o", "a.c", "--header", "a.h", "--prefix", "first"]);
    built(folder, &input("mover"), &["-o", "b.h", "--prefix", "second_db"]);
    let text = fs::read_to_string(folder.join("a.c")).unwrap() + &fs::read_to_string(folder.join("a.h")).unwrap();
    let code: String = text.split("/*").map(|part| part.split_once("*/").map_or(part, |(_, code)| code)).collect();
    assert!(!code.to_ascii_lowercase().contains("quirk_"), "{code}");
    let program = "#include \"a.h\"\n#include \"b.h\"\nint main(void)\n{\n\
                   \treturn first_devices[0].name == second_db_devices[0].name || FIRST_DEVICES == SECOND_DB_DEVICES;\n}\n";
    fs::write(folder.join("both.c"), program).unwrap();
    for compiler in ["gcc", "clang"].into_iter().filter(|name| has(name)) {
        compile(folder, compiler, &["-o", "both", "both.c", "a.c"]);
        assert_eq!(printed(folder, "both"), "");
    }
}

#[test]
fn a_place_says_who_vouches_for_its_bytes() {
    let folder = folder();
    let folder = folder.path();
    let text = "edition 1;
device by_vendor { name \"A\"; match pci(0xfffe, 1); free @ 0x400..0x500 { evidence vendor \"letter\"; evidence dump \"d\"; }
    pasid { place free; } allow missing-test \"C\"; }
device own { name \"B\"; match pci(0xfffe, 2); layout { ext pasid @ 0x200 { evidence datasheet \"table 7\"; } }
    pasid { place native; } allow missing-test \"C\"; }
";
    fs::write(folder.join("main.quirk"), text).unwrap();
    built(folder, Path::new("main.quirk"), &["-o", "quirk.h"]);
    let header = fs::read_to_string(folder.join("quirk.h")).unwrap();
    let (_, places) = header.split_once("quirk_places[] = {").unwrap();
    let (places, _) = places.split_once("};").unwrap();
    let rows: Vec<&str> = places.lines().filter(|line| line.contains(".offset")).map(str::trim).collect();
    let row = |offset, kind, evidence| {
        format!("{{ .offset = {offset}, .kind = QUIRK_PLACE_{kind}, .evidence = QUIRK_EVIDENCE_{evidence} }},")
    };
    assert_eq!(rows, [row("0x400", "FREE", "VENDOR"), row("0x200", "NATIVE", "DATASHEET")]);
    assert!(places.contains("/* vendor: letter */") && places.contains("/* datasheet: table 7 */"), "{places}");
}

#[test]
fn what_cannot_be_is_refused_with_the_way_out() {
    let folder = folder();
    let folder = folder.path();
    fs::write(folder.join("main.quirk"), "edition 1;\n").unwrap();
    for (arguments, expected) in [
        (&["--emit", "rust", "--prefix", "x", "-o", "x.rs"][..], "`--prefix` is about C"),
        (&["--emit", "db", "--types", "kernel", "-o", "x.db"], "`--types` is about C"),
        (&["--emit", "json", "--header", "x.h", "-o", "x.json"], "`--header` is about C"),
        (&["--emit", "c", "--prefix", "9x", "-o", "x.h"], "`9x` is no prefix: expected a lower-case letter"),
        (&["--emit", "c", "--header", "x.h", "-o", "-"], "`--header` makes two files"),
        (&["--emit", "c", "--header", "x.h", "-o", "x.h"], "`--header` and `--output` are the same file"),
        (&["--emit", "c", "--header", "a\"b.h", "-o", "x.c"], "a source file cannot include this name"),
    ] {
        let output = quirkc(folder, &[arguments, &["main.quirk"]].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
    assert!(fs::read_dir(folder).unwrap().all(|entry| !entry.unwrap().file_name().to_string_lossy().starts_with("x.")));
    // Both files are looked at.
    let both = ["--emit", "c", "--header", "x.h", "-o", "x.c", "main.quirk"];
    assert_eq!(quirkc(folder, &both).status.code(), Some(0));
    let check = [&both[..], &["--check"]].concat();
    assert_eq!(quirkc(folder, &check).status.code(), Some(0));
    fs::write(folder.join("x.h"), "changed\n").unwrap();
    let output = quirkc(folder, &check);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("x.h: it is not what would be written"));
}
