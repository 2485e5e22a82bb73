//! What is said beside the text: hover, inlay hints, signatures.

use serde_json::{Value, json};

use crate::client::{Client, Folder, at, marked};
use crate::{IDS, MOVER};

/// What hovering over the mark says.
fn hover(text: &str) -> String {
    let folder = Folder::new(&[("ids.quirk", IDS)]);
    let mut client = Client::usual(&folder.path);
    let (text, places) = marked(text);
    let uri = client.open(&folder.at("new.quirk"), &text);
    let found = client.ask("textDocument/hover", at(&uri, &places[0]));
    found["contents"]["value"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_statement_shows_its_reference() {
    let said = hover("edition 1;\ndevice d { fr\u{a6}ee @ 0x400..0x500; }\n");
    assert!(said.contains("free @ RANGE|[RANGE, ..] { evidence .. }"), "{said}");
    assert!(said.contains("who vouches for it"), "{said}");
    let said = hover("edition 1;\ndevice d { pasid { exec\u{a6}ute host; } }\n");
    assert!(said.contains("at most once") && said.contains("without it: host"), "{said}");
    assert!(
        hover("edition 1;\ndevice d { layout { cap pm @ 0x40 opt\u{a6}ional; } }\n").contains("is still this device")
    );
}

#[test]
fn a_capability_shows_its_facts() {
    let said = hover("edition 1;\ndevice d { layout { ext pas\u{a6}id @ 0x100; } }\n");
    assert!(said.contains("0x1b (27)") && said.contains("0x8 bytes, always") && said.contains("hides"), "{said}");
    let said = hover("edition 1;\ndevice d { layout { ext 0x2\u{a6}3 @ 0x100 len 12; } }\n");
    assert!(said.contains("dvsec") && said.contains("since Linux 6.4"), "{said}");
    assert!(hover("edition 1;\ndevice d { layout { cap p\u{a6}m @ 0x40; } }\n").contains("**cap pm**"));
}

#[test]
fn a_place_shows_what_was_chosen_and_why() {
    let said = hover(&MOVER.replace("place free", "place fr\u{a6}ee"));
    assert!(said.contains("in `mover` at **0x400**..0x408"), "{said}");
    assert!(said.contains("the lowest 0x8 bytes of `free` 0x400..0x700"), "{said}");
    let said = hover(&MOVER.replace("@ free", "@ fr\u{a6}ee"));
    assert!(said.contains("in `mover` at **0x408**..0x418"), "{said}");
}

#[test]
fn an_offset_shows_the_bytes_around_it_with_their_owners() {
    let text = "edition 1;\ndevice d { name \"D\"; match pci(1, 2); layout { ext aer @ 0x100; register \"port\" @ 0x1\u{a6}80..0x1a0 { evidence driver \"x\"; } }\n free @ 0x1c0..0x200 { evidence vendor \"x\"; } pasid; allow missing-test \"x\"; }\n";
    let said = hover(text);
    // One character a dword: the capability of 0x2c bytes, and nothing to 0x140.
    assert!(said.contains("100 Eeeeeeeeeee....."), "{said}");
    assert!(said.contains("180 rrrrrrrr........"), "{said}");
    assert!(said.contains("1c0 PPffffffffffffff"), "{said}");
    assert!(said.contains("- `r` 0x180..0x1a0: register \"port\" **(here)**"), "{said}");
    assert!(said.contains("0x180 = 384"), "{said}");
}

#[test]
fn a_name_shows_its_declaration_documentation_and_value() {
    let said = hover(&MOVER.replace("pci(ids::VENDOR, 0x1001)", "pci(ids::VEN\u{a6}DOR, 0x1001)"));
    assert!(
        said.contains("const VENDOR = 0xfffe") && said.contains("The vendor.") && said.contains("= 65534"),
        "{said}"
    );
    let said = hover(&MOVER.replace("given device mover", "given device mov\u{a6}er"));
    assert!(said.contains("device mover like ids::base") && said.contains("Moves things."), "{said}");
    assert_eq!(hover("edition 1; \u{a6} // nothing\n"), "");
}

fn hints(text: &str, first: u32, last: u32) -> Vec<(Value, String, String)> {
    let folder = Folder::new(&[("ids.quirk", IDS)]);
    let mut client = Client::usual(&folder.path);
    let uri = client.open(&folder.at("new.quirk"), text);
    let range = json!({ "start": { "line": first, "character": 0 }, "end": { "line": last, "character": 0 } });
    let found = client.ask("textDocument/inlayHint", json!({ "textDocument": { "uri": uri }, "range": range }));
    let text = |hint: &Value, name: &str| hint[name].as_str().unwrap().to_owned();
    found
        .as_array()
        .unwrap()
        .iter()
        .map(|hint| (hint["position"].clone(), text(hint, "label"), text(hint, "tooltip")))
        .collect()
}

#[test]
fn hints_say_what_the_compiler_computed() {
    let text = "edition 1;
device d {
    name \"D\";
    match pci(0x10, [2, 0x20..=0x30]);
    layout { ext aer @ 0x100; ext vc @ 0x140 len 0x40; cap pm @ 0x40 { evidence vendor \"x\"; } }
    free @ 0x200..0x300 { evidence vendor \"x\"; }
    pasid { place [@ 0x280, free]; }
    allow missing-test \"x\";
}
";
    let found = hints(text, 0, 99);
    let labels: Vec<(u64, &str)> =
        found.iter().map(|(place, label, _)| (place["line"].as_u64().unwrap(), label.as_str())).collect();
    let expected = [(3, "= 16"), (3, "= 32"), (3, "= 48"), (4, "..0x12c"), (4, "..0x48"), (6, "@ 0x200")];
    assert_eq!(labels, expected);
    let column = text.lines().nth(6).unwrap().find("free]").unwrap() + "free".len();
    assert_eq!(found[5].0, json!({ "line": 6, "character": column }));
    assert_eq!(found[5].2, "0x200 in d");
    assert_eq!(hints(text, 5, 99).len(), 1);
    let found = hints(MOVER, 14, 15);
    assert_eq!(found.iter().map(|(_, label, _)| label.as_str()).collect::<Vec<_>>(), ["@ 0x400, 0x408"]);
    assert!(found[0].2.contains("0x400 in base") && found[0].2.contains("0x408 in mover"));
}

#[test]
fn a_signature_shows_the_part_that_comes_next() {
    let signature = |text: &str| {
        let folder = Folder::new(&[]);
        let mut client = Client::usual(&folder.path);
        let (text, places) = marked(text);
        let uri = client.open(&folder.at("new.quirk"), &text);
        let found = client.ask("textDocument/signatureHelp", at(&uri, &places[0]));
        let active = usize::try_from(found["activeParameter"].as_u64().unwrap_or_default()).unwrap();
        let signature = &found["signatures"][0];
        let label = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (label(&signature["label"]), label(&signature["parameters"][active]["label"]))
    };
    let cap = "cap KIND @ OFFSET [len N] [optional] ;|{ evidence .. }".to_owned();
    assert_eq!(signature("device d { layout { cap \u{a6}"), (cap.clone(), "KIND".to_owned()));
    assert_eq!(signature("device d { layout { cap pcie @ \u{a6}"), (cap.clone(), "OFFSET".to_owned()));
    assert_eq!(signature("device d { layout { cap pcie @ 0x40 len \u{a6}"), (cap, "[len N]".to_owned()));
    assert_eq!(signature("device d { }\n\u{a6}").0, "");
}
