//! Questions as a page asks them, and the answers.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;
use quirk_playground::answer;
use serde_json::{Value, json};

const TEXT: &str = r#"edition 1;
device bridge {
    name "Example Bridge";
    match pci(0xfffe, 0x7001);
    layout { cap pcie @ 0x40; ext aer @ 0x100; ext ats @ 0x200; }
    free @ 0x300..0x400 { evidence vendor "a test"; }
    pasid { place free; max_width 16; }
}
test "in the free bytes" { given device bridge; host pasid width 20; expect pasid @ 0x300 width 16; }
test "this one is wrong" { given device bridge; host pasid width 20; expect pasid @ 0x308; }
"#;

fn ask_with(question: &Value, bytes: &[u8]) -> Value {
    serde_json::from_str(&answer(&question.to_string(), bytes)).unwrap()
}

fn ask(question: &Value) -> Value {
    ask_with(question, &[])
}

fn texts(text: &str) -> Value {
    json!([{ "name": "bridge.quirk", "text": text }])
}

/// A function that the text describes, as `lspci -xxxx` prints it.
fn dump() -> String {
    let mut bytes = [0_u8; 4096];
    let mut set = |at: usize, dword: u32| bytes[at..at + 4].copy_from_slice(&dword.to_le_bytes());
    set(0x00, 0x7001_fffe);
    set(0x04, 0x0010_0000);
    set(0x34, 0x40);
    set(0x40, 0x0002_0010);
    set(0x100, 0x2001_0001);
    set(0x200, 0x0001_000f);
    let row = |(at, row): (usize, &[u8])| {
        format!("{:02x}: {}\n", at * 16, row.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" "))
    };
    "03:00.0 Bridge: Example Corp. Example Bridge\n".to_owned()
        + &bytes.chunks(16).enumerate().map(row).collect::<String>()
}

fn function() -> Value {
    ask_with(&json!({ "ask": "dump" }), dump().as_bytes())["functions"][0]["function"].clone()
}

fn look(accesses: &Value) -> Value {
    let host = json!({ "width": 20, "execute": true });
    ask(&json!({ "ask": "look", "texts": texts(TEXT), "function": function(), "host": host, "accesses": accesses }))
}

#[test]
fn a_description_without_errors_has_its_devices_and_tests() {
    let checked = ask(&json!({ "ask": "check", "texts": texts(TEXT) }));
    assert_eq!(checked["report"]["diagnostics"], json!([]));
    assert_eq!(checked["devices"], json!([{ "name": "bridge", "title": "Example Bridge" }]));
    let tested = ask(&json!({ "ask": "test", "texts": texts(TEXT) }));
    assert_eq!((&tested["passed"], &tested["failed"]), (&json!(1), &json!(1)));
    assert_eq!(tested["tests"][1]["line"], 10);
}

#[test]
fn findings_have_places_and_fixes_that_mend_them() {
    let broken = TEXT.replace("max_width", "max_widht");
    let checked = ask(&json!({ "ask": "check", "texts": texts(&broken) }));
    let found = &checked["report"]["diagnostics"][0];
    assert_eq!(
        (&found["file"], &found["line"], &found["severity"]),
        (&json!("bridge.quirk"), &json!(7), &json!("error"))
    );
    assert_eq!(checked["database"], Value::Null);
    let fixed = ask(&json!({ "ask": "fix", "texts": texts(&broken), "also-unsafe": false }));
    assert_eq!((&fixed["text"], &fixed["fixes"]), (&json!(TEXT), &json!(1)));
    for question in ["test", "emit", "look"] {
        let mut question = json!({ "ask": question, "texts": texts(&broken) });
        if question["ask"] == "emit" {
            question["what"] = json!("rust");
        }
        assert_eq!(ask(&question)["error"], "the description has an error");
    }
}

#[test]
fn a_text_uses_the_others() {
    let ids = "edition 1;\nconst V = 0xfffe;\n";
    let main = TEXT.replace("edition 1;", "edition 1;\nuse \"ids.quirk\" as ids;").replace("pci(0xfffe", "pci(ids::V");
    let both = json!([{ "name": "main.quirk", "text": main }, { "name": "ids.quirk", "text": ids }]);
    let checked = ask(&json!({ "ask": "check", "texts": both }));
    assert_eq!(checked["report"]["diagnostics"], json!([]));
    let alone = ask(&json!({ "ask": "check", "texts": [{ "name": "main.quirk", "text": main }] }));
    assert_eq!(alone["report"]["diagnostics"][0]["message"], "there is no file `ids.quirk`");
    let twice = json!([{ "name": "a.quirk", "text": ids }, { "name": "./a.quirk", "text": ids }]);
    assert_eq!(ask(&json!({ "ask": "check", "texts": twice }))["error"], "two texts are called `./a.quirk`");
}

#[test]
fn a_text_is_formatted_or_the_reason_is_given() {
    let wild = "edition 1; const  A=1 ;";
    let formatted = ask(&json!({ "ask": "format", "text": wild }));
    assert_eq!(formatted["text"], "edition 1;\n\nconst A = 1;\n");
    let broken = ask(&json!({ "ask": "format", "text": "edition 1;\ndevice {" }));
    assert!(broken["error"].as_str().unwrap().starts_with("not formatted"));
    assert!(broken["help"].as_str().unwrap().starts_with("line 2:"));
}

#[test]
fn a_description_alone_is_drawn() {
    let seen = ask(&json!({ "ask": "look", "texts": texts(TEXT) }));
    assert_eq!(seen["map"]["functions"][0]["states"][0]["name"], "declared");
    assert!(seen["html"].as_str().unwrap().contains("Example Bridge"));
    assert_eq!((&seen["guest"], &seen["placement"]), (&Value::Null, &Value::Null));
    let missing = ask(&json!({ "ask": "look", "texts": texts(TEXT), "device": "other" }));
    assert_eq!(missing["error"], "the description has no device `other`");
}

#[test]
fn a_function_is_placed_and_its_guest_reads_and_writes() {
    let seen = look(&json!([
        { "kind": "read", "offset": 0x300, "size": 4 },
        { "kind": "write", "offset": 0x306, "size": 2, "value": 0x0003 },
        { "kind": "read", "offset": 0x306, "size": 2 },
        { "kind": "write", "offset": 0x500, "size": 1, "value": 0xa5 },
        { "kind": "read", "offset": 0x500, "size": 1 },
        { "kind": "reset", "reset": "bus" },
        { "kind": "read", "offset": 0x306, "size": 2 },
    ]));
    assert_eq!(
        seen["placement"],
        json!({ "offset": 0x300, "source": "entry", "width": 16, "execute": true, "privileged": false })
    );
    let value = |at: usize| seen["accesses"][at]["value"].as_u64();
    // Id 0x1b, version 1, the end of the list; enable and execute are taken, and a reset takes them back.
    assert_eq!([value(0), value(2), value(4), value(6)], [Some(0x0001_001b), Some(3), Some(0xa5), Some(0)]);
    assert_eq!(seen["accesses"][1]["reached"], json!([]), "what is emulated does not reach the device");
    assert_eq!(seen["accesses"][1]["effects"][0]["code"], "pasid-control");
    assert_eq!(seen["accesses"][3]["reached"], json!([{ "offset": 0x500, "bytes": "a5" }]));
    let guest = seen["guest"].as_str().unwrap();
    assert_eq!((&guest[0x600..0x608], &guest[0xa00..0xa02]), ("1b000100", "a5"));
    assert_eq!(seen["map"]["functions"][0]["states"][1]["label"], "as a guest sees it: PASID at 0x300");
}

const LAYERS: &str = r#"
layer tag { match pci(0xfffe, any); param n: u8; param key: bytes(2); emulate u8 @ 0x280 = n ro; emulate bytes @ 0x284 len 2 = key ro; allow missing-test "x"; }
layer veil { match pci(0xfffe, 0x7001); hide ext ats; default on; allow missing-test "x"; }
layer other { match pci(0xfffe, 0x7002); hide ext aer; allow missing-test "x"; }
"#;

fn look_with(layers: &Value) -> Value {
    let text = format!("{TEXT}{LAYERS}");
    let read = json!([{ "kind": "read", "offset": 0x280, "size": 1 }, { "kind": "read", "offset": 0x100, "size": 4 }]);
    let host = json!({ "width": 20 });
    ask(&json!({
        "ask": "look", "texts": texts(&text), "function": function(), "host": host, "layers": layers, "accesses": read
    }))
}

/// Whether each layer is on, for the function, and applied, by name.
fn states(seen: &Value) -> Vec<(String, [bool; 3])> {
    let layers = seen["layers"].as_array().unwrap();
    let state = |layer: &Value| ["on", "matches", "applied"].map(|key| layer[key].as_bool().unwrap());
    layers.iter().map(|layer| (layer["name"].as_str().unwrap().to_owned(), state(layer))).collect()
}

#[test]
fn layers_are_switched_and_the_guest_reads_what_they_show() {
    let (tag, veil, other) = ("tag".to_owned(), "veil".to_owned(), "other".to_owned());
    let read = |seen: &Value, at: usize| seen["accesses"][at]["value"].as_u64().unwrap();
    // As the description says: AER leads past ATS.
    let plain = look_with(&json!([]));
    assert_eq!(
        states(&plain),
        [
            (other.clone(), [false, false, false]),
            (tag.clone(), [false, true, false]),
            (veil.clone(), [true, true, true])
        ]
    );
    assert_eq!((read(&plain, 0), read(&plain, 1)), (0, 0x3001_0001));
    let off = look_with(&json!([{ "name": "veil", "on": false }]));
    assert_eq!(states(&off)[2], (veil, [false, true, false]));
    assert_eq!(read(&off, 1), 0x2001_0001);
    assert_ne!(off["map"], plain["map"]);
    let params = json!({ "n": "0x5a", "key": "12 34" });
    let on = look_with(&json!([{ "name": "tag", "on": true, "params": params }, { "name": "other", "on": true }]));
    assert_eq!(states(&on)[..2], [(other, [true, false, false]), (tag.clone(), [true, true, true])]);
    assert_eq!(on["layers"][0]["why"], "it is not for this function");
    assert_eq!(read(&on, 0), 0x5a);
    assert_eq!(&on["guest"].as_str().unwrap()[2 * 0x284..2 * 0x286], "1234");
    // Values that are missing or wrong.
    let missing = look_with(&json!([{ "name": "tag", "on": true }]));
    assert_eq!(states(&missing)[1], (tag, [true, true, false]));
    assert!(missing["layers"][1]["why"].as_str().unwrap().contains("`n`"), "{}", missing["layers"]);
    let wrong = look_with(&json!([{ "name": "tag", "on": true, "params": { "n": "256", "key": "1" } }]));
    let params = &wrong["layers"][1]["params"];
    assert_eq!(params[0], json!({ "name": "n", "kind": "u8", "value": "256", "wrong": "expected a number of 8 bits" }));
    assert_eq!(params[1]["wrong"], "expected 2 bytes, each of two hex digits");
    // What there is not is not switched.
    assert_eq!(look_with(&json!([{ "name": "gone", "on": true }])), plain);
    let many = vec![json!({ "name": "gone", "on": true }); 257];
    assert_eq!(look_with(&json!(many))["error"], "more than 256 layers are switched");
    let alone = ask(&json!({ "ask": "look", "texts": texts(&format!("{TEXT}{LAYERS}")) }));
    assert_eq!((&alone["layers"][0]["matches"], &alone["layers"][2]["on"]), (&Value::Null, &json!(true)));
}

#[test]
fn an_access_that_cannot_be_is_an_error_of_its_own() {
    let seen = look(&json!([
        { "kind": "read", "offset": 0xffe, "size": 4 },
        { "kind": "read", "offset": 0, "size": 3 },
        { "kind": "write", "offset": 0x300, "size": 1, "value": 0x100 },
        { "kind": "read", "offset": 0, "size": 2 },
    ]));
    let error = |at: usize| seen["accesses"][at]["error"].as_str();
    assert_eq!(error(0), Some("access of 4 bytes at 0xffe reaches past the configuration space of 0x1000 bytes"));
    assert_eq!(error(1), Some("an access has 1, 2 or 4 bytes, not 3"));
    assert_eq!(error(2), Some("0x100 has more than 1 bytes"));
    assert_eq!((error(3), &seen["accesses"][3]["value"]), (None, &json!(0xfffe)));
}

#[test]
fn too_much_is_refused_with_a_way_out() {
    let long = "/".repeat((1 << 20) + 1);
    let too_long = |answer: &Value| answer["error"].as_str().unwrap().contains("bytes, and a page takes");
    assert!(too_long(&ask(&json!({ "ask": "check", "texts": texts(&long) }))));
    assert!(too_long(&ask(&json!({ "ask": "format", "text": long }))));
    assert!(too_long(&ask_with(&json!({ "ask": "dump" }), &vec![0; (16 << 20) + 1])));
    let wild = "edition 1;\n".to_owned() + &"x;\n".repeat(500);
    let some = ask(&json!({ "ask": "check", "texts": texts(&wild), "most": 20 }));
    let all = ask(&json!({ "ask": "check", "texts": texts(&wild) }));
    let listed = |answer: &Value| answer["report"]["diagnostics"].as_array().unwrap().len();
    assert_eq!((listed(&some), listed(&all), &some["errors"], &some["warnings"]), (20, 500, &json!(500), &json!(0)));
    let many: Vec<Value> = (0..65).map(|at| json!({ "name": format!("{at}.quirk"), "text": "edition 1;" })).collect();
    assert_eq!(ask(&json!({ "ask": "check", "texts": many }))["error"], "more than 64 texts");
    let reads = vec![json!({ "kind": "read", "offset": 0, "size": 1 }); 1025];
    assert_eq!(look(&json!(reads))["error"], "more than 1024 accesses");
    let functions = dump().repeat(300);
    let listed = ask_with(&json!({ "ask": "dump" }), functions.as_bytes());
    assert_eq!((listed["functions"].as_array().unwrap().len(), &listed["left-out"]), (256, &json!(44)));
}

#[test]
fn what_is_no_question_is_an_error() {
    for question in
        ["", "{", "[]", "{\"ask\": \"more\"}", "{\"ask\": \"check\", \"texts\": []}", "{\"ask\": \"check\"}"]
    {
        let answered: Value = serde_json::from_str(&answer(question, &[])).unwrap();
        assert!(answered["error"].is_string(), "{question}");
    }
    for bytes in ["", "0", "zz", "00", &"0".repeat(127)] {
        let function = json!({ "address": null, "description": "", "bytes": bytes });
        let seen = ask(&json!({ "ask": "look", "texts": texts(TEXT), "function": function }));
        assert!(seen["error"].as_str().unwrap().starts_with("the function is not"), "{bytes}");
    }
}

/// A description with some of its characters gone, doubled or replaced.
fn hurt() -> impl Strategy<Value = String> {
    let edits = prop::collection::vec((0..TEXT.len(), "[{}();@.\"/a0\u{e9}]{0,3}", 0..4_usize), 1..6);
    edits.prop_map(|edits| {
        let mut text: Vec<char> = TEXT.chars().collect();
        for (at, put, gone) in edits {
            let at = at.min(text.len());
            let end = (at + gone).min(text.len());
            text.splice(at..end, put.chars());
        }
        text.into_iter().collect()
    })
}

proptest! {
    #[test]
    fn whatever_is_typed_and_pasted_there_is_an_answer(text in hurt(), bytes in prop::collection::vec(any::<u8>(), 0..300), at in any::<u16>()) {
        let checked = ask(&json!({ "ask": "check", "texts": texts(&text) }));
        prop_assert!(checked["report"]["diagnostics"].is_array());
        let sound = checked["database"].is_number();
        for question in ["test", "look"] {
            let answered = ask(&json!({ "ask": question, "texts": texts(&text) }));
            // A description may have lost its device and nothing else.
            prop_assert!(sound || answered["error"].is_string(), "{}", answered);
        }
        let formatted = ask(&json!({ "ask": "format", "text": text }));
        if let Some(once) = formatted["text"].as_str() {
            prop_assert_eq!(&ask(&json!({ "ask": "format", "text": once }))["text"], once);
        }
        let listed = ask_with(&json!({ "ask": "dump" }), &bytes);
        prop_assert!(listed["functions"].is_array() || listed["error"].is_string());
        let seen = look(&json!([{ "kind": "write", "offset": at, "size": 4, "value": u32::from(at) << 16 }]));
        // Neither header nor overlay is the device's to change by a guest's write to PASID.
        let reached = seen["accesses"][0]["reached"].as_array().unwrap();
        let covers = |each: &Value| {
            let start = each["offset"].as_u64().unwrap();
            let end = start + each["bytes"].as_str().unwrap().len() as u64 / 2;
            start < 0x308 && end > 0x300
        };
        prop_assert!(!reached.iter().any(covers), "{}", seen["accesses"]);
    }
}
