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

const LIBRARY: &str = "edition 1;
const V = 0xfffe;
source sheet = datasheet \"EX-1\";
dvsec_format table { vendor 1; id 7; revision 1; form table; }
device far { name \"Far\"; match pci(V, 0x2000); layout { cap pcie @ 0x40; } free @ 0x400..0x500 { evidence sheet; } pasid; allow missing-test \"x\"; }
layer veil { match pci(V, any); hide ext sriov; allow missing-test \"x\"; }
";

/// The label, and the text after taking it with what comes with it.
fn taken(text: &str, files: &[(&str, &str)], label: &str) -> Option<String> {
    let folder = Folder::new(files);
    let mut client = Client::usual(&folder.path);
    let (text, places) = marked(text);
    let uri = client.open(&folder.at("new.quirk"), &text);
    let found = client.ask("textDocument/completion", at(&uri, &places[0]))["items"].as_array().unwrap().clone();
    let item = found.iter().find(|item| item["label"] == label)?;
    let mut edits = item["additionalTextEdits"].as_array().cloned().unwrap_or_default();
    edits.push(item["textEdit"].clone());
    Some(edited(&text, &Value::from(edits)))
}

#[test]
fn a_name_of_a_file_that_is_not_used_comes_with_its_use() {
    let files = [("deep/std-lib.quirk", LIBRARY)];
    let uses = "edition 1;\nuse \"deep/std-lib.quirk\" as std_lib;\n";
    for (text, name) in [
        ("test \"t\" { enable \u{a6} }", "veil"),
        ("layer l { over \u{a6} }", "veil"),
        ("device d like \u{a6}", "far"),
        ("test \"t\" { given device f\u{a6} }", "far"),
        ("profile p for \u{a6}", "far"),
        ("device d { free @ 0x400..0x500 { evidence \u{a6} } }", "sheet"),
        ("device d { free @ 0x400..0x500 { evidence [\u{a6}] } }", "sheet"),
        ("device d { dvsec \u{a6} }", "table"),
    ] {
        let wanted = format!("std_lib::{name}");
        let found = taken(&format!("edition 1;\n{text}\n"), &files, &wanted);
        let plain = text.replace("f\u{a6}", &wanted).replace('\u{a6}', &wanted);
        assert_eq!(found, Some(format!("{uses}{plain}\n")), "{text}");
    }
}

#[test]
fn a_use_that_comes_along_takes_no_name_and_makes_no_circle() {
    let own = "edition 1;\nuse \"ids.quirk\" as ids;\nconst far = 1;\ntest \"t\" { enable \u{a6} }\n";
    let files = [("ids.quirk", IDS), ("far.quirk", LIBRARY)];
    let found = taken(own, &files, "far_2::veil").unwrap();
    assert!(found.starts_with("edition 1;\nuse \"ids.quirk\" as ids;\nuse \"far.quirk\" as far_2;\n"), "{found}");
    // A file that uses this one, over another, is not offered.
    let circle = [
        ("new.quirk", "edition 1;\n"),
        ("mid.quirk", "edition 1;\nuse \"new.quirk\" as new;\n"),
        ("end.quirk", &*LIBRARY.replacen("edition 1;", "edition 1;\nuse \"mid.quirk\" as mid;", 1)),
    ];
    assert_eq!(taken("edition 1;\ntest \"t\" { enable \u{a6} }\n", &circle, "end::veil"), None);
}

#[test]
fn a_policy_takes_names_of_its_own_file_alone() {
    let head = "edition 1;\nuse \"ids.quirk\" as ids;\ndevice mine { }\nlayer top { }\nprofile wide for mine { }\n";
    let offers = |text: &str, wanted: &[&str], unwanted: &[&str]| offers(&format!("{head}{text}"), wanted, unwanted);
    offers("test \"t\" { policy { disable \u{a6}", &["top"], &["wide", "ids::"]);
    offers("test \"t\" { policy { profile \u{a6}", &["wide"], &["top", "ids::"]);
}

#[test]
fn what_is_declared_goes_where_nothing_is() {
    let device = |statement: &str, more: &str| {
        format!(
            "edition 1;\ndevice d {{\n    name \"D\"; match pci(1, 2);\n    layout {{ cap pcie @ 0x40 len 0x3c; ext aer @ 0x100 len 0x48; ext dsn @ 0x160; {statement} }}\n    \
             free @ 0x400..0x420 {{ evidence vendor \"x\"; }}\n    {more}\n    allow missing-test \"x\";\n}}\n"
        )
    };
    let values = |text: &str| -> Vec<(String, String)> {
        let (_, found) = items(text);
        let values = found.iter().filter(|item| item["kind"] == 12);
        values
            .map(|item| (item["label"].as_str().unwrap().to_owned(), item["detail"].as_str().unwrap().to_owned()))
            .collect()
    };
    let said = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(at, end)| ((*at).to_owned(), format!("not declared up to {end}"))).collect()
    };
    let (low, high) = (("0x7c", "0x100"), [("0x148", "0x160"), ("0x16c", "0x400"), ("0x420", "0x1000")]);
    // Also where the statement is not finished.
    for end in ["\u{a6}0x90;", "\u{a6}"] {
        assert_eq!(values(&device(&format!("cap pm @ {end}"), "")), said(&[low]), "{end}");
        assert_eq!(
            values(&device(&format!("register \"r\" @ {end}"), "")),
            said(&[&[low][..], &high].concat()),
            "{end}"
        );
    }
    assert_eq!(values(&device("ext ats @ \u{a6}", "")), said(&high));
    assert_eq!(values(&device("", "free @ \u{a6}")), said(&[&[low][..], &high].concat()));
    let free = [("0x400".to_owned(), "free up to 0x420".to_owned())];
    assert_eq!(values(&device("", "pasid { place @ \u{a6} }")), free);
    let test = |text: &str| values(&format!("{}{text}", device("", "")));
    assert_eq!(test("profile p for d { pasid @ \u{a6} }"), free);
    assert_eq!(test("test \"t\" { given device d; expect pasid @ \u{a6} }"), free);
}
