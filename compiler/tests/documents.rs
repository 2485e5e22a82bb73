//! What the documents show as descriptions compiles without a finding, and its tests pass.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use quirk_compiler::files::Memory;
use quirk_compiler::{Input, Options, compile};

/// The first block of a document that is a description, or a part of one.
fn block(document: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(document);
    let text = std::fs::read_to_string(path).unwrap();
    let (_, behind) = text.split_once("\n```quirk\n").unwrap();
    behind.split_once("\n```").unwrap().0.to_owned() + "\n"
}

#[track_caller]
fn passes(text: &str, tests: usize) {
    let inputs = vec![Input::Text("mover.quirk".into(), text.to_owned())];
    let compilation = compile(inputs, &Options::default(), &Memory::default());
    assert_eq!(compilation.diagnostics(), []);
    assert_eq!(compilation.tests().len(), tests);
    for test in compilation.tests() {
        assert_eq!(test.run().failures, [], "{}", test.title());
    }
}

#[test]
fn the_guide_is_right() {
    passes(&block("guide.md"), 1);
}

/// The device is the guide's; the host has Execute Permission.
#[test]
fn the_page_on_tests_is_right() {
    let test = block("testing.md").replace("PASID lands in the declared gap", "the page on tests");
    passes(&(block("guide.md") + &test), 2);
}

/// What the guide says that a wrong offset gives.
#[test]
fn the_failure_in_the_guide_is_real() {
    let text = block("guide.md").replace("expect pasid @ 0x400", "expect pasid @ 0x404");
    let inputs = vec![Input::Text("mover.quirk".into(), text)];
    let compilation = compile(inputs, &Options::default(), &Memory::default());
    let failures = compilation.tests()[0].run().failures;
    let at = compilation.sources().position(failures[0].place);
    assert_eq!((at.line, at.column), (27, 5));
    assert_eq!(
        (failures[0].expected.as_str(), failures[0].found.as_str()),
        ("PASID at 0x404, width 20", "PASID at 0x400, width 20")
    );
}

/// Blocks of the reference that stand alone; what is wrong on purpose or a part of something has no tests to run.
#[test]
fn tests_of_the_reference_pass() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/language.md");
    let text = std::fs::read_to_string(path).unwrap();
    let mut ran = 0;
    for block in text.split("\n```quirk\n").skip(1).filter_map(|rest| rest.split("\n```").next()) {
        let inputs = vec![Input::Text("reference.quirk".into(), block.to_owned() + "\n")];
        let compilation = compile(inputs, &Options::default(), &Memory::default());
        for test in compilation.tests() {
            assert_eq!(test.run().failures, [], "{}\n{block}", test.title());
            ran += 1;
        }
    }
    assert!(ran > 0);
}
