//! Completion: what may stand at a place, and what may not.

use serde_json::Value;

use crate::client::{Client, Folder, at, edited, marked};
use crate::{IDS, MOVER};

fn items(text: &str) -> (String, Vec<Value>) {
    let folder = Folder::new(&[("ids.quirk", IDS), ("std/more.quirk", "edition 1;\n")]);
    let mut client = Client::usual(&folder.path);
    let (text, places) = marked(text);
    let uri = client.open(&folder.at("new.quirk"), &text);
    let mut found = client.ask("textDocument/completion", at(&uri, &places[0]))["items"].as_array().unwrap().clone();
    found.sort_by_key(|item| item["sortText"].as_str().unwrap().to_owned());
    (text, found)
}

fn labels(text: &str) -> Vec<String> {
    items(text).1.iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect()
}

fn offers(text: &str, wanted: &[&str], unwanted: &[&str]) {
    let found = labels(text);
    let has = |word: &&&str| found.iter().any(|label| label == **word);
    let missing: Vec<_> = wanted.iter().filter(|word| !has(word)).collect();
    let too_many: Vec<_> = unwanted.iter().filter(has).collect();
    assert!(missing.is_empty() && too_many.is_empty(), "{text}\nmissing {missing:?}, too many {too_many:?}: {found:?}");
}

#[test]
fn keywords_are_those_of_the_block() {
    offers("edition 1;\n\u{a6}", &["device", "layer", "test", "const", "source", "use"], &["edition", "layout", "cap"]);
    offers("device d { \u{a6} }", &["match", "layout", "free", "pasid"], &["device", "cap", "place"]);
    offers("device d { name \"x\"; \u{a6} }", &["match"], &["name"]);
    offers("device d { layout { \u{a6} } }", &["cap", "ext", "register", "reserved"], &["free", "match"]);
    offers("device d { pasid { \u{a6} } }", &["place", "max_width", "execute"], &["name"]);
    offers("layer l { \u{a6} }", &["param", "emulate", "hide", "mirror", "unassigned"], &["layout"]);
    offers(
        "layer l { emulate ext dvsec @ free len 12 { \u{a6} } }",
        &["u8", "u16", "u32", "bytes", "evidence"],
        &["param"],
    );
    offers("test \"t\" { \u{a6} }", &["given", "host", "expect", "write", "reset"], &["name"]);
    offers("test \"t\" { given pci(1, 2) { \u{a6} } }", &["bar", "class", "subsystem"], &["given"]);
    offers("profile p for d { \u{a6} }", &["pasid", "cap", "ext", "released"], &["free"]);
    offers("dvsec_format f { \u{a6} }", &["vendor", "id", "revision", "form"], &["free"]);
}

#[test]
fn words_of_a_statement_are_offered_once() {
    offers("device d { pasid { execute \u{a6} } }", &["host", "deny"], &[]);
    offers("device d { layout { cap pm @ 0x40 \u{a6}", &["len", "optional"], &["mask"]);
    offers("device d { layout { cap pm @ 0x40 optional \u{a6}", &["len"], &["optional"]);
    offers("device d { match \u{a6}", &["pci"], &[]);
    offers("test \"t\" { reset \u{a6}", &["flr", "bus", "d3hot", "cold"], &[]);
    offers("layer l { unassigned \u{a6}", &["raw", "read_only", "deny"], &[]);
}

#[test]
fn kinds_come_with_ids_and_lengths() {
    let (_, found) = items("device d { layout { ext \u{a6} } }");
    let pasid = found.iter().find(|item| item["label"] == "pasid").unwrap();
    assert_eq!(pasid["detail"], "0x1b, 0x8 bytes: Process Address Space ID");
    offers("device d { layout { cap \u{a6}", &["pcie", "msix", "pm"], &["pasid", "aer"]);
    offers("layer l { hide ext \u{a6}", &["pasid", "sriov"], &["msix"]);
    assert_eq!(labels("layer l { emulate ext dvsec(\u{a6}"), ["vendor: ", "id: "]);
    assert_eq!(labels("layer l { emulate ext dvsec(vendor: 1, \u{a6}"), ["id: "]);
}

#[test]
fn names_are_those_that_fit_over_files() {
    let head = "edition 1;\nuse \"ids.quirk\" as ids;\nconst HERE = 1;\ndevice mine { }\nlayer top { param n: u8; }\n";
    let offers = |text: &str, wanted: &[&str], unwanted: &[&str]| offers(&format!("{head}{text}"), wanted, unwanted);
    offers("device d like \u{a6}", &["mine", "ids::base"], &["HERE", "top", "ids::VENDOR"]);
    offers("device d { free @ \u{a6}", &["HERE", "ids::GAP"], &["mine", "top"]);
    offers("device d { free @ ids::\u{a6}", &["GAP", "VENDOR"], &["base", "docs"]);
    offers("device d like ids::\u{a6}", &["base"], &["GAP", "docs"]);
    offers("const B = \u{a6}", &["HERE", "ids::VENDOR"], &["mine"]);
    offers("test \"t\" { given device \u{a6}", &["mine", "ids::base"], &["top"]);
    offers("test \"t\" { enable \u{a6}", &["top"], &["mine", "HERE"]);
    offers("test \"t\" { enable top { \u{a6}", &["n"], &["u8", "HERE"]);
    offers("layer m { over \u{a6}", &["top"], &["mine"]);
    offers("layer m { param width: u8; emulate u8 @ 0x40 = \u{a6}", &["width", "HERE", "device"], &["mine"]);
    offers("profile p for \u{a6}", &["mine", "ids::base"], &["top"]);
}

#[test]
fn evidence_is_a_kind_or_a_source() {
    let head = "edition 1;\nuse \"ids.quirk\" as ids;\nsource own = vendor \"x\";\n";
    let offers = |text: &str, wanted: &[&str], unwanted: &[&str]| offers(&format!("{head}{text}"), wanted, unwanted);
    let kinds = ["datasheet", "vendor", "driver", "dump", "probe"];
    offers("device d { free @ 0x400..0x500 { evidence \u{a6}", &kinds, &["seen"]);
    offers("device d { free @ 0x400..0x500 { evidence \u{a6}", &["own", "ids::docs"], &["ids::VENDOR"]);
    offers("device d { free @ 0x400..0x500 { evidence [\u{a6}", &["own", "ids::docs"], &["datasheet"]);
    offers("source s = \u{a6}", &kinds, &["own"]);
    offers("device d { allow \u{a6}", &["missing-test"], &["unexpected-token", "own"]);
}

#[test]
fn offsets_are_those_that_the_device_leaves_free() {
    let text = "edition 1;
device d {
    name \"D\"; match pci(1, 2);
    layout { ext aer @ 0x100; register @ 0x420..0x440 { evidence vendor \"x\"; } }
    free @ 0x400..0x420 { evidence vendor \"x\"; }
    free @ 0x440..0x500 { evidence vendor \"x\"; }
    pasid { place [free, @ \u{a6}0x480]; }
    allow missing-test \"x\";
}
";
    let (_, found) = items(text);
    let free: Vec<(&str, &str)> = found
        .iter()
        .filter(|item| item["detail"].as_str().unwrap().starts_with("free"))
        .map(|item| (item["label"].as_str().unwrap(), item["detail"].as_str().unwrap()))
        .collect();
    // PASID has 0x400..0x408 and, where it was written, 0x480..0x488.
    assert_eq!(free, [("0x408", "free up to 0x420"), ("0x440", "free up to 0x480"), ("0x488", "free up to 0x500")]);
    offers(&MOVER.replace("expect pasid @ 0x400", "expect pasid @ \u{a6}0x400"), &["0x400"], &[]);
    offers("layer l { emulate ext dvsec @ \u{a6}", &["free"], &[]);
}

#[test]
fn used_files_are_offered_by_their_path() {
    let found = labels("edition 1;\nuse \"\u{a6}\" as x;\n");
    assert_eq!(found, ["ids.quirk", "std/more.quirk"]);
}

#[test]
fn a_choice_takes_the_place_of_what_was_begun() {
    let (text, found) = items("device d { lay\u{a6} }");
    let layout = found.iter().find(|item| item["label"] == "layout").unwrap();
    let edits = Value::from(vec![layout["textEdit"].clone()]);
    assert_eq!(edited(&text, &edits), "device d { layout }");
    let (text, found) = items("edition 1;\nuse \"id\u{a6}\" as x;\n");
    let edits = Value::from(vec![found[0]["textEdit"].clone()]);
    assert_eq!(edited(&text, &edits), "edition 1;\nuse \"ids.quirk\" as x;\n");
}

#[test]
fn comments_and_texts_are_left_alone() {
    assert_eq!(labels("// \u{a6}"), Vec::<String>::new());
    assert_eq!(labels("device d { name \"\u{a6}\"; }"), Vec::<String>::new());
}
