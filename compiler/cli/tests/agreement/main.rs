//! Rust, C, JSON and the database file say the same: of every device, layer and profile all facts, and of every function
//! who it is and which layers match it. C holds devices alone.

#![expect(clippy::unwrap_used, reason = "tests")]

mod c;
mod facts;
mod json;
mod json_layers;
mod layers;
mod queries;

use std::path::{Path, PathBuf};
use std::process::Command;

use quirk_runtime::Database;

/// What `--emit rust` writes may be included by a crate with stricter lints than these.
#[warn(clippy::pedantic)]
mod statics {
    pub(crate) mod mover {
        #![expect(unreachable_pub, reason = "generated")]
        include!("../../../tests/cases/mover/golden.rs");
    }
    pub(crate) mod dvsec_table {
        #![expect(unreachable_pub, reason = "generated")]
        include!("../../../tests/cases/dvsec_table/golden.rs");
    }
    pub(crate) mod layers_good {
        #![expect(unreachable_pub, reason = "generated")]
        include!("../../../tests/cases/layers_good/golden.rs");
    }
    pub(crate) mod profiles {
        #![expect(unreachable_pub, reason = "generated")]
        include!("../../../tests/cases/profiles/golden.rs");
    }
    pub(crate) mod every_match {
        #![expect(unreachable_pub, reason = "generated")]
        include!("../../../tests/cases/every_match/golden.rs");
    }
}

/// The four outputs of one set of descriptions. The Rust output was compiled into this test.
struct Outputs {
    rust: Database<'static>,
    db: Vec<u8>,
    c: String,
    json: String,
}

impl Outputs {
    fn of(rust: Database<'static>, folder: &Path, inputs: &[PathBuf]) -> Self {
        let text = |emit| String::from_utf8(build(folder, inputs, emit)).unwrap();
        Self { rust, db: build(folder, inputs, "db"), c: text("c"), json: text("json") }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn build(folder: &Path, inputs: &[PathBuf], emit: &str) -> Vec<u8> {
    let output = Command::new(env!("CARGO_BIN_EXE_quirkc"))
        .current_dir(folder)
        .args(["build", "--emit", emit, "--output", "-"])
        .args(inputs)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn all_say_the_same(outputs: &Outputs) {
    let database = Database::load(&outputs.db).unwrap();
    assert_eq!(outputs.rust.bytes(), outputs.db, "the Rust static and the database file are the same bytes");
    let json = json::Facts::new(&outputs.json);
    let facts = facts::of(database);
    assert_eq!(json.lines(), facts, "JSON and the database file say the same of every device");

    assert_eq!(json.layer_lines(), layers::of(database), "JSON and the database file say the same of every layer");

    let queries = queries::of(database);
    for query in &queries {
        let expected = query.layers_in(database);
        assert_eq!(query.layers_in(outputs.rust), expected, "{query:?}");
        assert_eq!(json.layers_of(query), expected, "{query:?}");
    }
    let expected: Vec<String> = queries.iter().map(|query| query.found_in(database)).collect();
    for (query, expected) in queries.iter().zip(&expected) {
        assert_eq!(query.found_in(outputs.rust), *expected, "{query:?}");
        assert_eq!(json.find(query), *expected, "{query:?}");
    }
    let found = expected.iter().filter(|name| *name != "-").count();
    assert!(found > 0 && found < expected.len(), "{found} of {} queries found a device", expected.len());

    let Some(answers) = c::run(&outputs.c, &queries) else {
        println!("skipped: there is no C compiler to try the C output with");
        return;
    };
    assert_eq!(answers.facts, facts, "C and the database file say the same of every device");
    assert_eq!(answers.ids, facts::ids(database));
    assert_eq!(answers.found.len(), expected.len());
    for ((query, expected), found) in queries.iter().zip(&expected).zip(&answers.found) {
        assert_eq!(found, expected, "{query:?}");
    }
}

fn case(rust: Database<'static>, name: &str) {
    let folder = root().join("compiler/tests/cases").join(name);
    all_say_the_same(&Outputs::of(rust, &folder, &["main.quirk".into()]));
}

#[test]
fn of_fictional_movers() {
    case(statics::mover::DATABASE, "mover");
}

#[test]
fn of_both_forms_of_the_dvsec() {
    case(statics::dvsec_table::DATABASE, "dvsec_table");
}

#[test]
fn of_every_statement_of_a_layer() {
    case(statics::layers_good::DATABASE, "layers_good");
}

#[test]
fn of_profiles() {
    case(statics::profiles::DATABASE, "profiles");
}

#[test]
fn of_every_way_to_match() {
    case(statics::every_match::DATABASE, "every_match");
}

#[test]
fn of_the_library_of_devices() {
    let folder = root().join("quirks");
    let mut inputs = Vec::new();
    descriptions(&folder, Path::new(""), &mut inputs);
    inputs.sort();
    assert!(!inputs.is_empty(), "the library has descriptions");
    all_say_the_same(&Outputs::of(quirk_db::DATABASE, &folder, &inputs));
}

/// The `.quirk` files of a folder, as paths from `root`.
fn descriptions(root: &Path, folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(root.join(folder)).unwrap() {
        let name = folder.join(entry.unwrap().file_name());
        if root.join(&name).is_dir() {
            descriptions(root, &name, found);
        } else if name.extension().is_some_and(|extension| extension == "quirk") {
            found.push(name);
        }
    }
}

#[test]
fn headers_compile_without_a_warning_even_when_they_hold_nothing() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("empty.quirk"), "edition 1;\n").unwrap();
    let header = build(folder.path(), &["empty.quirk".into()], "c");
    match c::run(&String::from_utf8(header).unwrap(), &[]) {
        Some(answers) => assert_eq!(answers.facts, Vec::<String>::new()),
        None => println!("skipped: there is no C compiler to try the C output with"),
    }
}
