//! Warnings of what can hardly be meant are given where they are due, and nowhere else.

use quirk_compiler::files::Memory;
use quirk_compiler::{Input, Options, catalogue, compile};

/// The names of the rules that a description breaks, in the order of the text.
fn broken(body: &str) -> Vec<&'static str> {
    let inputs = vec![Input::Text("mover.quirk".into(), format!("edition 1;\n{body}\n"))];
    let options = Options { off: vec![&catalogue::MISSING_TEST], ..Options::default() };
    compile(inputs, &options, &Memory::default()).diagnostics().iter().map(|found| found.rule.name).collect()
}

fn device(ids: &str, body: &str) -> String {
    format!("device mover {{ name \"Mover\"; match pci({ids}); {body} }}")
}

const VOUCHED: &str = "{ evidence vendor \"letter of 1 May\"; }";

#[test]
fn capabilities_that_may_be_absent_may_stand_for_each_other() {
    let layout = |first: &str, second: &str| {
        broken(&device("0xfffe, 1", &format!("layout {{ cap pcie @ 0x40{first}; cap pcie @ 0x80{second}; }}")))
    };
    assert_eq!(layout("", ""), ["capability-twice"]);
    assert!(layout(" optional", " optional").is_empty());
    assert!(layout("", " optional").is_empty());
}

#[test]
fn a_second_pasid_is_doubtful_beside_native_alone() {
    let twice = "layout { cap pcie @ 0x40; ext pasid @ 0x200; ext pasid @ 0x300; }";
    assert_eq!(broken(&device("0xfffe, 1", &format!("{twice} pasid {{ place native; }}"))), ["capability-twice"]);
    assert!(broken(&device("0xfffe, 1", &format!("{twice} pasid {{ place @ 0x300; }}"))) != ["capability-twice"]);
    assert!(broken(&device("0xfffe, 1", twice)).is_empty());
}

#[test]
fn the_head_of_the_list_is_free_where_a_capability_is_there() {
    let free = |layout: &str, range: &str| {
        broken(&device("0xfffe, 1", &format!("layout {{ cap pcie @ 0x40; {layout} }} free @ {range} {VOUCHED}")))
    };
    assert_eq!(free("ext aer @ 0x200;", "0x100..0x140"), ["free-list-head"]);
    assert!(free("ext aer @ 0x200;", "0x104..0x140").is_empty());
    assert!(free("", "0x100..0x140").is_empty(), "no list, no head");
    assert_eq!(free("ext aer @ 0x100;", "0x100..0x140"), ["overlap"], "bytes of a capability are not free");
}

#[test]
fn bytes_free_in_every_function_are_doubtful() {
    let free = format!("free @ 0x400..0x500 {VOUCHED}");
    assert_eq!(broken(&device("any, any", &free)), ["free-everywhere"]);
    assert!(broken(&device("0xfffe, any", &free)).is_empty());
    assert!(broken(&device("any, any", "")).is_empty());
}

#[test]
fn exceptions_are_doubtful_where_nothing_is_taken() {
    let layer = |word: &str| broken(&format!("layer l {{ match pci(0xfffe, 1); unassigned {word} }}"));
    assert_eq!(layer("raw { allow @ 0x700..0x720 ro; }"), ["exception-changes-nothing"]);
    assert!(layer("read_only { allow @ 0x700..0x720 rw; }").is_empty());
    assert!(layer("raw;").is_empty());
}

#[test]
fn a_vendor_of_ones_is_of_no_function() {
    assert_eq!(broken(&device("0xffff, 1", "")), ["vendor-of-none"]);
    assert_eq!(broken(&device("[0xfffe, 0xffff], 1", "")), ["vendor-of-none"]);
    assert!(broken(&device("any, 1", "")).is_empty());
}

#[test]
fn an_allow_is_unused_only_where_its_rule_was_looked_at() {
    // Something could not be read, which may have been the test.
    assert_eq!(
        broken(
            "device mover { name \"Mover\"; match pci(0xfffe, 1); allow missing-test \"x\"; }\ntest \"t\" { given }"
        )
        .len(),
        1
    );
}
