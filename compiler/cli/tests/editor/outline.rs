//! What a text consists of: symbols, folding, semantic tokens, selections.

use serde_json::{Value, json};

use crate::client::{Client, Folder, document};
use crate::{IDS, MOVER};

fn open(text: &str) -> (Folder, Client, String) {
    let folder = Folder::new(&[("ids.quirk", IDS)]);
    let mut client = Client::usual(&folder.path);
    let uri = client.open(&folder.at("mover.quirk"), text);
    (folder, client, uri)
}

fn names(symbols: &Value) -> Vec<&str> {
    symbols.as_array().unwrap().iter().map(|symbol| symbol["name"].as_str().unwrap()).collect()
}

#[test]
fn symbols_of_a_text_are_its_items_with_their_statements() {
    let (_folder, mut client, uri) = open(MOVER);
    let symbols = client.ask("textDocument/documentSymbol", document(&uri));
    assert_eq!(names(&symbols), ["ids", "mover", "extra", "a guest sees PASID"]);
    assert_eq!(
        names(&symbols[1]["children"]),
        ["name \"Mover\"", "match pci(ids::VENDOR, 0x1001)", "free @ ids::GAP..0x700", "pasid"]
    );
    for symbol in symbols.as_array().unwrap() {
        let line = |pointer: &str| symbol.pointer(pointer).and_then(Value::as_u64).unwrap();
        assert!(line("/range/start/line") <= line("/selectionRange/start/line"));
        assert!(line("/selectionRange/end/line") <= line("/range/end/line"));
    }
}

#[test]
fn symbols_of_all_files_are_found_by_a_part_of_their_name() {
    let (folder, mut client, uri) = open(MOVER);
    let found = client.ask("workspace/symbol", json!({ "query": "mv" }));
    assert_eq!(names(&found), ["mover"]);
    assert_eq!(found[0]["location"]["uri"], uri);
    let found = client.ask("workspace/symbol", json!({ "query": "VEND" }));
    assert_eq!(names(&found), ["VENDOR"]);
    assert_eq!(found[0]["location"]["uri"], folder.uri("ids.quirk"));
}

#[test]
fn blocks_comments_and_runs_of_use_fold() {
    let text = "// one\n// two\n// three\nedition 1;\nuse \"ids.quirk\" as ids;\nuse \"ids.quirk\" as other;\ndevice d {\n    layout {\n        cap pm @ 0x40;\n    }\n    name \"D\"; // no fold\n}\n";
    let (_folder, mut client, uri) = open(text);
    let found = client.ask("textDocument/foldingRange", document(&uri));
    let mut folds: Vec<(u64, u64, &str)> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|fold| {
            let line = |name: &str| fold[name].as_u64().unwrap();
            (line("startLine"), line("endLine"), fold["kind"].as_str().unwrap_or(""))
        })
        .collect();
    folds.sort_unstable();
    assert_eq!(folds, [(0, 2, "comment"), (4, 5, "imports"), (6, 10, ""), (7, 8, "")]);
}

/// Each token of a text with its type and modifiers.
fn decoded(text: &str, legend: &Value, data: &Value) -> Vec<(String, String, u64)> {
    let numbers: Vec<usize> =
        data.as_array().unwrap().iter().map(|each| usize::try_from(each.as_u64().unwrap()).unwrap()).collect();
    let lines: Vec<&str> = text.lines().collect();
    let (mut line, mut column) = (0, 0);
    let mut found = Vec::new();
    for token in numbers.chunks(5) {
        column = if token[0] == 0 { column + token[1] } else { token[1] };
        line += token[0];
        let kind = legend["tokenTypes"][token[3]].as_str().unwrap();
        found.push((lines[line][column..column + token[2]].to_owned(), kind.to_owned(), token[4] as u64));
    }
    found
}

#[test]
fn every_word_has_its_colour() {
    let (_folder, mut client, uri) = open(MOVER);
    let legend = client.capabilities["semanticTokensProvider"]["legend"].clone();
    let data = client.ask("textDocument/semanticTokens/full", document(&uri));
    let found = decoded(MOVER, &legend, &data["data"]);
    let has = |text: &str, kind: &str, modifiers: u64| {
        assert!(found.contains(&(text.to_owned(), kind.to_owned(), modifiers)), "{text} {kind} {modifiers}: {found:?}");
    };
    has("device", "keyword", 0);
    has("mover", "class", 1);
    has("mover", "class", 0);
    has("ids", "namespace", 1);
    has("VENDOR", "variable", 2);
    has("base", "class", 0);
    has("extra", "interface", 1);
    has("n", "parameter", 1);
    has("n", "parameter", 0);
    has("dvsec", "type", 0);
    has("vendor", "parameter", 0);
    has("u8", "type", 0);
    has("\"Mover\"", "string", 0);
    has("0x1001", "number", 0);
    has("/// Moves things.", "comment", 4);
    // Every byte that is no white space and no bracket is in a token, and in one alone.
    let shown: String = found.iter().map(|(text, ..)| text.replace(' ', "")).collect();
    let wanted: String = MOVER.chars().filter(|each| !each.is_whitespace() && !"{}()[];,".contains(*each)).collect();
    let plain = |text: &str| text.chars().filter(|each| !"{}()[];,".contains(*each)).collect::<String>();
    assert_eq!(plain(&shown), plain(&wanted));
    let range = json!({ "start": { "line": 4, "character": 0 }, "end": { "line": 5, "character": 0 } });
    let params = json!({ "textDocument": { "uri": uri }, "range": range });
    let data = client.ask("textDocument/semanticTokens/range", params);
    let part: Vec<String> = decoded(MOVER, &legend, &data["data"]).into_iter().map(|(text, ..)| text).collect();
    assert_eq!(part, ["device", "mover", "like", "ids", "::", "base"]);
}

#[test]
fn a_selection_grows_from_the_word_to_the_file() {
    let (_folder, mut client, uri) = open(MOVER);
    let place = json!({ "line": 6, "character": 15 });
    let params = json!({ "textDocument": { "uri": uri }, "positions": [place] });
    let found = client.ask("textDocument/selectionRange", params);
    let mut ranges = Vec::new();
    let mut next = Some(&found[0]);
    while let Some(each) = next {
        ranges.push(each["range"].clone());
        next = each.get("parent");
    }
    assert!(ranges.len() > 3, "{ranges:?}");
    let key = |place: &Value| (place["line"].as_u64().unwrap(), place["character"].as_u64().unwrap());
    for pair in ranges.windows(2) {
        assert!(key(&pair[1]["start"]) <= key(&pair[0]["start"]) && key(&pair[0]["end"]) <= key(&pair[1]["end"]));
    }
    assert_eq!(ranges.last().unwrap()["start"], json!({ "line": 0, "character": 0 }));
}
