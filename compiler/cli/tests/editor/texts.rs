//! Texts as they change: edits of ranges in every encoding, formatting, and fixes.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::client::{Client, Folder, document, edited};

const UNTIDY: &str = "edition 1;
const   A=1;
const B =   2;
device d{name \"D\";match pci( 1,2 );allow missing-test \"x\";}
";

#[test]
fn formatting_is_that_of_fmt() {
    let folder = Folder::new(&[]);
    let mut client = Client::usual(&folder.path);
    let uri = client.open(&folder.at("a.quirk"), UNTIDY);
    let options = json!({ "textDocument": { "uri": uri }, "options": { "tabSize": 4, "insertSpaces": true } });
    let edits = client.ask("textDocument/formatting", options.clone());
    let path = folder.at("b.quirk");
    std::fs::write(&path, UNTIDY).unwrap();
    let fmt = std::process::Command::new(env!("CARGO_BIN_EXE_quirkc")).arg("fmt").arg(&path).status().unwrap();
    assert!(fmt.success());
    let formatted = std::fs::read_to_string(&path).unwrap();
    assert_eq!(edited(UNTIDY, &edits), formatted);
    client.change(&uri, json!([{ "text": formatted }]));
    assert_eq!(client.ask("textDocument/formatting", options.clone()), json!([]));
    client.change(&uri, json!([{ "text": "const A = ;" }]));
    assert_eq!(client.ask("textDocument/formatting", options), Value::Null, "what has errors is left alone");
}

#[test]
fn a_range_is_formatted_alone() {
    let folder = Folder::new(&[]);
    let mut client = Client::usual(&folder.path);
    let uri = client.open(&folder.at("a.quirk"), UNTIDY);
    let range = json!({ "start": { "line": 2, "character": 3 }, "end": { "line": 2, "character": 5 } });
    let params =
        json!({ "textDocument": { "uri": uri }, "range": range, "options": { "tabSize": 4, "insertSpaces": true } });
    let edits = client.ask("textDocument/rangeFormatting", params);
    // The lines before and behind change with it, or not at all.
    let after = edited(UNTIDY, &edits);
    assert!(after.contains("const   A=1;") || edits == json!([]), "{after}");
    let range = json!({ "start": { "line": 1, "character": 0 }, "end": { "line": 3, "character": 0 } });
    let params =
        json!({ "textDocument": { "uri": uri }, "range": range, "options": { "tabSize": 4, "insertSpaces": true } });
    let text = "edition 1;\n\nconst   A=1;\n\nconst B =   2;\n";
    client.change(&uri, json!([{ "text": text }]));
    let edits = client.ask("textDocument/rangeFormatting", params);
    assert_eq!(edited(text, &edits), "edition 1;\n\nconst A = 1;\n\nconst B =   2;\n");
}

/// A text and a code action of it.
fn actions(client: &mut Client, uri: &str, line: u32, only: Value) -> Vec<Value> {
    let range = json!({ "start": { "line": line, "character": 0 }, "end": { "line": line, "character": 0 } });
    let params =
        json!({ "textDocument": { "uri": uri }, "range": range, "context": { "diagnostics": [], "only": only } });
    client.ask("textDocument/codeAction", params).as_array().unwrap().clone()
}

#[test]
fn fixes_are_offered_where_they_belong_and_all_at_once() {
    let folder = Folder::new(&[]);
    let mut client = Client::usual(&folder.path);
    let text = "edition 1;\nconst A = 1\nconst B = 2;\ndevice d { name \"D\"; match pci(A, B); layout { ext aers @ 0x100; } allow missing-test \"x\", }\n";
    let uri = client.open(&folder.at("a.quirk"), text);
    let found = actions(&mut client, &uri, 1, json!(["quickfix"]));
    assert_eq!(found.len(), 1, "{found:?}");
    let action = &found[0];
    assert_eq!((&action["kind"], &action["isPreferred"]), (&json!("quickfix"), &json!(true)));
    assert_eq!(action["diagnostics"][0]["code"], "QK0102");
    let after = edited(text, &action["edit"]["changes"][&uri]);
    assert!(after.contains("const A = 1;\nconst B"), "{after}");
    assert_eq!(actions(&mut client, &uri, 2, json!(["quickfix"])), Vec::<Value>::new());
    let all = actions(&mut client, &uri, 0, json!(["source.fixAll"]));
    assert_eq!(all.len(), 1, "{all:?}");
    // The same as `check --fix` makes of the file.
    let path = folder.at("b.quirk");
    std::fs::write(&path, text).unwrap();
    std::process::Command::new(env!("CARGO_BIN_EXE_quirkc")).args(["check", "--fix"]).arg(&path).output().unwrap();
    assert_eq!(edited(text, &all[0]["edit"]["changes"][&uri]), std::fs::read_to_string(&path).unwrap());
}

#[test]
fn edits_carry_the_version_if_the_client_takes_it() {
    let folder = Folder::new(&[]);
    let capabilities = json!({ "workspace": { "workspaceEdit": { "documentChanges": true } } });
    let mut client = Client::start(Some(&folder.path), capabilities);
    let uri = client.open(&folder.at("a.quirk"), "edition 1;\nconst A = 1\nconst B = 2;\n");
    let version = client.change(&uri, json!([{ "text": "edition 1;\nconst A = 1\nconst C = 2;\n" }]));
    let found = actions(&mut client, &uri, 1, json!(["quickfix"]));
    let change = &found[0]["edit"]["documentChanges"][0];
    assert_eq!(change["textDocument"], json!({ "uri": uri, "version": version }));
}

/// A random edit: where from, how much of it, and what comes instead.
type Change = (prop::sample::Index, prop::sample::Index, String);

fn place(text: &str, at: usize, encoding: &str) -> Value {
    let (mut line, mut start) = (0, 0);
    for (offset, _) in text[..at].match_indices('\n') {
        line += 1;
        start = offset + 1;
    }
    let before = &text[start..at];
    let character = match encoding {
        "utf-8" => before.len(),
        "utf-16" => before.encode_utf16().count(),
        _ => before.chars().count(),
    };
    json!({ "line": line, "character": character })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_row_of_edits_gives_the_text_that_a_string_gives(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), "[ab\u{e9}\u{1d11e}\n;]{0,5}"), 1..12),
        encoding in prop::sample::select(vec!["utf-8", "utf-16", "utf-32"]),
    ) {
        let folder = Folder::new(&[]);
        let capabilities = json!({ "general": { "positionEncodings": [encoding] } });
        let mut client = Client::start(Some(&folder.path), capabilities);
        let mut text = String::from("// \u{e9}\u{1d11e}\nconst A = 1;\n");
        let uri = client.open(&folder.at("a.quirk"), &text);
        let changes: Vec<Change> = changes;
        let mut told = Vec::new();
        for (from, to, with) in changes {
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let (from, to) = (*from.get(&places), *to.get(&places));
            let (start, end) = (from.min(to), from.max(to));
            told.push(json!({ "range": { "start": place(&text, start, encoding), "end": place(&text, end, encoding) }, "text": with }));
            text.replace_range(start..end, &with);
        }
        client.change(&uri, told.into());
        // A range from the start of the file to its end is given back by what is around a place.
        let selection = client.ask("textDocument/selectionRange",
            json!({ "textDocument": { "uri": uri }, "positions": [{ "line": 0, "character": 0 }] }));
        let mut outermost = &selection[0];
        while let Some(parent) = outermost.get("parent") {
            outermost = parent;
        }
        prop_assert_eq!(&outermost["range"]["end"], &place(&text, text.len(), encoding));
        // Findings are those of a fresh server that is given the whole text.
        let found = client.ask("textDocument/diagnostic", document(&uri))["items"].clone();
        let mut other = Client::start(Some(&folder.path), json!({ "general": { "positionEncodings": [encoding] } }));
        let same = other.open(&folder.at("a.quirk"), &text);
        prop_assert_eq!(found, other.ask("textDocument/diagnostic", document(&same))["items"].clone());
    }
}
